"""Measure CPU seconds and memory of one document by its length, for texts of many kinds, each in its own process.

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

TEXT_LENGTHS = (50_000, 100_000, 200_000, 400_000)
MAX_EXPONENT = 1.2
"""largest exponent of the length with which a cost may grow"""
MIN_FITTED_LENGTH = 50_000
"""shortest text, in characters, to which the growth is fitted: shorter ones are dominated by fixed costs"""
LENGTHS_FILE = Path(__file__).parents[2] / "docs" / "benchmarks" / "lengths.json"
NAMES = ("Anna Weber", "Karim Haddad", "Li Wen", "Oskar Lind", "Mary O'Neil", "Juan Pérez")
TOWNS = ("Lomen", "Port Vell", "Aranda", "Kolvik", "Sefid", "Tarn Rigg")


def _make_name(number: int) -> str:
    """Return a name that is unique to this number."""
    syllables = ("ba", "do", "ke", "li", "mu", "na", "ro", "si", "ta", "ve")
    return "".join(syllables[int(digit)] for digit in f"{number:04}").capitalize()


def _repeat_pattern(pattern: str) -> Iterator[str]:
    """Yield the pattern endlessly, with another name, town and number each time."""
    for i in count():
        words = {
            "name": NAMES[i % 6],
            "other": NAMES[(i + 1) % 6],
            "town": TOWNS[i % 5],
            "word": _make_name(i),
        }
        capitals = {field.upper(): word.upper() for field, word in words.items()}
        yield pattern.format(n=i + 2, i=i, **words, **capitals)


TEXT_PATTERNS: dict[str, str] = {
    "denials": "{name} accused {other} of shelling {town} on day {n}. {other} denied the accusation.\n\n",
    "negations": "“We did not shell {town},” {name} said. {other} said that {n} houses burned there.\n\n",
    "statements": "{name} said that {n} houses burned in {town}, and {other} added that nobody came. ",
    "quotations": "“The bridge at {town} is open,” {name} said. “It was closed for {n} days.” ",
    "open quotations": "“The bridge at {town} is open, {name} told {other}.\n\n",
    "nested quotations": "“‘The bridge at {town}, “he said,” is ‘open’,’ {name} told {other}.” ",
    "nested open quotations": "“‘The bridge at {town} is “open, ‘{name} told {other}.\n\n",
    "straight quotations": '"The bridge at {town} is \'open,\' " {name} said. "It was closed for {n} days, he said.\n',
    "transcripts": "{NAME}: We did not shell {town}. {other} said that {n} houses burned.\n",
    "marks": '" “ " ” \' {town} " ',
    "people": "Anna {word}ov and Peter {word}ide met. {word}ov said that {word}ide was ill.\n\n",
    "bodies": "The {word} Union of {town} said that the {word} Front was there.\n\n",
    "names": "{name} {i}son met Dr. {other} of the {town} Union {n} near {town}ville in Germany. ",
    "dates": "{name} said that on {n} March 2024 and from May 3 to June 4 some {n} million dollars came. ",
    "capitals": "{NAME} SAID THAT {n} HOUSES BURNED IN {TOWN}. {OTHER} DENIED IT.\n",
    "headlines": "MAYOR OF {TOWN} DENIES THAT {n} HOUSES BURNED\n\n{name} said that {town} was quiet.\n\n",
    "one line of capitals": "{NAME} SAID THAT {n} HOUSES BURNED IN {TOWN}, AND {OTHER} DENIED IT. ",
    "one paragraph": "the bridge at {town} was open and {name} saw {n} people there ",
    "one sentence": "{name} and the {n} friends of {other} of {town}, who came, and went, ",
    "short paragraphs": "{town}.\n\n",
    "pronouns": "He said that she had seen it in {town}. They told him that he was wrong.\n\n",
    "nested": "{name} said that {other} claimed that the mayor of {town} believed that it was false.\n\n",
    "attacks": "According to {name}, {other} killed {n} people in {town}, a claim that is a lie.\n\n",
}
"""kind of text → the pattern that its texts repeat"""


def _make_text(kind: str, length: int) -> str:
    """Return a text of a kind with a number of characters."""
    parts: list[str] = []
    size = 0
    for part in _repeat_pattern(TEXT_PATTERNS[kind]):
        if size >= length:
            break
        parts.append(part)
        size += len(part)
    return "".join(parts)[:length]


def _measure_extraction(kind: str, length: int) -> dict[str, float]:
    """Return CPU seconds and the growth of memory in MB for the extraction of one text; runs in its own process."""
    from tasks.document.records import Document, Metadata
    from tasks.extraction import extract_batch
    from tasks.knowledge import load_knowledge

    def document(text: str) -> Document:
        return Document("doc", "text", text, "0" * 64, "utf-8", Metadata())

    knowledge = load_knowledge()
    extract_batch([document(_make_text(kind, 2_000))], knowledge, "warm-up")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    result = extract_batch([document(_make_text(kind, length))], knowledge, "run")
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": seconds,
        "megabytes": (peak - before) / 1024,
        "statements": len(result.tables["claims"]) + len(result.tables["denials"]),
        "rejected": len(result.rejected),
    }


def _fit_exponent(points: list[tuple[int, float]]) -> float:
    """Return the exponent with which a cost grows with the length: the slope of log cost over log length."""
    kept = [
        (math.log(length), math.log(max(cost, 1e-3)))
        for length, cost in points
        if length >= MIN_FITTED_LENGTH
    ]
    slope, _ = linear_regression(*zip(*kept, strict=True))
    return float(slope)


def _run_in_child(work: Callable[[str, int], dict[str, float]], kind: str, length: int) -> dict[str, float]:
    """Return the result of the work, run in a new process so that its memory can be measured."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (kind, length))


def main() -> None:
    """Measure every kind at every length, write the figures and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="*", default=[*TEXT_PATTERNS], help="measure these, keep the others")
    parser.add_argument("--lengths", nargs="*", type=int, default=TEXT_LENGTHS)
    parser.add_argument("--out", type=Path, default=LENGTHS_FILE)
    given = parser.parse_args()
    kept = json.loads(given.out.read_text("utf-8")) if given.out.exists() else {}
    figures: dict[str, dict[str, Any]] = {kind: kept.get(kind, {}) for kind in TEXT_PATTERNS}
    for kind in given.kinds:
        found = {length: _run_in_child(_measure_extraction, kind, length) for length in given.lengths}
        costs = [(length, row["seconds"]) for length, row in found.items()]
        figures[kind] = {"by_length": found, "exponent": _fit_exponent(costs)}
        print(kind, json.dumps(figures[kind]), flush=True)
    given.out.write_text(json.dumps({k: v for k, v in figures.items() if v}, indent=1) + "\n", "utf-8")
    if failed := [kind for kind in given.kinds if _has_failed(figures[kind])]:
        raise SystemExit(
            f"grows faster than the power {MAX_EXPONENT} of the length, or is rejected: {', '.join(failed)}"
        )


def _has_failed(row: dict[str, Any]) -> bool:
    """Return True if a kind of text grows too fast, or is not extracted."""
    return row["exponent"] > MAX_EXPONENT or any(found["rejected"] for found in row["by_length"].values())


if __name__ == "__main__":
    main()
