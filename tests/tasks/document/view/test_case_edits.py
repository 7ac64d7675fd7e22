"""Lines in capitals are parsed as others are written; their spans are as wide as they were."""

import pytest

from tasks.document.reading_tables import load_reading_tables
from tasks.document.view.case_edits import find_case_edits
from tasks.document.view.reading_view import make_view

TABLES = load_reading_tables()
# fmt: off
KNOWN = frozenset([
    "a", "accused", "ally", "army", "arming", "by", "denied", "denies", "force", "he", "hospital", "its", "lying",
    "minister", "near", "of", "on", "one", "planes", "said", "says", "struck", "that", "the", "troops", "villages",
    "we",
])
# fmt: on


def is_word(word: str) -> bool:
    return word in KNOWN


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("RUSSIA DENIES PLANES STRUCK HOSPITAL", "Russia denies planes struck hospital"),
        ("THE UNITED STATES ACCUSED NATO ALLY OF LYING.", "The United States accused NATO ally of lying."),
        ("KENYA DENIED IT ON MONDAY. TROOPS LEFT.", "Kenya denied it on Monday. Troops left."),
        ('"WE STRUCK NO ONE," HE SAID.', '"We struck no one," he said.'),
        ("ARMY NEAR GORODNIK, SAYS MINISTER PETROVA.", "Army near Gorodnik, says minister Petrova."),
        (
            "SAYS MINISTER UGUR\nThe minister said that Ugur left.",
            "Says minister Ugur\nThe minister said that Ugur left.",
        ),
        ("MOSCOW - RUSSIA ON FRIDAY DENIED THAT", "Moscow \n Russia on Friday denied that"),
    ],
)
def test_capitals_are_read_as_names_and_words(text: str, seen: str) -> None:
    words = {"left", "no", "it"} | KNOWN
    view = make_view(text, words.__contains__, TABLES)
    assert view.text == seen
    for at in range(len(text)):
        assert view.to_source((at, at + 1)) == (at, at + 1)


@pytest.mark.parametrize(
    "text", ["The UN and NATO denied it.", "COLONEL MARSH: We did not.", "BREAKING NEWS", "U.S."]
)
def test_other_lines_stay(text: str) -> None:
    assert not list(find_case_edits(text, is_word, TABLES.cases))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Minister Denies Arming Villages Near Gorodnik", "Minister denies arming villages near Gorodnik"),
        ("Army Says Planes Struck Hospital on Monday", "Army says planes struck hospital on Monday"),
        ("Opposition Leader Lee Denies Arming Troops", "Opposition Leader Lee denies arming troops"),
        (
            "Planes Struck Villages, Says Ugur\nThe minister said that Ugur left.",
            "Planes struck villages, says Ugur\nThe minister said that Ugur left.",
        ),
        ("Army of One: Minister Denies Arming Troops", "Army of One: Minister Denies Arming Troops"),
        ("National Army of the Troops of Gorodnik", "National Army of the Troops of Gorodnik"),
    ],
)
def test_headlines_in_title_case_are_read_as_sentences(text: str, seen: str) -> None:
    words = {"left", "lee"} | KNOWN
    view = make_view(text, words.__contains__, TABLES)
    assert view.text == seen
    for at in range(len(text)):
        assert view.to_source((at, at + 1)) == (at, at + 1)
