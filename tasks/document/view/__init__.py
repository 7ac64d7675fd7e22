"""The view of a text that is parsed: marks, lines, capitals and characters as readers see them, with its offsets."""
