"""What is kept of people's use: answers, opinions, turns, visits, messages not answered yet."""
