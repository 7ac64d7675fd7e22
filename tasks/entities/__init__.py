"""Mentions of entities, and the entity of each within its document."""

from tasks.entities.document_entities import assign_entities
from tasks.entities.mentions import find_mentions

__all__ = ["assign_entities", "find_mentions"]
