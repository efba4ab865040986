"""From files to documents: a file for each format, all of them listed in formats.py."""
