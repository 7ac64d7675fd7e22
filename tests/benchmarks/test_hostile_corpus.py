"""Hostile texts stop no run, go nowhere uncounted, and break no promise of the tables."""

from collections import Counter
from pathlib import Path

import pytest

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.extraction import extract_batch
from tasks.knowledge import Knowledge
from tasks.read.cleaning import clean_document
from tasks.read.readers import read_documents
from tests.benchmarks import hostile_corpus
from tests.hostile_texts import MUTATIONS, HostileText, make_hostile_text, read_texts
from warehouse.tables import TABLES, to_arrow

DOCUMENTS = 300
BATCH = 50


def make(numbers: range, seed: int = 1) -> list[HostileText]:
    texts = read_texts()
    return [make_hostile_text(number, seed, texts) for number in numbers]


def read_all(folder: Path) -> tuple[list[Document], list[Rejected]]:
    """Return the documents below a folder and those that are refused before extraction."""
    documents, rejected = [], []
    for raw in read_documents([folder], Metadata()):
        found = clean_document(raw) if isinstance(raw, RawDocument) else raw
        if isinstance(found, Rejected):
            rejected.append(found)
        else:
            documents.append(found)
    return documents, rejected


def test_hostile_documents_are_stored_or_refused_with_a_reason(tmp_path: Path, knowledge: Knowledge) -> None:
    hostile_corpus.write_corpus(make(range(DOCUMENTS)), tmp_path / "corpus-000")
    documents, rejected = read_all(tmp_path)
    assert len(documents) + len(rejected) == DOCUMENTS
    assert {reject.reason for reject in rejected} <= hostile_corpus.EXPECTED_REASONS.keys()
    rows: Counter[str] = Counter()
    for at in range(0, len(documents), BATCH):
        found = extract_batch(documents[at : at + BATCH], knowledge, "run")
        assert found.rejected == []
        rows.update({name: to_arrow(held, TABLES[name]).num_rows for name, held in found.tables.items()})
    assert rows["documents"] == len(documents) > 0.7 * DOCUMENTS
    assert rows["claims"] > DOCUMENTS
    assert rows["denials"] > DOCUMENTS / 4


@pytest.mark.slow
def test_a_real_run_counts_every_hostile_document(tmp_path: Path) -> None:
    documents = make(range(len(MUTATIONS) * 4, len(MUTATIONS) * 5))
    report = hostile_corpus.run_hostile_corpus(documents, tmp_path, a_run=len(MUTATIONS) // 2 + 1, workers=1)
    assert (report["stopped"], report["uncounted"], report["problems"]) == ([], 0, [])
    assert report["counts"]["read"] == len(documents)
    assert hostile_corpus.is_sound(report)
    assert report["mutations"].keys() == MUTATIONS.keys()


def test_the_same_seed_gives_the_same_texts() -> None:
    once, again = make(range(60)), make(range(60))
    assert once == again
    assert make(range(60), seed=2) != once
    assert {name for one in once for name in one.mutations} == MUTATIONS.keys()


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_changes_most_texts(name: str) -> None:
    texts, count = read_texts(), len(MUTATIONS)
    start = list(MUTATIONS).index(name)
    found = [make_hostile_text(start + count * k, 3, texts) for k in range(8)]
    assert all(one.mutations[0] == name for one in found)
    assert sum(not any(one.text in text for text in texts) for one in found) >= (0 if name == "cut" else 5)
