"""Scores of predictions against annotated texts."""
