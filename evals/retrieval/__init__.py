"""Public retrieval sets."""
