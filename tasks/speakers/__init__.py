"""Speakers, roles, affiliations, targets and addressees of statements."""

from tasks.speakers.statement_resolution import resolve_statements

__all__ = ["resolve_statements"]
