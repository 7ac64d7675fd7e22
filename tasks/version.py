"""The extractor version: a number for the code, and a fingerprint of the data that extraction reads.

The number is raised by hand. The data (the tables under ``seeds/``, the model, the user's entities) may be edited or
chosen by anybody, so a fingerprint of them is part of the version. Documents whose rows have another version are
extracted again.
"""

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

from tasks.seeds import USER_ENTITIES_VARIABLE, USER_TABLES, get_seed_path

EXTRACTOR_VERSION = "14"
"""raised with every change of the code that alters rows"""
FINGERPRINT_DIGITS = 8


def compute_extractor_version(model: str) -> str:
    """Return the version for the column ``extractor_version``: the number of the code and the fingerprint."""
    return f"{EXTRACTOR_VERSION}-{_compute_fingerprint(model)}"


def _compute_fingerprint(model: str) -> str:
    """Return eight hexadecimal digits of a hash of the tables, the model and the user's entities."""
    digest = hashlib.sha256(model.encode())
    for path in _find_knowledge_files(model):
        content = hashlib.sha256(path.read_bytes()).digest()
        digest.update(path.name.encode() + b"\0" + content)
    return digest.hexdigest()[:FINGERPRINT_DIGITS]


def _find_knowledge_files(model: str) -> Iterator[Path]:
    """Yield the tables, the user's entities and the ``meta.json`` of the model, in a fixed order."""
    yield from sorted(get_seed_path("cues").parent.rglob("*.csv"))
    if named := os.environ.get(USER_ENTITIES_VARIABLE):
        yield from (path for path in sorted(Path(named).glob("*.csv")) if path.name in USER_TABLES)
    package = importlib.util.find_spec(model)
    for folder in (package and package.submodule_search_locations) or ():
        yield from Path(folder).glob("meta.json")
