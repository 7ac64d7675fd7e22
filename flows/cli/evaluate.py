"""``counterclaim evaluate``: the scores of the extractor on a gold file."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from cyclopts.types import NonNegativeInt

from flows.runtime.settings import DEFAULT_MODEL, DEFAULT_WAREHOUSE
from flows.text_formats import TERMINAL_WIDTH
from tasks.evaluation.attribution_scores import AttributionScope
from warehouse.errors import InputError

if TYPE_CHECKING:
    from tasks.evaluation.attribution_scores import AttributionRow
    from warehouse.reviews.precision import Precision


class GoldFileError(InputError):
    """The gold file cannot be used."""


def evaluate(
    gold: Annotated[Path | None, Parameter(name="GOLD")] = None,
    /,
    *,
    reviews: Annotated[bool, Parameter(negative="")] = False,
    warehouse: str = DEFAULT_WAREHOUSE,
    out: Path | None = None,
    errors: NonNegativeInt = 0,
    min_confidence: float = 0.0,
    scope: AttributionScope = "all",
    calibration: Annotated[bool, Parameter(negative="")] = False,
    model: str = DEFAULT_MODEL,
) -> int:
    """Extract the texts of a gold file and print precision, recall and F1; or, with `--reviews`, precision by verdicts.

    Each line of the file is one document: `{"doc_id", "text", "attributions": [...]}`. An attribution has the
    roles `source`, `cue` and `content`: lists of [start, end) spans in code points. Rows with the same source and
    cue count as one attribution. Statements of the author count as none.

    With `--reviews` no text is extracted: of the rows that people have reviewed (`counterclaim review`), it prints the
    share that is right by type, rule and confidence, with 95 % intervals, and the rows on which reviewers differ.

    Example: `counterclaim evaluate tests/gold/gum-news.jsonl --out predictions.jsonl`

    Example: `counterclaim evaluate my-gold.jsonl --calibration`

    Example: `counterclaim evaluate --reviews`

    Args:
        gold: The gold file, JSON Lines.
        reviews: Print the precision of reviewed rows instead.
        warehouse: Folder of the tables with the reviews, or s3://bucket/path.
        out: File to write the predictions to, in the same format.
        errors: Number of missed and of spurious attributions to list after the scores, marked as
            `{source} <cue> [content]`.
        min_confidence: Leave out rows with a lower confidence.
        scope: `all`, or `clauses` for attributions whose cue governs a clause or a quotation, for gold files that
            mark speech and thought but no other attitudes ("plans to leave", "criticised the report").
        calibration: Print, by confidence, type and rule, the mean confidence of the rows and the share that is right
            (content and source as in `relaxed`).
        model: Package of the spaCy pipeline.
    """
    if (gold is None) != reviews:
        raise GoldFileError("expected either a gold file or --reviews")
    if gold is None:
        return _print_precision(warehouse)
    from flows.cli.preconditions import check_model
    from tasks.evaluation.attribution_scores import score_attributions

    documents = list(_read_gold_documents(gold))
    check_model(model)
    rows = [_drop_uncertain(row, min_confidence) for row in _predict_rows(documents, model, scope)]
    if out:
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    result = score_attributions(documents, {row["doc_id"]: row for row in rows})
    for name, value in result.compute_figures().items():
        print(_format_figure(name, value))
    for title, wrong in (("missed", result.missed), ("spurious", result.spurious)):
        for parts in wrong[:errors]:
            print(format_attribution_error(title, *parts))
    if calibration:
        _print_calibration(result.judged)
    return 0


def _print_calibration(judged: Sequence[tuple["AttributionRow", bool]]) -> None:
    """Print the confidence of predicted attributions beside the share that is right."""
    from tasks.evaluation.calibration import (
        JudgedRow,
        compute_calibration_error,
        estimate_chance_error,
        group_by_confidence,
        group_by_rule,
        group_by_type,
    )

    rows = [JudgedRow(row["confidence"], row["type"], row["rule"], right) for row, right in judged]
    groups = {"confidence": group_by_confidence, "type": group_by_type, "rule": group_by_rule}
    for title, group_rows in groups.items():
        print(f"\n{title:28} {'rows':>6} {'mean confidence':>16} {'right':>7}")
        for one in group_rows(rows):
            print(f"  {one.name:26} {one.n:6} {one.mean_confidence:16.2f} {one.right:7.2f}")
    error, chance = compute_calibration_error(rows), estimate_chance_error(rows)
    print(f"\nExpected calibration error in ten bins: {error:.3f}; perfectly calibrated rows of")
    print(f"these confidences would have {chance:.3f} on average.")


def _print_precision(warehouse: str) -> int:
    """Print how often reviewed rows are right, and where reviewers differ."""
    from warehouse.queries.connection import connect_to_warehouse, explain_damage
    from warehouse.reviews.precision import (
        compute_agreement,
        compute_precision,
        compute_weighted_precision,
        read_reviewed_rows,
    )

    connection = connect_to_warehouse(warehouse)
    with explain_damage(warehouse):
        rows = read_reviewed_rows(connection)
    if not rows:
        raise GoldFileError(f"No row of {warehouse} has been reviewed: see `counterclaim review --help`.")
    print("right: accepted as it is, with its 95 % interval; found: accepted or corrected;")
    print("other kind: rejected as a claim that is really a denial, or the reverse; where")
    print("reviewers differ, a row counts by the share of each verdict\n")
    found = compute_precision(rows)
    for by, groups in found.items():
        print(f"{by:28} {'rows':>5} {'right':>6}  {'interval':>10} {'found':>6} {'other kind':>11}")
        for one in groups:
            print(_format_precision(one))
        print()
    if weighted := compute_weighted_precision(connection, found["type"]):
        share, covered = weighted
        print(f"If each type of the corpus is as right as its reviewed rows, {share:.0%} of all rows are")
        print(f"right (types with {covered:.0%} of the rows of the corpus have been reviewed). That holds")
        print("for rows that were drawn (counterclaim review --sample), not for chosen ones.")
    agreement = compute_agreement(rows)
    print(f"{agreement.n} rows have several reviewers, who agree on {agreement.n_agreed}.")
    for statement_id, words in agreement.differing:
        print(f"  {statement_id}: {words}")
    return 0


def _format_precision(one: "Precision") -> str:
    """Return the precision of one group as a line."""
    low, high = one.interval
    return (
        f"  {one.group:26} {one.n:5} {one.right / one.n:6.0%}  {low:4.0%} to {high:4.0%} {one.found / one.n:6.0%}"
        f" {one.other_kind / one.n:11.0%}"
    )


def _predict_rows(
    documents: Iterable[dict[str, Any]], model: str, scope: AttributionScope
) -> Iterator[dict[str, Any]]:
    """Yield the predicted attributions of each document, in the format of the gold file."""
    from tasks.evaluation.predicted_attributions import predict_attributions
    from tasks.knowledge import load_knowledge

    texts = ((document["doc_id"], document["text"]) for document in documents)
    yield from predict_attributions(texts, load_knowledge(model), scope)


def _drop_uncertain(row: dict[str, Any], min_confidence: float) -> dict[str, Any]:
    """Return the predictions on a document without those of lower confidence."""
    kept = [one for one in row["attributions"] if one["confidence"] >= min_confidence]
    return {**row, "attributions": kept}


def format_attribution_error(title: str, doc_id: str, source: str, cue: str, content: str) -> str:
    """Return the lines, no wider than a terminal, that show an attribution that was missed or is spurious."""
    marked = f"{{{source}}} <{cue}> [{content}]"
    return f"{title}: {doc_id}\n" + textwrap.indent(
        textwrap.fill(marked, TERMINAL_WIDTH - 2, max_lines=3), "  "
    )


def _format_figure(name: str, value: Any) -> str:
    """Return one score as a line."""
    if not isinstance(value, tuple):
        return f"{name:20} {value}"
    if name.startswith("recall"):
        return "{:20} {}/{}  {}".format(name, *value)
    return "{:20} P {:5.1f}  R {:5.1f}  F1 {:5.1f}".format(name, *value)


def _read_gold_documents(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the documents of a gold file; raise GoldFileError with the number of a line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldFileError(f"The gold file {path} cannot be read: {error}") from error
    for number, text in enumerate(lines, 1):
        if text.strip():
            yield _parse_gold_document(text, f"{path}, line {number}")


def _parse_gold_document(text: str, place: str) -> dict[str, Any]:
    """Return the document of one line; ``place`` names the line in errors."""
    try:
        row = json.loads(text)
        missing = {"doc_id", "text", "attributions"} - row.keys()
    except (ValueError, AttributeError) as error:
        raise GoldFileError(f"{place}: expected one JSON object a line ({error})") from error
    if missing:
        raise GoldFileError(f"{place}: the object lacks {', '.join(sorted(missing))}")
    return dict(row)
