"""What an extractor knows, as one short fingerprint: rows are a function of documents and of the extractor.

The code's own version is raised by hand. What it knows is data that anybody may edit or choose: the tables
under ``seeds/``, the model, the user's entities. So their content is part of the version, and documents whose
rows other knowledge made are extracted again.
"""

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

from tasks.entities.reference_loader import ENTITIES
from tasks.seeds import seed_path

EXTRACTOR_VERSION = "4"
"""Raised with every change of the code that alters rows: documents of another version are extracted again."""
LETTERS = 8
OWN = {"entities.csv", "merge.csv", "split.csv"}
"""files that :func:`tasks.entities.reference_loader.load_reference` reads of the user's folder"""


def version_of(model: str) -> str:
    """Return the version that rows are marked with: the code's, and a fingerprint of all that it knows."""
    return f"{EXTRACTOR_VERSION}-{fingerprint(model)}"


def fingerprint(model: str) -> str:
    """Return eight hexadecimal digits that differ wherever the tables, the model or the user's entities differ."""
    digest = hashlib.sha256(model.encode())
    for path in known_files(model):
        content = hashlib.sha256(path.read_bytes()).digest()
        digest.update(path.name.encode() + b"\0" + content)
    return digest.hexdigest()[:LETTERS]


def known_files(model: str) -> Iterator[Path]:
    """Yield the files of the tables, the user's entities, and what tells a model's version, in order."""
    yield from sorted(seed_path("cues").parent.rglob("*.csv"))
    if named := os.environ.get(ENTITIES):
        yield from (path for path in sorted(Path(named).glob("*.csv")) if path.name in OWN)
    package = importlib.util.find_spec(model)
    for folder in (package and package.submodule_search_locations) or ():
        yield from Path(folder).glob("meta.json")
