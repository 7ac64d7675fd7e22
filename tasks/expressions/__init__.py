"""Dates, periods and quantities as a text expresses them."""
