"""The units of before and of today: read from the installed data and our own facts."""
