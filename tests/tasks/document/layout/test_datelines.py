"""Datelines: what stands before the first sentence of a report and is no part of it."""

import pytest

from tasks.document.layout.datelines import find_dateline_end, load_dateline_table
from tasks.document.layout.paragraph_labels import find_label
from tasks.seeds import read_seed_rows

TABLE = load_dateline_table()
SENTENCE = "Meridian Shipping denied on Friday that it had paid."
DATELINES = [
    "Lisbon, 20 November 2026 – ",
    "LISBON, Nov 20 (Reuters) - ",
    "LISBON, Portugal (AP) — ",
    "Lisbon, Portugal, Nov. 20, 2026 /PRNewswire/ -- ",
    "LISBON--(BUSINESS WIRE)--",
    "Lisbon (dpa) - ",
    "Lisbon/Porto, 20.11.2026 – ",
    "[Lisbon, 20 November 2026] ",
    "Lisbon | 20 November 2026 | ",
    "Lisbon, Friday — ",
    "20 November 2026, Lisbon: ",
    "Nov. 20 (UPI) -- ",
    "Lisbon, 20th Nov 2026: ",
    "Lisbon – 20 November 2026 – ",
    "2026-11-20 – ",
    "LISBON — ",
    "Lisbon — ",
]


@pytest.mark.parametrize("dateline", DATELINES)
def test_a_dateline_ends_before_the_first_sentence(dateline: str) -> None:
    text = dateline + SENTENCE
    end = find_dateline_end(text, 0, len(text), TABLE)
    assert end is not None
    assert text[end:].lstrip() == SENTENCE


def test_a_place_before_several_sentences_does_not_speak() -> None:
    text = f"Lisbon: {SENTENCE} Nobody was hurt."
    assert find_dateline_end(text, 0, len(text), TABLE) == len("Lisbon:")


@pytest.mark.parametrize(
    "text",
    [
        "Moscow: we did not fire.",
        "Iran - Israel talks stall",
        "Ann Lee (SPD) — Berlin’s mayor — left.",
        "Jordan: “We did not. We never will.”",
        "The firm — Meridian Shipping — left.",
        "Weber – who left – denied it.",
        "Monday was cold.",
        "May 3 was cold.",
    ],
)
def test_other_beginnings_are_no_datelines(text: str) -> None:
    assert find_dateline_end(text, 0, len(text), TABLE) is None


def test_every_agency_is_seen_in_its_example() -> None:
    for row in read_seed_rows("layouts/agencies.csv"):
        text = row["example"]
        end = find_dateline_end(text, 0, len(text), TABLE)
        assert end is not None, text
        assert text[end:].lstrip().startswith("The ")


@pytest.mark.parametrize("label", ["BREAKING - ", "UPDATE — ", "(UPDATE) ", "[BREAKING] ", "UPDATE 2 | "])
def test_a_label_in_capitals_may_stand_before_a_dash_or_in_brackets(label: str) -> None:
    text = f"{label}Two people died."
    match = find_label(text, 0, len(text), {"breaking", "update"})
    assert match is not None
    assert text[match.end(1) :].strip() == "Two people died."


@pytest.mark.parametrize(
    "text", ["MOSCOW - RUSSIA left.", "The update - a small one - came.", "UPDATED it was."]
)
def test_other_words_in_capitals_are_no_labels(text: str) -> None:
    assert find_label(text, 0, len(text), {"breaking", "update", "updated"}) is None
