"""The conversation (Assistant) and its doors: web, command line."""
