"""From what a text may mean to one answer: the unit, several units, or near names."""
