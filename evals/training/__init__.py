"""Fitting the small models."""
