"""Answers from procedure records."""
