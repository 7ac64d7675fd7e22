"""Accuracy of entities across documents: pairs of mentions in two documents that two annotators judged.

``python -m tests.benchmarks.accuracy.entity_pairs`` runs ``tests/gold`` into an empty warehouse, compares its
``entity_id`` of both mentions with ``tests/gold/entity_pairs.jsonl``, and prints a table. A pair counts where both
annotators agree. Most pairs that were not joined are unlike and were not drawn, so there is no figure of recall.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import warehouse

GOLD = Path(__file__).parents[2] / "gold"
TEXT_FILES = ("texts.jsonl", "wikinews-texts.jsonl")
Mention = tuple[str, int, int]
GoldRow = Mapping[str, Any]


def main() -> None:
    """Run the texts, compare, and print the table."""
    lines = (GOLD / "entity_pairs.jsonl").read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        entities = find_entities(Path(folder))
    print("\n".join(format_table(map(json.loads, lines), entities)))


def find_entities(folder: Path) -> dict[Mention, str]:
    """Return the entity of every mention of the gold texts, after a run into ``folder``."""
    files = [str(GOLD / name) for name in TEXT_FILES]
    columns = ["--columns.id", "doc_id", "--columns.published_at", "date", "--columns.publisher", "source"]
    command = [
        str(Path(sys.executable).with_name("counterclaim")),
        "run",
        *files,
        *columns,
        "--warehouse",
        str(folder),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with warehouse.open(folder) as snapshot:
        documents, mentions = (snapshot.to_pandas(name) for name in ("documents", "mentions"))
    ids = dict(zip(documents["doc_id"], documents["source_uri"].str.rpartition("#")[2], strict=True))
    named = mentions[mentions["entity_id"].notna()]
    spans = zip(named["doc_id"].map(ids), named["start"], named["end"], strict=True)
    return dict(zip(spans, named["entity_id"], strict=True))


def format_table(pairs: Iterable[GoldRow], entities: Mapping[Mention, str]) -> Iterator[str]:
    """Yield the lines of the table: pairs of each stratum, and how the mentions of the same entity are joined."""
    counts: Counter[tuple[str, bool, bool]] = Counter()
    for pair in pairs:
        if len(set(pair["same"])) == 1:
            found = [entities.get((doc_id, start, end)) for doc_id, start, end in (pair["a"], pair["b"])]
            is_joined = found[0] is not None and found[0] == found[1]
            counts[pair["stratum"], pair["same"][0], is_joined] += 1
    yield "| pairs drawn | same entity: joined | same entity: apart | two entities: joined | two entities: apart |"
    yield "|---|---|---|---|---|"
    for stratum in dict.fromkeys(name for name, _, _ in counts):
        cells = [counts[stratum, same, joined] for same in (True, False) for joined in (True, False)]
        yield f"| {stratum} | {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
