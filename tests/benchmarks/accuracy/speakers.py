"""Accuracy of speakers: the shares resolved and correct, by method; and the cost of joining names over documents.

``python -m tests.benchmarks.accuracy.speakers docs/benchmarks/normalisation.json`` measures, writes the figures, and
puts their tables into ``docs/normalisation.md``. Figures of samples that may not be distributed stay as they are.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from tasks.accusations.accusation_detection import find_accusation
from tasks.accusations.accusation_words import load_accusation_words
from tasks.analysis import add_dates_and_quantities
from tasks.attribution.cue_lexicon import load_reporting_words
from tasks.attribution.quoting.quotations import find_quotations
from tasks.corpus.entities_table import build_entities_table
from tasks.document.doc import Doc
from tasks.document.parser import ParsingPipeline, load_pipeline, parse_texts
from tasks.document.records import Document, Mention, Metadata, Row, Span, Statement
from tasks.entities.document_entities import assign_entities
from tasks.entities.mentions import find_mentions
from tasks.entities.names import make_entity_id
from tasks.entities.reference_loader import ReferenceTables, load_reference_tables
from tasks.entities.resolution_methods import METHOD_CONFIDENCE as NAMING
from tasks.expressions.unit_tables import load_unit_tables
from tasks.speakers.named_sources import SOURCE_METHOD_CONFIDENCE as SPEAKING
from tasks.speakers.statement_resolution import ResolvedStatement, resolve_statements

UNIT_TABLES = load_unit_tables()
ACCUSATION_WORDS = load_accusation_words()
CHECKOUT_ROOT = Path(__file__).resolve().parents[3]
SPEAKER_GOLD = CHECKOUT_ROOT / "tests/tasks/speakers/gold"
NORMALISATION_PAGE = CHECKOUT_ROOT / "docs/normalisation.md"
NAME_COUNTS = (1_000, 3_000, 10_000, 30_000, 100_000)
MENTIONS_PER_DOCUMENT = 10


@dataclass(frozen=True, slots=True)
class JudgedSource:
    """One source of the gold: the step that answered, whether it has a name, an answer, and the right one."""

    method: str
    named: bool
    resolved: bool
    right: bool


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the figures and the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", type=Path, help="file of figures to update")
    figures = parser.parse_args(arguments).figures
    before: dict[str, Any] = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
    reference, nlp = load_reference_tables(), load_pipeline()
    judged = {"gum-news": list(judge_sources(read_gum_articles(), nlp, reference))}
    measured = {
        "speakers": before.get("speakers", {})
        | {name: compute_shares(rows) for name, rows in judged.items()},
        "steps": before.get("steps", {}) | {name: _count_by_step(rows) for name, rows in judged.items()},
        "curve": [{"names": n, "seconds": round(_time_joining(n, reference), 2)} for n in NAME_COUNTS],
    }
    figures.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    _write_normalisation_page(measured)


# --- gold


def read_gum_articles() -> Iterator[tuple[str, list[Row]]]:
    """Yield each Wikinews article of GUM with its attributions; ``names`` are the heads of the source's cluster."""
    lines = (CHECKOUT_ROOT / "tests/gold/texts.jsonl").open(encoding="utf-8")
    texts = {row["doc_id"]: row["text"] for row in map(json.loads, lines)}
    for line in (SPEAKER_GOLD / "gum_speakers.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        yield texts[row["doc_id"]], [a | {"names": a.get("cluster")} for a in row["attributions"]]


def _to_statement(doc: Doc, row: Mapping[str, Any]) -> Statement:
    """Return the statement of a gold row, its head tokens found as the extractor would."""
    source = tuple(row["source"]) if row["source"] else None
    cue = tuple(row["cue"]) if row["cue"] else None
    content = tuple((start, end) for start, end in row["content"])
    quoted = any(mark in doc.text[a:b] for a, b in content for mark in '"“')
    statement = Statement(
        source,
        cue,
        content,
        "gold",
        1.0,
        cue_token=_find_head_token(doc, cue),
        source_token=_find_head_token(doc, source),
        manner=row.get("manner") or ("mixed" if quoted else "indirect"),
        kind=row.get("kind", "statement"),
        attitude=row.get("kind", "statement"),
    )
    return _add_accused(doc, statement) if statement.kind == "accusation" else statement


def _add_accused(doc: Doc, statement: Statement) -> Statement:
    """Return an accusation with the tokens of its accused and victims, found as the extractor would."""
    ranges = [(tokens.start, tokens.end) for tokens in map(doc.get_tokens, statement.content)]
    accusation = find_accusation(doc, statement, ranges, ACCUSATION_WORDS)
    if accusation is None:
        return statement
    accused, victims = (tuple(t.i for t in tokens) for tokens in (accusation.accused, accusation.victims))
    return replace(statement, claim_type="accusation", accused=accused, victims=victims)


def _find_head_token(doc: Doc, span: Span | None) -> int | None:
    """Return the index of the head token of a span."""
    found = doc.char_span(*span) if span else None
    return found.root.i if found is not None else None


def resolve_gold_statements(
    doc: Doc, rows: Iterable[Mapping[str, Any]], reference: ReferenceTables, published: date | None = None
) -> tuple[list[Mention], list[ResolvedStatement]]:
    """Return the mentions of a document, and what each of its gold statements resolves to."""
    document = Document("doc", "doc", doc.text, "sha", "utf-8", Metadata(published_at=published))
    mentions = find_mentions(doc, reference)
    statements = [_to_statement(doc, row) for row in rows]
    mentions = assign_entities(doc, mentions, reference, document.doc_id)
    quotations = find_quotations(doc, load_reporting_words())
    mentions, resolved = resolve_statements(doc, mentions, statements, quotations, reference)
    published = document.metadata.published_at
    return mentions, [
        add_dates_and_quantities(doc, s, r, published, UNIT_TABLES)
        for s, r in zip(statements, resolved, strict=True)
    ]


def judge_sources(
    texts: Iterable[tuple[str, list[Row]]], nlp: ParsingPipeline, reference: ReferenceTables
) -> Iterator[JudgedSource]:
    """Yield the judgement of every source with a gold answer (``names`` is not None)."""
    pairs = list(texts)
    for (_, rows), doc in zip(pairs, parse_texts((text for text, _ in pairs), nlp), strict=True):
        mentions, resolved = resolve_gold_statements(doc, rows, reference)
        for row, found in zip(rows, resolved, strict=True):
            if (names := row["names"]) is not None:
                mine = [m.span for m in mentions if m.entity_id == found.speaker_id and not m.pronoun]
                answered = found.speaker_id is not None
                right = answered and any(a < end and start < b for a, b in mine for start, end in names)
                yield JudgedSource(found.speaker_resolution, bool(names), answered, right)


# --- figures


def compute_shares(rows: Sequence[JudgedSource]) -> dict[str, float]:
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


def _count_by_step(rows: Iterable[JudgedSource]) -> dict[str, list[int]]:
    """Return for each step its answers and those of them that are right."""
    answers, right = Counter[str](), Counter[str]()
    for row in rows:
        answers[row.method] += row.resolved
        right[row.method] += row.right
    return {step: [n, right[step]] for step, n in sorted(answers.items()) if n}


def make_synthetic_mentions(n: int) -> pa.Table:
    """Return ``n`` mentions of as many names, ten a document."""
    rng = Random(7)
    syllables = [c + v for c in "bdfghklmnprstz" for v in "aeiou"]
    names = [
        f"{''.join(rng.choices(syllables, k=2))} {''.join(rng.choices(syllables, k=4))}".title()
        for _ in range(n)
    ]
    ids = [make_entity_id("person", name) for name in names]
    return pa.table(
        {
            "entity_id": ids,
            "local_entity_id": ids,
            "label": ["person"] * n,
            "text": names,
            "doc_id": [f"d{i // MENTIONS_PER_DOCUMENT}" for i in range(n)],
            "pronoun": [False] * n,
        }
    )


def _time_joining(n: int, reference: ReferenceTables) -> float:
    """Return the CPU time of joining ``n`` distinct names over their documents."""
    mentions = make_synthetic_mentions(n)
    ids = mentions["doc_id"].unique()
    documents = pa.table({"doc_id": ids, "published_at": pa.nulls(len(ids), pa.date32())})
    started = time.process_time()
    build_entities_table(mentions, documents, reference)
    return time.process_time() - started


# --- the page


def _write_normalisation_page(measured: Mapping[str, Any]) -> None:
    """Put the tables of the figures between the marks of ``docs/normalisation.md``."""
    page = NORMALISATION_PAGE.read_text(encoding="utf-8")
    for name, table in (
        ("speakers", _format_speakers_table),
        ("steps", _format_steps_table),
        ("curve", _format_cost_table),
    ):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{table(measured)}\n{end}{rest.partition(end)[2]}"
    NORMALISATION_PAGE.write_text(page, encoding="utf-8")


def _format_speakers_table(measured: Mapping[str, Any]) -> str:
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


def _format_steps_table(measured: Mapping[str, Any]) -> str:
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


def _format_cost_table(measured: Mapping[str, Any]) -> str:
    """Return the cost of joining names as a table."""
    lines = ["| distinct names | CPU seconds | a thousand names |", "|---|---|---|"]
    lines += [
        f"| {c['names']:,} | {c['seconds']:.2f} | {1000 * c['seconds'] / c['names']:.3f} |"
        for c in measured["curve"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
