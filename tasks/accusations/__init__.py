"""Whom a statement accuses: words for wrongful acts, their agents and victims, and whether an act is asserted."""

from tasks.accusations.accusation_detection import find_accusation, has_deed

__all__ = ["find_accusation", "has_deed"]
