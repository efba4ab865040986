"""How names of places are written: words, keys in which all spellings meet, kinds, marks."""
