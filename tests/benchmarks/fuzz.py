"""Try bad inputs on the readers: ``make fuzz`` tries 100,000 and keeps what came of them.

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
from tasks.read.cleaning import clean
from tasks.read.readers import read_documents
from tests.tasks.read.test_bad_input import PIECES, check
from tests.tasks.read.test_more_inputs import ATOM, SAMPLES

SAID = "“The minister’s claim is false,” she said — and Muammar al-Gaddafi’s café denied it.\n\nHe left.\n"
PAGE = (
    '<html><head><title>T</title><meta property="article:published_time" content="2024-03-05"></head>'
    f"<body><article><p>{SAID}</p><table><tr><td>x</td></tr></table></article></body></html>"
)
LINE = {"id": "../a=b/c", "text": SAID, "url": "https://a.org/1", "published_at": "2024-03-05", "title": "T"}
LINES = "".join(json.dumps(LINE | {"id": i, "html": PAGE}) + "\n" for i in range(3))
FILES = SAMPLES | {
    "a.txt": SAID.encode(),
    "b.txt": SAID.encode("utf-16"),
    "c.txt": SAID.encode("cp1252", "replace"),
    "a.html": PAGE.encode(),
    "a.jsonl": LINES.encode(),
    "a.jsonl.gz": gzip.compress(LINES.encode()),
    "a.csv": f'id,text,published_at\n1,"{SAID}",2024-03-05\n'.encode(),
    "a.tsv": f"text\turl\tpublished_at\n{SAID.split(chr(10))[0]}\thttps://a.org/1\t2024-03-05\n".encode(),
    "a.xml": ATOM.encode(),
}
"""good files by name: their suffix tells their kind"""
SELDOM, OFTEN = {"a.rss", "a.atom", "a.xml", "a.html"}, 4
"""pages take ten times as long as lines: the others are tried four times as often"""
TOKENS = [
    *(piece.encode() for piece in PIECES.split()),
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
SLICE = 64
MOST_CHANGES = 6


@dataclass
class Tried:
    """What became of the inputs of one kind."""

    inputs: int = 0
    documents: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    """seconds for one input"""


def damaged(content: bytes, choice: random.Random) -> bytes:
    """Return a file changed in a few places, or other bytes altogether."""
    if choice.random() < 0.05:
        return choice.randbytes(choice.randint(0, 400))
    for _ in range(choice.randint(1, MOST_CHANGES)):
        at = choice.randint(0, len(content))
        put = choice.choice(
            [b"", choice.choice(TOKENS), choice.randbytes(choice.randint(1, 8)), content[at : at + SLICE]]
        )
        content = content[:at] + put + content[at + choice.choice([0, 0, 1, choice.randint(0, SLICE)]) :]
    return content[: choice.randint(0, len(content))] if choice.random() < 0.1 else content


def bad(name: str, choice: random.Random) -> bytes:
    """Return a damaged file of this name; what is compressed is damaged inside or outside."""
    if name.endswith(".gz") and choice.random() < 0.5:
        return gzip.compress(damaged(gzip.decompress(FILES[name]), choice))
    return damaged(FILES[name], choice)


def attempt(path: Path, tried: Tried) -> None:
    """Read one file, and note what it gives."""
    began = time.perf_counter()
    tried.inputs += 1
    for raw in read_documents([path], Metadata()):
        found = clean(raw) if isinstance(raw, RawDocument) else raw
        check(found)
        if isinstance(found, Rejected):
            tried.rejects[found.reason] += 1
        else:
            tried.documents += 1
    tried.slowest = max(tried.slowest, time.perf_counter() - began)


def fuzz(inputs: int, seed: int, folder: Path, minutes: float = math.inf) -> dict[str, Any]:
    """Return what became of so many inputs, or of those that the minutes allow, by kind.

    Those that a reader failed on are left in the folder.
    """
    began = time.monotonic()
    choice, failures = random.Random(seed), list[str]()
    names = [*sorted(FILES.keys() - SELDOM) * OFTEN, *sorted(SELDOM)]
    kinds: dict[str, Tried] = {}
    for number in range(inputs):
        if time.monotonic() > began + 60 * minutes:
            break
        name = names[number % len(names)]
        path, kind = folder / name, name.partition(".")[2]
        path.write_bytes(bad(name, choice))
        try:
            attempt(path, kinds.setdefault(kind, Tried()))
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
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="try no further input after so many minutes"
    )
    parser.add_argument("--out", type=Path, help="file for what was seen; printed where none is named")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    report = fuzz(options.inputs, options.seed, folder, options.minutes)
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
