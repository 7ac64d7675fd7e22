"""Edits: what a run changes in each table, and which files are written again for it."""
