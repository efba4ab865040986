"""Small fitted models, each with its card."""
