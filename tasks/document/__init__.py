"""A document as plain Python: its record, its tokens, its spans; parsing in batches with spaCy's model."""
