"""Measurements: run by hand, never part of the tests; what they print is what the documents say."""
