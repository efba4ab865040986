"""Tables of addresses: CSV and XLSX in, the same rows with more columns out."""
