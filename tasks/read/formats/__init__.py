"""Readers of file formats: each yields documents, and rejects for what it cannot read."""
