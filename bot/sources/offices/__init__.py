"""Answers from records of communes' offices."""
