"""Run hostile texts through the whole pipeline: ``make hostile`` tries 10,000 and writes the outcome.

``python -m tests.benchmarks.hostile_corpus --documents 10000 --out docs/benchmarks/hostile.json`` changes open
articles in the ways of :mod:`tests.hostile_texts`, writes them as lines, tables, text files and pages, and lets real
``counterclaim run`` processes read them into one warehouse. No run may stop, no document go uncounted, and ``verify
--deep`` may find nothing; else the exit code is 1, and the folder is kept.
"""

import argparse
import csv
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TypedDict

from tests.hostile_texts import HostileText, make_hostile_text, read_texts
from warehouse.errors import WarehouseError
from warehouse.maintenance.integrity import verify_deep
from warehouse.storage.store import Store

COUNTERCLAIM_SCRIPT = str(Path(sys.executable).with_name("counterclaim"))
DOCUMENT_NAME = re.compile(r"(\d{6})-[a-z_+]+")
"""matches the number of a document in its source URI"""
DOCUMENT_PLACE = re.compile(r"corpus-(\d{3})/\w+\.(jsonl|csv)#(?:line|row)=(\d+)$")
"""matches the line or row of a document whose id could not be read"""
DOCUMENTS_PER_RUN = 1_000
"""documents"""
MAX_RUN_SECONDS = 3_600
"""seconds after which a run counts as hanging"""
MAX_EXAMPLES = 3
EXPECTED_REASONS = {
    "control characters": "the text holds a null character, or more control characters than an article does: it is "
    "taken for a binary file",
    "broken JSON": "the line escapes half a surrogate pair (`\\ud83d`), which is no character: JSON that is no Unicode",
    "broken CSV": "the row holds bytes that are no UTF-8, here those of half a surrogate pair",
    "empty text": "no letter or digit is left",
    "no main text": "trafilatura finds no article in the page: the text is a few words or marks",
    "bad date": "the line gives a year before 1000, which the reader takes for a slip",
    "unreadable page": "lxml or trafilatura fails on the page, for instance on a null character in it",
    "unknown encoding": "the bytes of half a surrogate pair are valid in no encoding",
    "replacement characters": "more characters were lost in an earlier wrong decoding (`\ufffd`) than an article has",
    "line too long": "a paragraph of over a million characters",
}
"""reason of a reject → its explanation; no other reason may occur"""


class RejectGroup(TypedDict):
    """The rejects of one stage and reason."""

    stage: str
    reason: str
    documents: int
    mutations: dict[str, int]
    examples: list[str]


def write_corpus(documents: Sequence[HostileText], folder: Path) -> None:
    """Write the documents below a folder: most as lines, the others as rows, text files and pages."""
    folder.mkdir(parents=True)
    kinds = {name: _keep_file_kind(documents, name) for name in ("jsonl", "csv", "txt", "html")}
    lines = [
        json.dumps({"id": d.name, "text": d.text, "title": d.text[:40], "published_at": _choose_day(d)})
        for d in kinds["jsonl"]
    ]
    (folder / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    table = io.StringIO(newline="")
    rows = csv.writer(table)
    rows.writerow(["id", "text"])
    rows.writerows((d.name, d.text) for d in kinds["csv"])
    (folder / "rows.csv").write_bytes(table.getvalue().encode("utf-8", "surrogatepass"))
    for d in kinds["txt"]:
        (folder / f"{d.name}.txt").write_bytes(d.text.encode("utf-8", "surrogatepass"))
    for d in kinds["html"]:
        (folder / f"{d.name}.html").write_bytes(_format_page(d).encode("utf-8", "surrogatepass"))


def _choose_file_kind(document: HostileText) -> str:
    """Return the kind of file that a document is written to; each mutation comes in every kind."""
    place = document.number // 24 % 20
    return "txt" if place < 2 else "csv" if place < 5 else "html" if place < 6 else "jsonl"


def _keep_file_kind(documents: Sequence[HostileText], kind: str) -> list[HostileText]:
    """Return the documents that are written to one kind of file."""
    return [document for document in documents if _choose_file_kind(document) == kind]


def _choose_day(document: HostileText) -> str | None:
    """Return a day of publication for most documents, over some months and odd years."""
    if document.number % 7 == 0:
        return None
    year = 999 if document.number % 101 == 0 else 2026
    return f"{year:04}-{1 + document.number % 3:02}-{1 + document.number % 28:02}"


def _format_page(document: HostileText) -> str:
    """Return a document as a page, half of them with its characters as references."""
    paragraphs = document.text.split("\n")
    if document.number % 2:
        body = "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
    else:
        body = "".join(
            f"<p>{''.join(c if c.isascii() else f'&#{ord(c)};' for c in p)}</p>" for p in paragraphs
        )
    return f"<html><head><title>{document.name}</title></head><body><article>{body}</article></body></html>"


def run_hostile_corpus(
    documents: Sequence[HostileText], folder: Path, a_run: int = DOCUMENTS_PER_RUN, workers: int = 2
) -> dict[str, Any]:
    """Return the outcome of real runs that read hostile documents into a new warehouse."""
    began = time.monotonic()
    tables, stopped = folder / "tables", list[str]()
    sums: Counter[str] = Counter()
    parts = [documents[at : at + a_run] for at in range(0, len(documents), a_run)]
    for number, part in enumerate(parts):
        corpus = folder / f"corpus-{number:03}"
        write_corpus(part, corpus)
        stopped += _run_counterclaim(corpus, tables, workers, folder)
    if (tables / "_current").exists():
        for row in Store(tables).read("runs")["counts"].to_pylist():
            sums.update(row)
    return {
        "documents": len(documents),
        "runs": len(parts),
        "stopped": stopped,
        "uncounted": len(documents)
        - sums["stored"]
        - sums["unchanged"]
        - sums["duplicate"]
        - sums["rejected"],
        "counts": dict(sums),
        "problems": _list_problems(tables),
        "rejects": [*_summarise_rejects(tables, parts)],
        "mutations": _summarise_mutations(tables, parts),
        "seconds": round(time.monotonic() - began),
    }


def _run_counterclaim(corpus: Path, tables: Path, workers: int, folder: Path) -> Iterator[str]:
    """Run ``counterclaim run`` once; yield how it failed, if it did."""
    command = [COUNTERCLAIM_SCRIPT, "run", str(corpus), "--warehouse", str(tables), "--workers", str(workers)]
    log = folder / f"{corpus.name}.log"
    own = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    with log.open("wb") as output:
        try:
            code = subprocess.run(
                command,
                stdout=output,
                stderr=output,
                env=own | {"PREFECT_HOME": str(folder / "prefect")},
                timeout=MAX_RUN_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            yield f"{corpus.name}: not ended after {MAX_RUN_SECONDS} seconds"
            return
    if code:
        yield f"{corpus.name}: exit code {code}: {log.read_text(encoding='utf-8', errors='replace')[-500:]}"


def _list_problems(tables: Path) -> list[str]:
    """Return the problems that ``verify --deep`` finds in a warehouse."""
    try:
        return [str(problem) for problem in verify_deep(tables)]
    except WarehouseError as error:
        return [str(error)]


def _summarise_rejects(tables: Path, parts: Sequence[Sequence[HostileText]]) -> Iterator[RejectGroup]:
    """Yield the rejects by stage and reason, the most frequent first."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in Store(tables).read("rejects").to_pylist():
        groups.setdefault((row["stage"], row["reason"]), []).append(row)
    for (stage, reason), rows in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        mutations = Counter(
            mutation for row in rows for mutation in _find_document(row["source_uri"], parts).mutations
        )
        examples = sorted({row["detail"][:160] for row in rows})[:MAX_EXAMPLES]
        yield RejectGroup(
            stage=stage,
            reason=reason,
            documents=len(rows),
            mutations=dict(sorted(mutations.items())),
            examples=examples,
        )


def _find_document(uri: str, parts: Sequence[Sequence[HostileText]]) -> HostileText:
    """Return the document of a source URI, by its name or by its line or row.

    The documents of all parts are numbered without a gap, as are the parts.
    """
    if found := DOCUMENT_NAME.search(uri):
        number = int(found[1]) - parts[0][0].number
        return parts[number // len(parts[0])][number % len(parts[0])]
    if found := DOCUMENT_PLACE.search(uri):
        return _keep_file_kind(parts[int(found[1])], found[2])[int(found[3]) - 1]
    raise ValueError(f"expected the address of a hostile document, found {uri}")


def _summarise_mutations(tables: Path, parts: Sequence[Sequence[HostileText]]) -> dict[str, dict[str, int]]:
    """Return for each mutation how many documents were changed by it, stored, and what was found in them."""
    store, found = Store(tables), dict[str, Counter[str]]()
    for document in chain.from_iterable(parts):
        for mutation in document.mutations:
            found.setdefault(mutation, Counter())["documents"] += 1
    rows = store.read("documents", ["doc_id", "source_uri"]).to_pylist()
    stored = {row["doc_id"]: _find_document(row["source_uri"], parts).mutations for row in rows}
    for name, count in (("documents", "stored"), ("claims", "claims"), ("denials", "denials")):
        for doc_id in store.read(name, ["doc_id"])["doc_id"].to_pylist():
            for mutation in stored[doc_id]:
                found[mutation][count] += 1
    return {mutation: dict(counts) for mutation, counts in sorted(found.items())}


def is_sound(report: dict[str, Any]) -> bool:
    """Return True if no run failed, all documents are counted, no check failed and each reject is explained."""
    unexplained = {reject["reason"] for reject in report["rejects"]} - EXPECTED_REASONS.keys()
    return not (report["stopped"] or report["uncounted"] or report["problems"] or unexplained)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--a-run", type=int, default=DOCUMENTS_PER_RUN, help="documents a run")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="file for the outcome; printed if not given")
    options = parser.parse_args()
    folder, texts = Path(tempfile.mkdtemp(prefix="hostile-")), read_texts()
    documents = [make_hostile_text(number, options.seed, texts) for number in range(options.documents)]
    report = {"seed": options.seed} | run_hostile_corpus(documents, folder, options.a_run, options.workers)
    text = json.dumps(report, indent=1, ensure_ascii=True) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    if is_sound(report):
        shutil.rmtree(folder)
    else:
        print(f"kept: {folder}", file=sys.stderr)
    return int(not is_sound(report))


if __name__ == "__main__":
    raise SystemExit(main())
