"""The figures: they keep their bounds and count what they leave out."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from warehouse.report.accusation_network import LINE_WIDTH, MAX_BANDS, MAX_ENDS, lay_out_network
from warehouse.report.arc_diagram import lay_out_arc_diagram
from warehouse.report.label_width import estimate_width, shorten_label
from warehouse.report.timeline import MAX_BARS, lay_out_timeline


def pair(a: str, b: str, n: int = 1, contested: int = 0) -> dict[str, object]:
    return {
        "accuser_id": a,
        "accuser": a,
        "accused_id": b,
        "accused": b,
        "n": n,
        "explicit": n,
        "implied": False,
        "contested": contested,
    }


def test_the_network_is_bounded_and_counts_what_it_leaves_out() -> None:
    pairs = [pair(f"a{i}", f"b{j}") for i in range(20) for j in range(20)]
    drawn = lay_out_network(pairs)
    assert len(drawn["bands"]) == MAX_BANDS
    assert len(drawn["accusers"]) <= MAX_ENDS
    assert len(drawn["accused"]) <= MAX_ENDS
    assert drawn["left_out"] == 400 - MAX_BANDS


def test_more_accusations_are_thicker() -> None:
    thick, thin = lay_out_network([pair("a", "b", 9), pair("a", "c", 1)])["bands"]
    assert thick["thickness"] > thin["thickness"] > 0


def test_bands_that_need_not_cross_do_not() -> None:
    drawn = lay_out_network([pair("a", "y", 3), pair("b", "x", 2), pair("c", "y"), pair("d", "x")])
    accusers = [end["name"] for end in drawn["accusers"]]
    accused = [end["name"] for end in drawn["accused"]]
    assert [accused.index({"a": "y", "c": "y", "b": "x", "d": "x"}[name]) for name in accusers] == [
        0,
        0,
        1,
        1,
    ]


def test_a_name_has_its_number_and_at_most_two_lines() -> None:
    long = "United States Africa Command of the Army"
    drawn = lay_out_network([pair(long, "y", 3), pair(long, "x", 2)])
    assert [(end["lines"], end["n"]) for end in drawn["accusers"]] == [
        (["United States Africa", "Command of the Army"], 5)
    ]
    assert len(lay_out_network([pair("word " * 40, "y")])["accusers"][0]["lines"]) == 2


@pytest.mark.parametrize("name", ["W" * 60, "W" * 10 + " " + "W" * 10, "a b " * 40, "🛩" * 40, "Éé" * 30])
def test_a_line_has_room_and_a_name_that_is_cut_ends_in_an_ellipsis(name: str) -> None:
    (end,) = lay_out_network([pair(name, "y", 1234)])["accusers"]
    *first, last = end["lines"]
    assert end["lines"][-1].endswith("…")
    assert end["name"] == name
    assert all(estimate_width(line) <= LINE_WIDTH for line in (*first, f"{last} 1234"))


def test_a_shortened_label_is_the_longest_that_fits() -> None:
    assert shorten_label("Memmo", estimate_width("Memmo")) == "Memmo"
    assert shorten_label("Memmo", estimate_width("Mem…")) == "Mem…"
    assert shorten_label("Memmo", estimate_width("Mem…") - 0.01) == "Me…"
    assert estimate_width("é") == estimate_width("é") == estimate_width("e")
    assert estimate_width("WW") > estimate_width("ii")


def test_nobody_accuses() -> None:
    assert lay_out_network([])["bands"] == []


@pytest.mark.parametrize(
    ("apart", "grain", "bars"),
    [(1, "day", 2), (MAX_BARS - 1, "day", MAX_BARS), (300, "month", 10), (4000, "year", 11)],
)
def test_the_grain_fits_the_time(apart: int, grain: str, bars: int) -> None:
    first = date(2020, 1, 1)
    days = [{"day": first + timedelta(days=n), "claims": 3, "denials": 1} for n in (0, apart)]
    drawn = lay_out_timeline(days)
    assert drawn is not None
    assert (drawn["grain"], len(drawn["bars"])) == (grain, bars)
    assert sum(bar["claims"] for bar in drawn["bars"]) == 6
    assert sum(bar["denials"] for bar in drawn["bars"]) == 2
    assert all(bar["x"] >= 0 and bar["x"] + drawn["bar"] <= drawn["width"] for bar in drawn["bars"])


def test_labels_below_the_bars_stay_apart() -> None:
    first = date(2020, 1, 1)
    for apart in (1, 30, 47, 300, 1400, 9000):
        drawn = lay_out_timeline(
            [{"day": first + timedelta(days=n), "claims": 1, "denials": 0} for n in (0, apart)]
        )
        assert drawn is not None
        places = [tick["x"] for tick in drawn["ticks"]]
        assert places
        assert all(b - a >= 40 for a, b in pairwise(places))
        assert places[0] > 0
        assert places[-1] < drawn["width"]


@pytest.mark.parametrize("days", [[], [{"day": date(2020, 1, 1), "claims": 1, "denials": 0}]])
def test_one_day_is_no_timeline(days: list[dict[str, object]]) -> None:
    assert lay_out_timeline(days) is None


def test_an_arc_joins_a_denial_to_its_best_claim_only() -> None:
    at = [("c1", 0), ("c2", 50), ("d1", 100)]
    statements = [{"statement_id": i, "cue_start": n, "content_spans": []} for i, n in at]
    links = [
        {"denial_id": "d1", "claim_id": i, "rank": n}
        for n, i in enumerate(("c1", "c2", None, "elsewhere"), 1)
    ]
    drawn = lay_out_arc_diagram(statements, links, 100)
    assert [(arc["denial_id"], arc["claim_id"]) for arc in drawn["arcs"]] == [("d1", "c1")]
    assert 0 <= drawn["place"]["c1"] < drawn["place"]["c2"] < drawn["place"]["d1"] <= drawn["width"]
