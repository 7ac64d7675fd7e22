"""Defaults that the flows and the command line share. Nothing heavy is imported here."""

import os
from typing import Literal

from tasks.model_name import DEFAULT_MODEL as DEFAULT_MODEL

SAMPLE_ARTICLES = "seeds/articles"
DEFAULT_WAREHOUSE = "warehouse/data"
DEFAULT_WORKERS = min(
    4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)
"""one per core, but no more than four unless asked for, since each takes about 0.6 GB"""
DEFAULT_BATCH_SIZE = 500
"""documents; a batch of articles holds fewer, since its text is limited too"""
Runner = Literal["process", "thread", "dask", "ray"]
"""where batches are extracted"""
