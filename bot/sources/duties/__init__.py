"""Answers from the duties that documents give."""
