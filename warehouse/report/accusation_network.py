"""Who accuses whom, as a figure: accusers on the left, accused on the right, a band for each pair."""

from statistics import fmean
from textwrap import wrap
from typing import Any

from warehouse.report.report_scope import Row

WIDTH, ROW, MARGIN = 480, 30, 168
MOST_ENDS, MOST_BANDS = 12, 24
THINNEST, THICKEST = 1.5, 9.0
SWEEPS = 4
LINE = 21
"""most letters of a line of a name; a longer name has two"""


def network(accusations: list[Row]) -> dict[str, Any]:
    """Return the places of names and bands for the most frequent pairs of at most a dozen a side.

    Units are SVG user units; ``left_out`` counts the pairs that are not drawn.
    """
    pairs, accusers, accused = _most_frequent(accusations)
    accusers, accused = _untangle(pairs, accusers, accused)
    height = ROW * max(len(accusers), len(accused), 1)
    left, right = _places(accusers, height), _places(accused, height)
    most = max((pair["n"] for pair in pairs), default=1)
    return {
        "width": WIDTH,
        "height": height,
        "left_x": MARGIN,
        "right_x": WIDTH - MARGIN,
        "accusers": [_end(i, name, left[i], pairs, "accuser_id") for i, name in accusers.items()],
        "accused": [_end(i, name, right[i], pairs, "accused_id") for i, name in accused.items()],
        "bands": [pair | _band(pair, left, right, most) for pair in pairs],
        "left_out": len(accusations) - len(pairs),
    }


def _most_frequent(accusations: list[Row]) -> tuple[list[Row], dict[str, str], dict[str, str]]:
    """Return the pairs to draw, in order, and the names on either side by id, in order of appearance."""
    pairs, accusers, accused = list[Row](), dict[str, str](), dict[str, str]()
    for pair in accusations:
        new_left, new_right = pair["accuser_id"] not in accusers, pair["accused_id"] not in accused
        full = len(accusers) + new_left > MOST_ENDS or len(accused) + new_right > MOST_ENDS
        if full or len(pairs) == MOST_BANDS:
            continue
        accusers[pair["accuser_id"]] = pair["accuser"]
        accused[pair["accused_id"]] = pair["accused"]
        pairs.append(pair)
    return pairs, accusers, accused


def _untangle(
    pairs: list[Row], accusers: dict[str, str], accused: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return both sides in an order in which few bands cross: each name at the mean of those it is joined to.

    Source: the barycentre method of Sugiyama, Tagawa and Toda (1981).
    """
    for _ in range(SWEEPS):
        accused = _by_mean(pairs, accused, "accused_id", list(accusers), "accuser_id")
        accusers = _by_mean(pairs, accusers, "accuser_id", list(accused), "accused_id")
    return accusers, accused


def _by_mean(
    pairs: list[Row], ends: dict[str, str], end: str, others: list[str], other: str
) -> dict[str, str]:
    """Return one side, sorted by the mean place of the other ends of its pairs."""
    place = {entity_id: i / len(others) for i, entity_id in enumerate(others)}
    mean = {i: fmean(place[pair[other]] for pair in pairs if pair[end] == i) for i in ends}
    return {i: ends[i] for i in sorted(ends, key=mean.__getitem__)}


def _end(entity_id: str, name: str, y: float, pairs: list[Row], end: str) -> Row:
    """Return what is drawn of a name: its lines, its height, and how many accusations of the bands it has."""
    lines = wrap(name, LINE, max_lines=2, placeholder="…") or [name]
    n = sum(pair["n"] for pair in pairs if pair[end] == entity_id)
    return {"entity_id": entity_id, "name": name, "lines": lines, "y": y, "n": n}


def _places(ends: dict[str, str], height: float) -> dict[str, float]:
    """Return the height of each name, spread evenly."""
    step = height / max(len(ends), 1)
    return {entity_id: round(step * (i + 0.5), 1) for i, entity_id in enumerate(ends)}


def _band(pair: Row, left: dict[str, float], right: dict[str, float], most: int) -> Row:
    """Return a pair's curve, its thickness by number, and the middle where its denials are noted."""
    a, b = left[pair["accuser_id"]], right[pair["accused_id"]]
    x, far, middle = MARGIN + 8, WIDTH - MARGIN - 14, WIDTH / 2
    thickness = THINNEST + (THICKEST - THINNEST) * (pair["n"] - 1) / max(most - 1, 1)
    return {
        "path": f"M{x} {a} C{middle} {a} {middle} {b} {far} {b}",
        "thickness": round(thickness, 1),
        "x": middle,
        "y": round((a + b) / 2, 1),
    }
