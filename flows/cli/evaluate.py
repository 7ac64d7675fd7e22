"""``counterclaim evaluate``: how good the extractor is, by a gold file."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.types import NonNegativeInt

from flows.runtime.settings import MODEL
from tasks.evaluation.attribution_scores import Scope
from warehouse.errors import InputError

WIDTH = 80


class GoldError(InputError):
    """The gold file cannot be used."""


def evaluate(
    gold: Annotated[Path, Parameter(name="GOLD")],
    /,
    *,
    out: Path | None = None,
    errors: NonNegativeInt = 0,
    min_confidence: float = 0.0,
    scope: Scope = "all",
    model: str = MODEL,
) -> int:
    """Extract the texts of a gold file and print precision, recall and F1.

    Each line of the file is one document: `{"doc_id", "text", "attributions": [...]}`. An attribution has the
    roles `source`, `cue` and `content`: lists of [start, end) spans in code points. Rows of one source and cue
    count as one attribution; what an author says in his own voice is none.

    Example: `counterclaim evaluate tests/gold/gum-news.jsonl --out predictions.jsonl`

    Args:
        gold: The gold file, JSON Lines.
        out: File to write the predictions to, in the same format.
        errors: How many missed and how many spurious attributions to list after the figures, marked as
            {source} <cue> [content].
        min_confidence: Leave out rows of lower confidence.
        scope: `all`, or `clauses`: only attributions whose cue governs a clause or a quotation, as in gold that
            marks speech and thought but no other attitudes ("plans to leave", "criticised the report").
        model: Package of the spaCy pipeline.
    """
    documents = list(read_gold(gold))
    from flows.cli.preconditions import check_model

    check_model(model)
    from tasks.evaluation.attribution_scores import score
    from tasks.evaluation.predicted_attributions import predictions
    from tasks.extraction import load_knowledge

    texts = ((d["doc_id"], d["text"]) for d in documents)
    rows = list(predictions(texts, load_knowledge(model), scope))
    for row in rows:
        row["attributions"] = [a for a in row["attributions"] if a["confidence"] >= min_confidence]
    if out:
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    result = score(documents, {row["doc_id"]: row for row in rows})
    for name, value in result.figures().items():
        print(line(name, value))
    for title, wrong in (("missed", result.missed), ("spurious", result.spurious)):
        for parts in wrong[:errors]:
            print(error(title, *parts))
    return 0


def error(title: str, doc_id: str, source: str, cue: str, content: str) -> str:
    """Return two lines, no wider than a terminal, on an attribution that was missed or invented."""
    marked = f"{{{source}}} <{cue}> [{content}]"
    return f"{title}: {doc_id}\n" + textwrap.indent(textwrap.fill(marked, WIDTH - 2, max_lines=3), "  ")


def line(name: str, value: Any) -> str:
    """Return one figure as a line."""
    if not isinstance(value, tuple):
        return f"{name:20} {value}"
    if name.startswith("recall"):
        return "{:20} {}/{}  {}".format(name, *value)
    return "{:20} P {:5.1f}  R {:5.1f}  F1 {:5.1f}".format(name, *value)


def read_gold(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the documents of a gold file, or raise GoldError with the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"The gold file {path} cannot be read: {error}") from error
    for number, text in enumerate(lines, 1):
        if text.strip():
            yield document(text, f"{path}, line {number}")


def document(text: str, place: str) -> dict[str, Any]:
    """Return one gold document."""
    try:
        row = json.loads(text)
        missing = {"doc_id", "text", "attributions"} - row.keys()
    except (ValueError, AttributeError) as error:
        raise GoldError(f"{place}: expected one JSON object a line ({error})") from error
    if missing:
        raise GoldError(f"{place}: the object lacks {', '.join(sorted(missing))}")
    return dict(row)
