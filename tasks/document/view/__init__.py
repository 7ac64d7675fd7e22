"""The view of a text that is parsed: marks, lines, capitals and characters as readers see them, with its offsets."""

from tasks.document.view.reading_view import make_view

__all__ = ["make_view"]
