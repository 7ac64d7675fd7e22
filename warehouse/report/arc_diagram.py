"""The arc diagram of an article: its statements on a line, with an arc from each denial to its claim."""

from typing import Any

from warehouse.report.report_scope import Row

FIGURE_WIDTH, EDGE_MARGIN, MIN_RISE, MAX_RISE = 480, 8, 14, 60


def lay_out_arc_diagram(statements: list[Row], links: list[Row], n_chars: int) -> dict[str, Any]:
    """Return the position of each statement on the line and the arcs of the best links between them.

    Units are SVG user units; longer arcs are higher.
    """
    place = {
        s["statement_id"]: round(
            EDGE_MARGIN + (FIGURE_WIDTH - 2 * EDGE_MARGIN) * _get_position(s) / max(n_chars, 1), 1
        )
        for s in statements
    }
    ends = [(link["denial_id"], link["claim_id"]) for link in links if link["rank"] == 1]
    arcs = [
        {"denial_id": denial, "claim_id": claim, "x": place[denial], "to": place[claim]}
        for denial, claim in ends
        if denial in place and claim in place
    ]
    for arc in arcs:
        reach = abs(arc["x"] - arc["to"]) / FIGURE_WIDTH
        arc["rise"] = round(2 * (MIN_RISE + (MAX_RISE - MIN_RISE) * reach), 1)
    line = max((arc["rise"] for arc in arcs), default=MIN_RISE) / 2 + 12
    return {"width": FIGURE_WIDTH, "height": line + 10, "line": line, "place": place, "arcs": arcs}


def _get_position(statement: Row) -> int:
    """Return the offset of a statement: that of its cue or, without one, of its content."""
    start = statement["cue_start"]
    found: int = statement["content_spans"][0]["start"] if start is None else start
    return found
