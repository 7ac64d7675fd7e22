"""Matching of predictions with annotated texts, and scores."""
