"""Dates, periods and quantities in the words of a text."""
