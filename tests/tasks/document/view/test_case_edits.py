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
    assert not list(find_case_edits(text, is_word, TABLES.names))
