"""Statements: source, cue and content, and their attributes."""
