"""Measure what one document costs by its length: seconds of CPU and memory of texts of many kinds, each in a process.

``python -m tests.benchmarks.document_lengths`` writes ``docs/benchmarks/lengths.json``, from which
docs/reliability.md is made.
"""

import argparse
import json
import math
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import linear_regression
from typing import Any

LENGTHS = (50_000, 100_000, 200_000, 400_000)
BOUND = 1.2
"""the power of the length with which a cost may grow"""
LONG = 50_000
"""characters from which on the growth is fitted: below, the fixed costs tell more"""
OUT = Path(__file__).parents[2] / "docs" / "benchmarks" / "lengths.json"
NAMES = ("Anna Weber", "Karim Haddad", "Li Wen", "Oskar Lind", "Mary O'Neil", "Juan Pérez")
TOWNS = ("Lomen", "Port Vell", "Aranda", "Kolvik", "Sefid", "Tarn Rigg")


def make_name(number: int) -> str:
    """Return a name that no other number gives."""
    syllables = ("ba", "do", "ke", "li", "mu", "na", "ro", "si", "ta", "ve")
    return "".join(syllables[int(digit)] for digit in f"{number:04}").capitalize()


def repeat_pattern(pattern: str) -> Iterator[str]:
    """Yield a pattern again and again, with another name, town and number each time."""
    for i in count():
        yield pattern.format(
            name=NAMES[i % 6], other=NAMES[(i + 1) % 6], town=TOWNS[i % 5], n=i + 2, i=i, word=make_name(i)
        )


KINDS: dict[str, str] = {
    "denials": "{name} accused {other} of shelling {town} on day {n}. {other} denied the accusation.\n\n",
    "negations": "“We did not shell {town},” {name} said. {other} said that {n} houses burned there.\n\n",
    "statements": "{name} said that {n} houses burned in {town}, and {other} added that nobody came. ",
    "quotations": "“The bridge at {town} is open,” {name} said. “It was closed for {n} days.” ",
    "open quotations": "“The bridge at {town} is open, {name} told {other}.\n\n",
    "marks": '" “ " ” \' {town} " ',
    "people": "Anna {word}ov and Peter {word}ide met. {word}ov said that {word}ide was ill.\n\n",
    "bodies": "The {word} Union of {town} said that the {word} Front was there.\n\n",
    "names": "{name} {i}son met Dr. {other} of the {town} Union {n} near {town}ville in Germany. ",
    "dates": "{name} said that on {n} March 2024 and from May 3 to June 4 some {n} million dollars came. ",
    "one paragraph": "the bridge at {town} was open and {name} saw {n} people there ",
    "one sentence": "{name} and the {n} friends of {other} of {town}, who came, and went, ",
    "short paragraphs": "{town}.\n\n",
    "pronouns": "He said that she had seen it in {town}. They told him that he was wrong.\n\n",
    "nested": "{name} said that {other} claimed that the mayor of {town} believed that it was false.\n\n",
    "attacks": "According to {name}, {other} killed {n} people in {town}, a claim that is a lie.\n\n",
}
"""a pattern of each kind of text; a text of a kind repeats its pattern"""


def make_text(kind: str, length: int) -> str:
    """Return a text of a kind, of so many characters."""
    parts: list[str] = []
    size = 0
    for part in repeat_pattern(KINDS[kind]):
        if size >= length:
            break
        parts.append(part)
        size += len(part)
    return "".join(parts)[:length]


def measure_extraction(kind: str, length: int) -> dict[str, float]:
    """Return CPU seconds and the growth of memory in MB for the extraction of one text; runs in its own process."""
    from tasks.document.records import Document, Metadata
    from tasks.extraction import extract_batch, load_knowledge

    def document(text: str) -> Document:
        return Document("doc", "text", text, "0" * 64, "utf-8", Metadata())

    knowledge = load_knowledge()
    extract_batch([document(make_text(kind, 2_000))], knowledge, "warm-up")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    result = extract_batch([document(make_text(kind, length))], knowledge, "run")
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds,
        "megabytes": (peak - before) / 1024,
        "statements": len(result.tables["claims"]) + len(result.tables["denials"]),
        "rejected": len(result.rejected),
    }


def fit_exponent(points: list[tuple[int, float]]) -> float:
    """Return the power of the length with which a cost grows: the slope of the logarithms, over the longer texts."""
    kept = [(math.log(length), math.log(max(cost, 1e-3))) for length, cost in points if length >= LONG]
    slope, _ = linear_regression(*zip(*kept, strict=True))
    return float(slope)


def in_child(work: Callable[[str, int], dict[str, float]], kind: str, length: int) -> dict[str, float]:
    """Return what the work returns in a process of its own, whose memory is its alone."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (kind, length))


def main() -> None:
    """Measure every kind at every length, write the figures and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="*", default=[*KINDS])
    parser.add_argument("--lengths", nargs="*", type=int, default=LENGTHS)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {}
    for kind in given.kinds:
        found = {length: in_child(measure_extraction, kind, length) for length in given.lengths}
        costs = [(length, row["seconds"]) for length, row in found.items()]
        figures[kind] = {"by_length": found, "exponent": fit_exponent(costs)}
        print(kind, json.dumps(figures[kind]))
    given.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    if failed := [kind for kind, row in figures.items() if is_failure(row)]:
        raise SystemExit(
            f"grows faster than the power {BOUND} of the length, or is rejected: {', '.join(failed)}"
        )


def is_failure(row: dict[str, Any]) -> bool:
    """Return True if a kind of text grows too fast, or is not extracted."""
    return row["exponent"] > BOUND or any(found["rejected"] for found in row["by_length"].values())


if __name__ == "__main__":
    main()
