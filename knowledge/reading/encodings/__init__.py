"""From the bytes and letters of old Vietnamese encodings to Unicode."""
