"""Who accuses whom, as a figure: accusers on the left, accused on the right, a band for each pair."""

from typing import Any

from warehouse.report.scope import Row

WIDTH, ROW, MARGIN = 480, 26, 168
MOST_ENDS, MOST_BANDS = 12, 24
THINNEST, THICKEST = 1.5, 9.0


def network(accusations: list[Row]) -> dict[str, Any]:
    """Return the places of names and bands for the most frequent pairs of at most a dozen a side.

    Units are SVG user units; ``left_out`` counts the pairs that are not drawn.
    """
    pairs, accusers, accused = _most_frequent(accusations)
    height = ROW * max(len(accusers), len(accused), 1)
    left, right = _places(accusers, height), _places(accused, height)
    most = max((pair["n"] for pair in pairs), default=1)
    return {
        "width": WIDTH,
        "height": height,
        "left_x": MARGIN,
        "right_x": WIDTH - MARGIN,
        "accusers": [(i, name, left[i]) for i, name in accusers.items()],
        "accused": [(i, name, right[i]) for i, name in accused.items()],
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
