"""Readers of file formats: each yields raw documents, and a Rejected for what it cannot read."""
