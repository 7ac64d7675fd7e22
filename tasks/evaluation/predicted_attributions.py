"""Conversion of statements to attributions as corpora annotate them: one source, cue and content each.

A warehouse row is a claim or a denial. What one cue reports may take several rows ("he said it was false and that he
would sue"), where a corpus has one attribution; and a disputed assertion of the author takes a row, where a corpus has
no attribution.
"""

from collections.abc import Iterable, Iterator, Sequence

from tasks.analysis import analyse_document
from tasks.attribution.candidates import GOVERNED_CLAUSE_FRAMES
from tasks.document.parser import parse_texts
from tasks.document.records import Document, Row, Statement
from tasks.evaluation.attribution_scores import AttributionScope
from tasks.knowledge import Knowledge


def predict_attributions(
    documents: Iterable[tuple[str, str]], knowledge: Knowledge, scope: AttributionScope = "all"
) -> Iterator[Row]:
    """Yield, for each (id, text), its attributions in the form of the scorer: source, cue and content spans."""
    pairs = list(documents)
    for (doc_id, text), doc in zip(
        pairs, parse_texts((text for _, text in pairs), knowledge.nlp), strict=True
    ):
        analysis = analyse_document(make_scored_document(doc_id, text), doc, knowledge)
        yield {"doc_id": doc_id, "attributions": to_attributions(analysis.statements, scope)}


def make_scored_document(doc_id: str, text: str) -> Document:
    """Return a document of which only id and text are known."""
    return Document(doc_id=doc_id, source_uri=doc_id, text=text, content_sha256="", encoding="utf-8")


def to_attributions(statements: Sequence[Statement], scope: AttributionScope = "all") -> list[Row]:
    """Return the attributions of statements: those with one source and cue merged, the author's own omitted.

    Type, rule and confidence are those of the first statement merged.
    """
    found: dict[tuple[object, object], Row] = {}
    for statement in statements:
        if statement.source is None and statement.cue is None:
            continue
        if scope == "clauses" and statement.rule not in GOVERNED_CLAUSE_FRAMES:
            continue
        row = found.setdefault((statement.source, statement.cue), to_attribution(statement) | {"content": []})
        row["content"] = sorted({*map(tuple, row["content"]), *statement.content})
    return [row | {"content": [list(span) for span in row["content"]]} for row in found.values()]


def to_attribution(statement: Statement) -> Row:
    """Return a statement as an attribution: lists of [start, end) spans."""
    return {
        "source": [list(statement.source)] if statement.source else [],
        "cue": [list(statement.cue)] if statement.cue else [],
        "content": [list(span) for span in statement.content],
        "type": statement.claim_type or statement.kind,
        "rule": statement.rule,
        "confidence": statement.confidence,
    }
