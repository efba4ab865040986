"""What Hai Cấp knows: documents with their citable passages, procedures and places."""
