"""Quantity phrases as news writes them: bounds and the counted noun or unit."""

import pytest

from tasks.document.doc import Doc
from tasks.document.parser import ParsingPipeline, parse_texts
from tasks.expressions.quantities import find_quantities
from tasks.expressions.unit_tables import load_unit_tables

TABLES = load_unit_tables()

# sentence, lower bound, upper bound, unit; None where it is open
PHRASES = [
    ("Russia flew at least 14 MiG-29 fighter aircraft to Libya.", 14, None, "MiG-29 fighter aircraft"),
    ("The blast killed 11 people.", 11, 11, "people"),
    ("About 500 mercenaries were killed.", 500, 500, "mercenaries"),
    ("More than 1,200 civilians fled.", 1200, None, "civilians"),
    ("Fewer than 50 soldiers remained.", None, 50, "soldiers"),
    ("Up to 2,000 fighters were sent.", None, 2000, "fighters"),
    ("Between 800 and 1,200 men were there.", 800, 1200, "men"),
    ("Some 10 to 15 tanks crossed the border.", 10, 15, "tanks"),
    ("They counted 20-30 vehicles.", 20, 30, "vehicles"),
    ("Three journalists were arrested.", 3, 3, "journalists"),
    ("Twenty-five hostages were freed.", 25, 25, "hostages"),
    ("Two hundred protesters marched.", 200, 200, "protesters"),
    ("A dozen officers resigned.", 12, 12, "officers"),
    ("Dozens of people were wounded.", 24, None, "people"),
    ("Hundreds of refugees drowned.", 200, None, "refugees"),
    ("Thousands of demonstrators gathered.", 2000, None, "demonstrators"),
    ("Tens of thousands of Syrians fled.", 20000, None, "Syrians"),
    ("It cost $3.5 billion.", 3_500_000_000, 3_500_000_000, "USD"),
    ("It cost more than $20 million.", 20_000_000, None, "USD"),
    ("They paid £500,000 for it.", 500_000, 500_000, "GBP"),
    ("It would cost between $3 and $5 million.", 3_000_000, 5_000_000, "USD"),
    ("Inflation rose to 12.5 percent.", 12.5, 12.5, "%"),
    ("Support fell to 45%.", 45, 45, "%"),
    ("At least 60 per cent of voters agreed.", 60, None, "%"),
    ("The town is 30 km from the border.", 30, 30, "km"),
    ("They advanced 15 miles into the desert.", 15, 15, "miles"),
    ("No fewer than 300 homes were destroyed.", 300, None, "homes"),
    ("As many as 40 rebels died.", None, 40, "rebels"),
    ("Nearly 6,000 troops have left.", 6000, 6000, "troops"),
    ("An estimated 4 million people need aid.", 4_000_000, 4_000_000, "people"),
    ("They seized two tonnes of explosives.", 2, 2, "tonnes"),
    ("The army lost 17 armoured vehicles.", 17, 17, "armoured vehicles"),
    ("He said 1.5 million refugees live there.", 1_500_000, 1_500_000, "refugees"),
    ("Over 100 missiles hit the city.", 100, None, "missiles"),
    ("Four of the five men confessed.", 4, 4, "five men"),
    ("They found six anti-personnel mines.", 6, 6, "anti-personnel mines"),
    ("The group has roughly 3,000 members.", 3000, 3000, "members"),
    ("Only seven countries objected.", 7, 7, "countries"),
    ("They fired 122 rockets at the base.", 122, 122, "rockets"),
    ("Not more than ten observers stayed.", None, 10, "observers"),
    ("Half a million people marched.", 500_000, 500_000, "people"),
    ("The strike left 12 dead and 30 wounded.", 12, 12, "dead"),
    ("Several hundred fighters died.", 200, None, "fighters"),
    ("The jet flew at 900 km/h.", 900, 900, "km/h"),
    ("The bomb weighed 250 kg.", 250, 250, "kg"),
    ("The EU pledged €250m.", 250_000_000, 250_000_000, "EUR"),
]
NONE = [
    "He died in 2011.",
    "It flew a MiG-29 over the S-300 battery.",
    "He was the first to go.",
    "One in five children is hungry.",
    "One must not forget it.",
    "They met on Thursday, July 23.",
]


@pytest.fixture(scope="module")
def docs(nlp: ParsingPipeline) -> dict[str, Doc]:
    texts = [row[0] for row in PHRASES] + NONE
    return dict(zip(texts, parse_texts(texts, nlp), strict=True))


@pytest.mark.parametrize(("text", "low", "high", "unit"), PHRASES)
def test_phrase_becomes_bounds_and_unit(
    docs: dict[str, Doc], text: str, low: float | None, high: float | None, unit: str | None
) -> None:
    first = find_quantities(docs[text][:], TABLES)[0]
    assert (first.low, first.high, first.unit) == (low, high, unit)
    assert text[first.start : first.end] == first.text


@pytest.mark.parametrize("text", NONE)
def test_dates_names_and_ordinals_count_nothing(docs: dict[str, Doc], text: str) -> None:
    assert find_quantities(docs[text][:], TABLES) == []


@pytest.mark.xfail(strict=True, reason="shares in words (two-thirds, a quarter, half of) are not read")
def test_a_share_in_words(nlp: ParsingPipeline) -> None:
    (doc,) = parse_texts(["Two-thirds of voters agreed."], nlp)
    assert find_quantities(doc[:], TABLES)


@pytest.mark.xfail(strict=True, reason="a pair or a couple is not read as two")
def test_a_pair(nlp: ParsingPipeline) -> None:
    (doc,) = parse_texts(["A couple of soldiers died."], nlp)
    assert find_quantities(doc[:], TABLES)
