"""Who is to do what by when: read off the structure of any text, each row with its clause."""
