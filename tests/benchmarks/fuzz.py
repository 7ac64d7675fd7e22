"""Run damaged inputs through the readers: ``make fuzz`` tries 100,000 and writes the outcome.

``python -m tests.benchmarks.fuzz --inputs 100000 --out docs/benchmarks/fuzz.json`` damages good files of every
kind that is read. Each must become documents and rejects, and every document must fit the tables. Inputs on
which anything else happens are kept and named, and the exit code is 1.
"""

import argparse
import gzip
import json
import math
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.document.records import Metadata, RawDocument, Rejected
from tasks.read.cleaning import clean_document
from tasks.read.readers import read_documents
from tests.tasks.read.cleaned_documents import HTML_FRAGMENTS, assert_storable
from tests.tasks.read.sample_files import ATOM_FEED, SAMPLE_FILES

SAMPLE_TEXT = (
    "“The minister’s claim is false,” she said — and Muammar al-Gaddafi’s café denied it.\n\nHe left.\n"
)
SAMPLE_PAGE = (
    '<html><head><title>T</title><meta property="article:published_time" content="2024-03-05"></head>'
    f"<body><article><p>{SAMPLE_TEXT}</p><table><tr><td>x</td></tr></table></article></body></html>"
)
SAMPLE_RECORD = {
    "id": "../a=b/c",
    "text": SAMPLE_TEXT,
    "url": "https://a.org/1",
    "published_at": "2024-03-05",
    "title": "T",
}
SAMPLE_LINES = "".join(json.dumps(SAMPLE_RECORD | {"id": i, "html": SAMPLE_PAGE}) + "\n" for i in range(3))
GOOD_FILES = SAMPLE_FILES | {
    "a.txt": SAMPLE_TEXT.encode(),
    "b.txt": SAMPLE_TEXT.encode("utf-16"),
    "c.txt": SAMPLE_TEXT.encode("cp1252", "replace"),
    "a.html": SAMPLE_PAGE.encode(),
    "a.jsonl": SAMPLE_LINES.encode(),
    "a.jsonl.gz": gzip.compress(SAMPLE_LINES.encode()),
    "a.csv": f'id,text,published_at\n1,"{SAMPLE_TEXT}",2024-03-05\n'.encode(),
    "a.tsv": f"text\turl\tpublished_at\n{SAMPLE_TEXT.split(chr(10))[0]}\thttps://a.org/1\t2024-03-05\n".encode(),
    "a.xml": ATOM_FEED.encode(),
}
"""intact files by name; the suffix determines the format"""
SLOW_FILES, FAST_FILE_WEIGHT = {"a.rss", "a.atom", "a.xml", "a.html"}, 4
"""pages take ten times as long as lines, so the other files are tried four times as often"""
DAMAGING_TOKENS = [
    *(piece.encode() for piece in HTML_FRAGMENTS.split()),
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xc3",
        b"\r\n",
        b"\x1b[2J",
        b"../",
        b"%00",
        b"\\ud800",
    ),
    *(b"\\u0000", b"1e999", b"NaN", b"{{}}", b"[[[[", b'"', b'"""', b"'", b"-1", b"&#xd800;", b"&#99999999;"),
    b"9" * 40,
    b"[" * 2000,
    b"<div>" * 500,
    "\u202e\u200b\ufeff".encode(),
    b"%PDF-1.7 1 0 obj <</Length 99999999999>> stream",
    b'Content-Type: multipart/mixed; boundary=""\r\n',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
]
MAX_SLICE_BYTES = 64
MAX_CHANGES = 6


@dataclass
class KindOutcome:
    """The outcome of the inputs of one kind."""

    inputs: int = 0
    documents: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    """seconds for one input"""


def _damage_content(content: bytes, choice: random.Random) -> bytes:
    """Return the content with a few places damaged, or random bytes."""
    if choice.random() < 0.05:
        return choice.randbytes(choice.randint(0, 400))
    for _ in range(choice.randint(1, MAX_CHANGES)):
        at = choice.randint(0, len(content))
        put = choice.choice(
            [
                b"",
                choice.choice(DAMAGING_TOKENS),
                choice.randbytes(choice.randint(1, 8)),
                content[at : at + MAX_SLICE_BYTES],
            ]
        )
        content = (
            content[:at] + put + content[at + choice.choice([0, 0, 1, choice.randint(0, MAX_SLICE_BYTES)]) :]
        )
    return content[: choice.randint(0, len(content))] if choice.random() < 0.1 else content


def _make_damaged_file(name: str, choice: random.Random) -> bytes:
    """Return a damaged file; a compressed one is damaged before or after compression."""
    if name.endswith(".gz") and choice.random() < 0.5:
        return gzip.compress(_damage_content(gzip.decompress(GOOD_FILES[name]), choice))
    return _damage_content(GOOD_FILES[name], choice)


def _read_damaged_file(path: Path, tried: KindOutcome) -> None:
    """Read one file and record the outcome."""
    began = time.perf_counter()
    tried.inputs += 1
    for raw in read_documents([path], Metadata()):
        found = clean_document(raw) if isinstance(raw, RawDocument) else raw
        assert_storable(found)
        if isinstance(found, Rejected):
            tried.rejects[found.reason] += 1
        else:
            tried.documents += 1
    tried.slowest = max(tried.slowest, time.perf_counter() - began)


def fuzz_readers(inputs: int, seed: int, folder: Path, minutes: float = math.inf) -> dict[str, Any]:
    """Return the outcome of ``inputs`` damaged files by kind, or of as many as fit in ``minutes``.

    Those that a reader failed on are left in the folder.
    """
    began = time.monotonic()
    choice, failures = random.Random(seed), list[str]()
    names = [*sorted(GOOD_FILES.keys() - SLOW_FILES) * FAST_FILE_WEIGHT, *sorted(SLOW_FILES)]
    kinds: dict[str, KindOutcome] = {}
    for number in range(inputs):
        if time.monotonic() > began + 60 * minutes:
            break
        name = names[number % len(names)]
        path, kind = folder / name, name.partition(".")[2]
        path.write_bytes(_make_damaged_file(name, choice))
        try:
            _read_damaged_file(path, kinds.setdefault(kind, KindOutcome()))
        except Exception as error:
            kept = path.rename(folder / f"{number}-{name}")
            failures.append(f"{kept}: {type(error).__name__}: {error}")
        else:
            path.unlink()
    return {
        "inputs": sum(tried.inputs for tried in kinds.values()),
        "seed": seed,
        "failures": failures,
        "kinds": {
            kind: vars(tried) | {"rejects": dict(tried.rejects.most_common())}
            for kind, tried in kinds.items()
        },
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after this many minutes")
    parser.add_argument("--out", type=Path, help="file for the outcome; printed if not given")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    report = fuzz_readers(options.inputs, options.seed, folder, options.minutes)
    if not report["failures"]:
        folder.rmdir()
    text = json.dumps(report, indent=1) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return int(bool(report["failures"]))


if __name__ == "__main__":
    raise SystemExit(main())
