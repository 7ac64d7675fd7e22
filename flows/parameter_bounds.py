"""Bounds of parameters that the flows and the command line share. Nothing heavy is imported here."""

MAX_WORKERS = 64
MAX_BATCH_SIZE = 1_000
"""documents"""
CLUSTER_ADDRESS_PATTERN = r"^(\w+://.+|auto)$"
