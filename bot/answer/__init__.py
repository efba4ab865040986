"""What is said, before any markup, and how it is rendered."""
