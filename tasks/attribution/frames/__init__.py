"""Frames: the complements that cues take, and the content of a cue in each."""
