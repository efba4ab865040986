"""The web door: HTTP API and pages; the only package that imports fastapi."""
