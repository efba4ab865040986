"""Answers from the clauses of documents."""
