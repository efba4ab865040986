"""Ready replies: courtesies, and what no text answers."""
