"""Answers from place records."""
