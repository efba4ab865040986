"""What any messenger needs."""
