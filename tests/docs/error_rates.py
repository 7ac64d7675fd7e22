"""The error rates of the data sheet, from the measured figures: ``make reference`` writes them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT_ROOT = Path(__file__).parents[2]
DATASHEET = CHECKOUT_ROOT / "docs" / "datasheet.md"
RATES_SECTION = re.compile(r"(?<=<!-- rates: begin -->\n).*?(?=<!-- rates: end -->)", re.S)
CORPORA = ("polnear-dev", "gum-news")
RECALL_ROWS = {
    "recall direct": "claims in quotation marks",
    "recall mixed": "claims partly in quotation marks",
    "recall indirect": "claims in the article's words",
    "recall accusation": "accusations",
}
FLOOR_ROWS = {
    "precision": "rows that are denials",
    "recall": "denials that are found",
    "recall explicit": "… explicit (*denied that*)",
    "recall labelling": "… labelling (*called it a lie*)",
    "recall negated_assertion": "… negated assertion (*“We never did that”*)",
    "recall lack_of_knowledge": "… lack of knowledge (*no evidence of*)",
    "recall counter": "… counter (*insisted that it was an accident*)",
    "type": "denials found whose type is right",
    "link@1": "given the denial: the claim ranked first is the right one",
    "link@3": "given the denial: the right claim is among the first three",
    "link end to end": "denials found and joined to the right claim",
}


def format_error_rates() -> str:
    """Return both tables as Markdown."""
    return "\n".join([*_format_attribution_rows(), "", *_format_denial_rows(), ""])


def _format_attribution_rows() -> Iterator[str]:
    """Yield the table of attributions: a column a corpus."""
    measured = json.loads(
        (CHECKOUT_ROOT / "docs" / "benchmarks" / "attribution.json").read_text(encoding="utf-8")
    )
    whole = [measured[corpus]["whole"] for corpus in CORPORA]
    yield "| of 100 | PolNeAR dev, US politics 2015–16 (not read) | Wikinews in GUM (read) |"
    yield "|---|---|---|"
    yield _format_row("rows whose content is right", [figures["content"][0] for figures in whole])
    yield _format_row("rows whose content and source are right", [figures["relaxed"][0] for figures in whole])
    for name, told in RECALL_ROWS.items():
        yield _format_row(f"{told} that are found", [_format_share(figures[name]) for figures in whole])


def _format_denial_rows() -> Iterator[str]:
    """Yield the table of denials: the figures below which the tests fail."""
    floors = json.loads((CHECKOUT_ROOT / "tests" / "gold" / "denial_floors.json").read_text(encoding="utf-8"))
    yield "| of 100 | regression floor, on 75 open texts (read) |"
    yield "|---|---|"
    for name, told in FLOOR_ROWS.items():
        yield _format_row(told, [floors[name]])


def _format_share(measured: list[float]) -> str:
    """Return a share of found, total and percent; of too few nothing can be said."""
    found, total, percent = measured
    return f"{percent:.0f}" if total >= 10 else f"{found:.0f} of {total:.0f}"


def _format_row(told: str, values: list[Any]) -> str:
    """Return a line of a table."""
    cells = [value if isinstance(value, str) else f"{value:.0f}" for value in values]
    return f"| {told} | {' | '.join(cells)} |"


def _write_error_rates() -> None:
    """Write the tables into the data sheet."""
    DATASHEET.write_text(
        RATES_SECTION.sub(lambda _: format_error_rates(), DATASHEET.read_text(encoding="utf-8")),
        encoding="utf-8",
    )


if __name__ == "__main__":
    _write_error_rates()
