"""What the user's words say, read once."""
