"""Verification, compaction, restoration and migration of the tables."""
