"""Documents as plain Python records, tokens and spans, and batched parsing with a spaCy model."""
