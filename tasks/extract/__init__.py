"""A parsed document becomes mentions and statements (source, cue, content)."""
