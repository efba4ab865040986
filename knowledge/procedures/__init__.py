"""Procedures: one record each, what is verified in it told apart from what is not."""
