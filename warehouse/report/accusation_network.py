"""The figure of who accuses whom: accusers on the left, accused on the right, a band for each pair."""

from statistics import fmean
from typing import Any

from warehouse.report.label_width import estimate_width, shorten_label
from warehouse.report.report_scope import Row

FIGURE_WIDTH, ROW_HEIGHT, SIDE_MARGIN = 480, 32, 178
MAX_ENDS, MAX_BANDS = 12, 24
MIN_THICKNESS, MAX_THICKNESS = 1.5, 9.0
ORDERING_SWEEPS = 4
MAX_FONT_SIZE = 14
"""size of the names on a narrow screen, in user units; on others they are smaller"""
LINE_WIDTH = (SIDE_MARGIN - 2) / MAX_FONT_SIZE
"""room for one line of a name, in em; a longer name has two lines"""


def lay_out_network(accusations: list[Row]) -> dict[str, Any]:
    """Return the positions of names and bands for the strongest pairs, with at most a dozen names on each side.

    ``accusations`` begin with the strongest.

    Units are SVG user units; ``left_out`` is the number of pairs that are not drawn.
    """
    pairs, accusers, accused = _choose_pairs(accusations)
    accusers, accused = _order_ends(pairs, accusers, accused)
    height = ROW_HEIGHT * max(len(accusers), len(accused), 1)
    left, right = _place_ends(accusers, height), _place_ends(accused, height)
    most = max((pair["n"] for pair in pairs), default=1)
    return {
        "width": FIGURE_WIDTH,
        "height": height,
        "left_x": SIDE_MARGIN,
        "right_x": FIGURE_WIDTH - SIDE_MARGIN,
        "accusers": [_make_end(i, name, left[i], accusations, "accuser_id") for i, name in accusers.items()],
        "accused": [_make_end(i, name, right[i], accusations, "accused_id") for i, name in accused.items()],
        "bands": [pair | _make_band(pair, left, right, most) for pair in pairs],
        "left_out": len(accusations) - len(pairs),
    }


def _choose_pairs(accusations: list[Row]) -> tuple[list[Row], dict[str, str], dict[str, str]]:
    """Return the pairs to draw, in order, and the names on each side by id, in order of appearance."""
    pairs, accusers, accused = list[Row](), dict[str, str](), dict[str, str]()
    for pair in accusations:
        new_left, new_right = pair["accuser_id"] not in accusers, pair["accused_id"] not in accused
        full = len(accusers) + new_left > MAX_ENDS or len(accused) + new_right > MAX_ENDS
        if full or len(pairs) == MAX_BANDS:
            continue
        accusers[pair["accuser_id"]] = pair["accuser"]
        accused[pair["accused_id"]] = pair["accused"]
        pairs.append(pair)
    return pairs, accusers, accused


def _order_ends(
    pairs: list[Row], accusers: dict[str, str], accused: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return both sides in an order in which few bands cross: sorted by the mean position of their partners.

    Source: the barycentre method of Sugiyama, Tagawa and Toda (1981).
    """
    for _ in range(ORDERING_SWEEPS):
        accused = _sort_by_mean_position(pairs, accused, "accused_id", list(accusers), "accuser_id")
        accusers = _sort_by_mean_position(pairs, accusers, "accuser_id", list(accused), "accused_id")
    return accusers, accused


def _sort_by_mean_position(
    pairs: list[Row], ends: dict[str, str], end: str, others: list[str], other: str
) -> dict[str, str]:
    """Return one side, sorted by the mean position of the other ends of its pairs."""
    place = {entity_id: i / len(others) for i, entity_id in enumerate(others)}
    mean = {i: fmean(place[pair[other]] for pair in pairs if pair[end] == i) for i in ends}
    return {i: ends[i] for i in sorted(ends, key=mean.__getitem__)}


def _make_end(entity_id: str, name: str, y: float, accusations: list[Row], end: str) -> Row:
    """Return a name to draw: its lines, its height, and the number of all its accusations, drawn or not."""
    n = sum(pair["n"] for pair in accusations if pair[end] == entity_id)
    lines = _break_into_lines(name, LINE_WIDTH - estimate_width(f" {n}"))
    return {"entity_id": entity_id, "name": name, "lines": lines, "y": y, "n": n}


def _break_into_lines(name: str, last_width: float) -> list[str]:
    """Return a name in one or two lines: the last has the given width, in em, and ends in an ellipsis if it is cut."""
    words = name.split()
    if estimate_width(name) > last_width:
        for n in range(len(words) - 1, 0, -1):
            first = " ".join(words[:n])
            if estimate_width(first) <= LINE_WIDTH:
                return [first, shorten_label(" ".join(words[n:]), last_width)]
    return [shorten_label(" ".join(words) or name, last_width)]


def _place_ends(ends: dict[str, str], height: float) -> dict[str, float]:
    """Return the height of each name, spread evenly."""
    step = height / max(len(ends), 1)
    return {entity_id: round(step * (i + 0.5), 1) for i, entity_id in enumerate(ends)}


def _make_band(pair: Row, left: dict[str, float], right: dict[str, float], most: int) -> Row:
    """Return a pair's curve, its thickness by number of accusations, and its middle."""
    a, b = left[pair["accuser_id"]], right[pair["accused_id"]]
    x, far, middle = SIDE_MARGIN + 8, FIGURE_WIDTH - SIDE_MARGIN - 14, FIGURE_WIDTH / 2
    thickness = MIN_THICKNESS + (MAX_THICKNESS - MIN_THICKNESS) * (pair["n"] - 1) / max(most - 1, 1)
    return {
        "path": f"M{x} {a} C{middle} {a} {middle} {b} {far} {b}",
        "thickness": round(thickness, 1),
        "x": middle,
        "y": round((a + b) / 2, 1),
    }
