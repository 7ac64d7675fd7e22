"""Mentions of entities, and which entity each means within its document."""
