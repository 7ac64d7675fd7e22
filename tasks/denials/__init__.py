"""What denies: classification of statements as claims of a type or as denials."""

from tasks.denials.classification import classify_statements

__all__ = ["classify_statements"]
