"""Quotations: where they are, and which cue and speaker belong to each."""
