"""What a group of mentions may mean, read as one address."""
