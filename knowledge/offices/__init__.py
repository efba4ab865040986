"""Offices of communes: where they are, when they are open, how to reach them."""
