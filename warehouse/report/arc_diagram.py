"""The course of an article, as a figure: its statements in order, with an arc from each denial to its claim."""

from typing import Any

from warehouse.report.report_scope import Row

WIDTH, EDGE, LOWEST, HIGHEST = 480, 8, 14, 60


def course(statements: list[Row], links: list[Row], n_chars: int) -> dict[str, Any]:
    """Return the place of each statement along the text and the arcs of the best links between them.

    Units are SVG user units; an arc is the higher, the farther it reaches.
    """
    place = {
        s["statement_id"]: round(EDGE + (WIDTH - 2 * EDGE) * _position(s) / max(n_chars, 1), 1)
        for s in statements
    }
    ends = [(link["denial_id"], link["claim_id"]) for link in links if link["rank"] == 1]
    arcs = [
        {"denial_id": denial, "claim_id": claim, "x": place[denial], "to": place[claim]}
        for denial, claim in ends
        if denial in place and claim in place
    ]
    for arc in arcs:
        reach = abs(arc["x"] - arc["to"]) / WIDTH
        arc["rise"] = round(2 * (LOWEST + (HIGHEST - LOWEST) * reach), 1)
    line = max((arc["rise"] for arc in arcs), default=LOWEST) / 2 + 12
    return {"width": WIDTH, "height": line + 10, "line": line, "place": place, "arcs": arcs}


def _position(statement: Row) -> int:
    """Return where a statement stands: its cue, or where its content begins."""
    start = statement["cue_start"]
    found: int = statement["content_spans"][0]["start"] if start is None else start
    return found
