"""Questions with their right answers."""
