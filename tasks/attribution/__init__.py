"""Statements: source, cue and content, and their attributes."""

from tasks.attribution.quoting.quotations import find_quotations
from tasks.attribution.statements import find_statements

__all__ = ["find_quotations", "find_statements"]
