"""Which words of a text may name a place."""
