"""Measure the step that groups claims, on synthetic documents: ``python -m tests.benchmarks.claim_grouping``.

The claims are invented: content words of a vocabulary of 20,000 with the frequencies of a language, 500 speakers of
whom few speak often. A third of the documents are printed again by another outlet on the days after, in other words.
"""

import argparse
import json
import math
import random
import resource
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from flows.pipeline.corpus_steps.claim_reading import COMPARED_COLUMNS
from tasks.corpus.claims.claim_groups import group_claims
from tasks.corpus.claims.claim_pairs import load_same_claim_rules
from tests.sample_rows import Row, make_row
from warehouse.tables import CLAIMS, DOCUMENTS, to_arrow

SIZES = (1_000, 3_000, 10_000, 30_000)
REPEATED_SHARE = 1 / 3
"""share of the documents of which another outlet repeats the claims"""
DOCUMENTS_PER_DAY = 200
CLAIMS_PER_DOCUMENT, VOCABULARY, SPEAKERS = 12, 20_000, 500
FUNCTION_WORDS = 100
"""the most frequent words of a language are left out: they are no content words"""
LETTERS = "bcdfghjklmnpqrstvwxz"


def make_corpus(documents: int) -> tuple[pa.Table, pa.Table]:
    """Return the claims and the documents of a synthetic corpus."""
    chance = random.Random(documents)
    claims: list[Row] = []
    days: list[Row] = []
    for number in range(documents):
        day = date(2025, 1, 1) + timedelta(days=number // DOCUMENTS_PER_DAY)
        made = list(_make_claims(number, chance))
        claims += made
        days.append(make_row("documents", doc_id=f"d{number}", published_at=day))
        if chance.random() < REPEATED_SHARE:
            claims += [_reword_claim(row, chance) for row in made]
            later = day + timedelta(days=chance.randrange(4))
            days.append(make_row("documents", doc_id=f"d{number}r", published_at=later))
    return to_arrow(claims, CLAIMS).select(COMPARED_COLUMNS), to_arrow(days, DOCUMENTS)


def _make_claims(number: int, chance: random.Random) -> Iterator[Row]:
    """Yield the claims of a document."""
    for i in range(CLAIMS_PER_DOCUMENT):
        text = " ".join(
            _make_word(_draw_rank(chance, VOCABULARY, FUNCTION_WORDS)) for _ in range(chance.randint(4, 16))
        )
        yield make_row(
            "claims",
            claim_id=f"c{number}-{i}",
            doc_id=f"d{number}",
            content_text=text,
            content_spans=[{"start": 1000 * i, "end": 1000 * i + len(text)}],
            speaker_id=f"ent_{_draw_rank(chance, SPEAKERS, 1)}" if chance.random() < 0.7 else None,
            cue_lemma="say",
            claim_type="statement",
        )


def _draw_rank(chance: random.Random, most: int, first: int) -> int:
    """Return a rank from ``first`` to ``most`` by Zipf's law."""
    return int(first * math.exp(chance.random() * math.log(most / first)))


def _make_word(rank: int) -> str:
    """Return the word of a rank."""
    return "".join(LETTERS[rank // 20**power % 20] for power in range(4)) + "o"


def _reword_claim(row: Row, chance: random.Random) -> Row:
    """Return a claim that is shorter by up to two words, of the copied document."""
    words = row["content_text"].split()
    text = " ".join(words[: len(words) - chance.randrange(3)])
    return row | {"claim_id": f"{row['claim_id']}r", "doc_id": f"{row['doc_id']}r", "content_text": text}


def measure_sizes(sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Return the seconds of the step by the number of documents."""
    rules, found = load_same_claim_rules(), []
    for size in sizes:
        claims, documents = make_corpus(size)
        start, begun = time.process_time(), time.perf_counter()
        groups = group_claims(claims, documents, frozenset(), rules)
        found.append(
            {
                "documents": documents.num_rows,
                "claims": claims.num_rows,
                "grouped": groups.num_rows,
                "cpu_seconds": round(time.process_time() - start, 2),
                "seconds": round(time.perf_counter() - begun, 2),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
        print(json.dumps(found[-1]), flush=True)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=SIZES)
    measure_sizes(parser.parse_args().documents)


if __name__ == "__main__":
    main()
