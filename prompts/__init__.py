"""Wording only: every sentence the assistant says, loaded and checked by name."""
