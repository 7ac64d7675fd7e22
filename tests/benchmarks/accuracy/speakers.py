"""Speakers: how many are resolved and how many rightly, step by step; and the cost of joining names over documents.

``python -m tests.benchmarks.accuracy.speakers docs/benchmarks/normalisation.json [polnear-train.jsonl]`` measures,
writes the figures, and puts their tables into ``docs/normalisation.md``. PolNeAR may not be distributed: what
it was asked for stands in
``tests/tasks/speakers/gold`` as offsets, and without the corpus its figures stay as they were.
"""

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
from spacy.language import Language

from tasks.corpus.entities_table import resolve_across_documents
from tasks.document.doc import Doc
from tasks.document.parser import load_model, parse
from tasks.document.records import Document, Mention, Metadata, Row, Span, Statement
from tasks.entities.mentions import find_mentions
from tasks.entities.names import entity_id
from tasks.entities.reference_loader import Reference, load_reference
from tasks.entities.resolution_methods import CONFIDENCE as NAMING
from tasks.speakers.named_sources import CONFIDENCE as SPEAKING
from tasks.speakers.statement_resolution import Resolved, measured, resolve

ROOT = Path(__file__).resolve().parents[3]
GOLD = ROOT / "tests/tasks/speakers/gold"
DOCUMENT = ROOT / "docs/normalisation.md"
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
PER_DOCUMENT = 10
SAMPLES = {"polnear (tuned on)": "polnear_sources.csv", "polnear (fresh)": "polnear_fresh.csv"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One source of the gold: the step that answered, whether it has a name, an answer, and the right one."""

    method: str
    named: bool
    resolved: bool
    right: bool


def main(arguments: Sequence[str]) -> None:
    """Measure, and write the figures and the page."""
    figures = Path(arguments[0])
    before: dict[str, Any] = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
    reference, nlp = load_reference(), load_model()
    judged = {"gum-news": list(judge(gum(), nlp, reference))}
    for name, sample in SAMPLES.items() if len(arguments) > 1 else ():
        judged[name] = list(judge(polnear(Path(arguments[1]), GOLD / sample), nlp, reference))
    measured = {
        "speakers": before.get("speakers", {}) | {name: shares(rows) for name, rows in judged.items()},
        "steps": before.get("steps", {}) | {name: by_step(rows) for name, rows in judged.items()},
        "curve": [{"names": n, "seconds": round(seconds(n, reference), 2)} for n in SIZES],
    }
    figures.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    write_page(measured)


# --- gold


def gum() -> Iterator[tuple[str, list[Row]]]:
    """Yield each Wikinews article of GUM with its attributions; ``names`` are the heads of the source's cluster."""
    lines = (ROOT / "tests/gold/texts.jsonl").open(encoding="utf-8")
    texts = {row["doc_id"]: row["text"] for row in map(json.loads, lines)}
    for line in (GOLD / "gum_speakers.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        yield texts[row["doc_id"]], [a | {"names": a.get("cluster")} for a in row["attributions"]]


def polnear(corpus: Path, sample: Path) -> Iterator[tuple[str, list[Row]]]:
    """Yield the articles of a sample with their attributions; ``names`` where the sample labels the source."""
    labels: dict[str, dict[Span, list[Span]]] = {}
    for r in csv.DictReader(sample.open(encoding="utf-8")):
        names = [(int(r["name_start"]), int(r["name_end"]))] if r["name_start"] else []
        labels.setdefault(r["doc_id"], {})[int(r["source_start"]), int(r["source_end"])] = names
    for article in map(json.loads, corpus.open(encoding="utf-8")):
        if wanted := labels.get(article["doc_id"]):
            yield article["text"], [labelled(a, wanted) for a in article["attributions"]]


def labelled(attribution: Row, wanted: dict[Span, list[Span]]) -> Row:
    """Return an attribution of PolNeAR with one span a source and cue, and the names of the sample, once each."""
    spans = attribution["source"]
    source = (spans[0][0], spans[-1][1]) if spans else None
    return {
        "source": source,
        "cue": (attribution["cue"] or [None])[0],
        "content": attribution["content"],
        "names": wanted.pop(source, None) if source else None,
    }


def statement(doc: Doc, row: Mapping[str, Any]) -> Statement:
    """Return the statement of a gold row, its head tokens found as the extractor would."""
    source = tuple(row["source"]) if row["source"] else None
    cue = tuple(row["cue"]) if row["cue"] else None
    content = tuple((start, end) for start, end in row["content"])
    quoted = any(mark in doc.text[a:b] for a, b in content for mark in '"“')
    return Statement(
        source,
        cue,
        content,
        "gold",
        1.0,
        cue_token=head(doc, cue),
        source_token=head(doc, source),
        manner=row.get("manner") or ("mixed" if quoted else "indirect"),
        kind=row.get("kind", "statement"),
    )


def head(doc: Doc, span: Span | None) -> int | None:
    """Return the index of the head token of a span."""
    found = doc.char_span(*span) if span else None
    return found.root.i if found is not None else None


def read(
    doc: Doc, rows: Iterable[Mapping[str, Any]], reference: Reference, published: date | None = None
) -> tuple[list[Mention], list[Resolved]]:
    """Return the mentions of a document, and what each of its gold statements resolves to."""
    document = Document("doc", "doc", doc.text, "sha", "utf-8", Metadata(published_at=published))
    mentions = find_mentions(doc, reference)
    statements = [statement(doc, row) for row in rows]
    resolved = resolve(document, doc, mentions, statements, reference)
    published = document.metadata.published_at
    return mentions, [measured(doc, s, r, published) for s, r in zip(statements, resolved, strict=True)]


def judge(texts: Iterable[tuple[str, list[Row]]], nlp: Language, reference: Reference) -> Iterator[Judged]:
    """Yield the judgement of every source that the gold speaks of (``names`` is not None)."""
    pairs = list(texts)
    for (_, rows), doc in zip(pairs, parse((text for text, _ in pairs), nlp), strict=True):
        mentions, resolved = read(doc, rows, reference)
        for row, found in zip(rows, resolved, strict=True):
            if (names := row["names"]) is not None:
                mine = [m.span for m in mentions if m.entity_id == found.speaker_id and not m.pronoun]
                answered = found.speaker_id is not None
                right = answered and any(a < end and start < b for a, b in mine for start, end in names)
                yield Judged(found.speaker_resolution, bool(names), answered, right)


# --- figures


def shares(rows: Sequence[Judged]) -> dict[str, float]:
    """Return how many sources have a name, the shares resolved and right, and the answers for nameless ones."""
    named = [r for r in rows if r.named]
    resolved = [r for r in named if r.resolved]
    return {
        "named": len(named),
        "resolved": round(len(resolved) / len(named), 3),
        "right": round(sum(r.right for r in resolved) / len(resolved), 3),
        "nameless": len(rows) - len(named),
        "nameless answered": sum(r.resolved for r in rows if not r.named),
    }


def by_step(rows: Iterable[Judged]) -> dict[str, list[int]]:
    """Return for each step its answers and those of them that are right."""
    answers, right = Counter[str](), Counter[str]()
    for row in rows:
        answers[row.method] += row.resolved
        right[row.method] += row.right
    return {step: [n, right[step]] for step, n in sorted(answers.items()) if n}


def synthetic(n: int) -> pa.Table:
    """Return ``n`` mentions of as many names, ten a document."""
    rng = Random(7)
    syllables = [c + v for c in "bdfghklmnprstz" for v in "aeiou"]
    names = [
        f"{''.join(rng.choices(syllables, k=2))} {''.join(rng.choices(syllables, k=4))}".title()
        for _ in range(n)
    ]
    ids = [entity_id("person", name) for name in names]
    return pa.table(
        {
            "entity_id": ids,
            "local_entity_id": ids,
            "label": ["person"] * n,
            "text": names,
            "doc_id": [f"d{i // PER_DOCUMENT}" for i in range(n)],
            "pronoun": [False] * n,
        }
    )


def seconds(n: int, reference: Reference) -> float:
    """Return the CPU time of joining ``n`` distinct names over their documents."""
    mentions = synthetic(n)
    ids = mentions["doc_id"].unique()
    documents = pa.table({"doc_id": ids, "published_at": pa.nulls(len(ids), pa.date32())})
    started = time.process_time()
    resolve_across_documents(mentions, documents, reference)
    return time.process_time() - started


# --- the page


def write_page(measured: Mapping[str, Any]) -> None:
    """Put the tables of the figures between the marks of ``docs/normalisation.md``."""
    page = DOCUMENT.read_text(encoding="utf-8")
    for name, table in (("speakers", speakers), ("steps", steps), ("curve", curve)):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{table(measured)}\n{end}{rest.partition(end)[2]}"
    DOCUMENT.write_text(page, encoding="utf-8")


def speakers(measured: Mapping[str, Any]) -> str:
    """Return the shares of each corpus as a table."""
    lines = [
        "| | sources with a name | resolved | right of these | nameless sources | answered all the same |",
        "|---|---|---|---|---|---|",
    ]
    for name, f in measured["speakers"].items():
        shown = [
            f["named"],
            f"{f['resolved']:.1%}",
            f"{f['right']:.1%}",
            f["nameless"],
            f["nameless answered"],
        ]
        lines.append(f"| {name} | " + " | ".join(map(str, shown)) + " |")
    return "\n".join(lines)


def steps(measured: Mapping[str, Any]) -> str:
    """Return what each step answered over all the corpora, with the confidence it claims, surest first."""
    answers, right = Counter[str](), Counter[str]()
    for corpus in measured["steps"].values():
        for step, (n, correct) in corpus.items():
            answers[step] += n
            right[step] += correct
    claimed = NAMING | SPEAKING
    order = sorted(answers, key=lambda step: (-claimed[step], step))
    lines = ["| step | confidence | answers | right |", "|---|---|---|---|"]
    lines += [
        f"| `{step}` | {claimed[step]:.2f} | {answers[step]} | {right[step] / answers[step]:.0%} |"
        for step in order
    ]
    return "\n".join(lines)


def curve(measured: Mapping[str, Any]) -> str:
    """Return the cost of joining names as a table."""
    lines = ["| distinct names | CPU seconds | a thousand names |", "|---|---|---|"]
    lines += [
        f"| {c['names']:,} | {c['seconds']:.2f} | {1000 * c['seconds'] / c['names']:.3f} |"
        for c in measured["curve"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
