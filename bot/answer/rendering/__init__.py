"""Blocks as Markdown, HTML, terminal text and plain words; none of it is read back."""
