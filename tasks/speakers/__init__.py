"""Speakers: who makes each statement, about whom, and to whom."""

from tasks.speakers.statement_resolution import resolve_statements
from tasks.speakers.unnamed_entities import add_unnamed_entities

__all__ = ["add_unnamed_entities", "resolve_statements"]
