"""Statements as attributions: what corpora annotate, one source, cue and content each.

A warehouse row is a claim or a denial, so that what one cue reports may take several rows ("he said it was
false and that he would sue"), and what an author says in his own voice takes one if it is disputed. A corpus
has one attribution for the first and none for the second; scores compare like with like.
"""

from collections.abc import Iterable, Iterator, Sequence

from tasks.attribution.candidates import GOVERNED_CLAUSES
from tasks.document.parser import parse
from tasks.document.records import Document, Row, Statement
from tasks.evaluation.attribution_scores import Scope
from tasks.extraction import Knowledge, understand


def predictions(
    documents: Iterable[tuple[str, str]], knowledge: Knowledge, scope: Scope = "all"
) -> Iterator[Row]:
    """Yield, for each (id, text), its attributions in the form of the scorer: source, cue and content spans."""
    pairs = list(documents)
    for (doc_id, text), doc in zip(pairs, parse((text for _, text in pairs), knowledge.nlp), strict=True):
        document = Document(doc_id, doc_id, text, "", "utf-8")
        found = understand(document, doc, knowledge).statements
        yield {"doc_id": doc_id, "attributions": attributions(found, scope)}


def attributions(statements: Sequence[Statement], scope: Scope = "all") -> list[Row]:
    """Return the attributions that statements make up: those of one source and cue together, the author's left out.

    Of rows that are put together, the one that comes first gives rule and confidence.
    """
    found: dict[tuple[object, object], Row] = {}
    for statement in statements:
        if statement.source is None and statement.cue is None:
            continue
        if scope == "clauses" and statement.rule not in GOVERNED_CLAUSES:
            continue
        row = found.setdefault((statement.source, statement.cue), attribution(statement) | {"content": []})
        row["content"] = sorted({*map(tuple, row["content"]), *statement.content})
    return [row | {"content": [list(span) for span in row["content"]]} for row in found.values()]


def attribution(statement: Statement) -> Row:
    """Return a statement as an attribution: lists of [start, end) spans."""
    return {
        "source": [list(statement.source)] if statement.source else [],
        "cue": [list(statement.cue)] if statement.cue else [],
        "content": [list(span) for span in statement.content],
        "rule": statement.rule,
        "confidence": statement.confidence,
    }
