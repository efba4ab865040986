"""Asking the product through its doors."""
