"""The ways in: web, Telegram, command line."""
