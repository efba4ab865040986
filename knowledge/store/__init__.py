"""The relational database: the truth about documents, vectors once computed, other records."""
