"""What earlier turns were about, and the questions that lean on them."""
