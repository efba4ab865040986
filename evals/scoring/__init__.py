"""Marks, floors and reports."""
