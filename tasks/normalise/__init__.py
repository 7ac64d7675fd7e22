"""Strings become things one can join on: speakers, entities, dates, quantities."""
