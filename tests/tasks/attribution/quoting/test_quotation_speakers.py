"""Quotations whose speaker is named beside them in an unusual way, and where a content that holds one ends."""

from collections.abc import Callable

import pytest

from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.statements import find_statements
from tasks.document.doc import Doc

Found = tuple[str | None, str]

DENIED = "The {} said {} had {} and denied {}."
SECOND_VERBS = [
    ("police", "their officers", "left", "beating the boy"),
    ("ministry", "its troops", "withdrawn", "shelling the market"),
    ("army", "its soldiers", "fired into the air", "that anyone had been hit"),
    ("company", "the pipe", "been repaired", "any leak"),
]
QUOTATIONS: dict[str, dict[str, list[Found]]] = {
    "verbs that the tables do not know": {
        "“Close the bridge!” thundered Ann Lee from the gallery.": [("Ann Lee", "“Close the bridge!”")],
        "“Too late!” blared the front page of The Courier.": [
            ("the front page of The Courier", "“Too late!”")
        ],
        "The guard leaned out and barked: “Nobody leaves the hall.”": [
            ("The guard", "“Nobody leaves the hall.”")
        ],
        "The mayor issued this statement: “The bridge was safe in May.”": [
            ("The mayor", "“The bridge was safe in May.”")
        ],
        "The mayor issued this statement:\n\n“The bridge was safe in May.”": [
            ("The mayor", "“The bridge was safe in May.”")
        ],
        "Said Lee, “The bridge was safe in May.”": [("Lee", "“The bridge was safe in May.”")],
        "The minister heralded the deal as a “triumph of patience.”": [
            ("The minister", "the deal as a “triumph of patience.”")
        ],
    },
    "a name and a colon": {
        "Reports differ on the dam - Ann Lee: “Two weeks ago it was safe.”": [
            ("Ann Lee", "“Two weeks ago it was safe.”")
        ],
        "Lee: “We will repair it soon.” Hale: “You will never repair it.”": [
            ("Lee", "“We will repair it soon.”"),
            ("Hale", "“You will never repair it.”"),
        ],
        "Not all dams are safe. From the report: “Half of them leak.”": [
            ("the report", "“Half of them leak.”")
        ],
    },
    "short quotations are no titles": {
        "“They knit,” he said. “Everyone knits here, no?”": [
            ("he", "“They knit,” … “Everyone knits here, no?”")
        ],
        "“Can we win Karan?” Mr. Hale asked.": [("Mr. Hale", "“Can we win Karan?”")],
        "“We lost,” said the author of “The Long Road to Karan.”": [
            ("the author of “The Long Road to Karan", "“We lost,”")
        ],
    },
    "marks without a space": {
        "Lee said,“We lost the bridge.”": [("Lee", "“We lost the bridge.”")],
        "“We lost the bridge,”she said.": [("she", "“We lost the bridge,”")],
    },
    "what follows": {
        "Lee said that the bridge was old. “I would not cross it.”": [
            ("Lee", "“I would not cross it.”"),
            ("Lee", "that the bridge was old"),
        ],
        "“It is late,” Lee said.\n\n“We should close it now.”": [
            ("Lee", "“It is late,” … “We should close it now.”")
        ],
        "“It is late,” Lee said. For the others, though, “it is never late enough.”": [
            ("Lee", "“It is late,” … “it is never late enough.”")
        ],
    },
    "where a content ends": {
        "Lee said she hopes for a verdict, which “will end all of it.”": [
            ("Lee", "she hopes for a verdict, which “will end all of it.”")
        ],
        "Prosecutors say the firm bribed two guards, which the firm denies.": [
            ("Prosecutors", "the firm bribed two guards")
        ],
        "Residents said the plant had poisoned the wells, something the owner denies.": [
            ("Residents", "the plant had poisoned the wells"),
            ("the owner", "something"),
        ],
        "Lee told voters on Monday that “we won,” and he promised to carry on.": [
            ("Lee", "that “we won,”"),
            ("he", "to carry on"),
        ],
    },
    "asides": {
        "The bridge, the engineer told them, was unsafe.": [("the engineer", "The bridge … was unsafe")],
        "While Lee said there was proof of fraud, the court closed the case.": [
            ("Lee", "there was proof of fraud")
        ],
        "Colonel, the rebels say they left the valley.": [("the rebels", "they left the valley")],
    },
}


def find_contents(text: str, parsed: Callable[[str], Doc], lexicon: CueLexicon) -> list[Found]:
    doc = parsed(text)

    def words(span: tuple[int, int]) -> str:
        return text[slice(*doc.view.to_source(span))]

    return [
        (words(s.source) if s.source else None, " … ".join(map(words, s.content)))
        for s in find_statements(doc, lexicon)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(text, expected, id=f"{name}: {text[:50]}")
        for name, table in QUOTATIONS.items()
        for text, expected in table.items()
    ],
)
def test_quotations_have_their_speakers(
    text: str, expected: list[Found], parsed: Callable[[str], Doc], lexicon: CueLexicon
) -> None:
    assert find_contents(text, parsed, lexicon) == expected


@pytest.mark.parametrize("words", SECOND_VERBS, ids=lambda words: words[0])
def test_the_second_verb_is_the_speakers(
    words: tuple[str, ...], parsed: Callable[[str], Doc], lexicon: CueLexicon
) -> None:
    speaker, subject, done, denied = words
    assert find_contents(DENIED.format(*words), parsed, lexicon) == [
        (f"The {speaker}", f"{subject} had {done}"),
        (f"The {speaker}", denied),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "“The Long Road” won the prize of the academy.",
        "The ladder is painted in the colour of an “old rose.”",
        "She bought the scrap as “used metal” from a dealer.",
    ],
)
def test_other_words_in_marks_are_nobodys_speech(
    text: str, parsed: Callable[[str], Doc], lexicon: CueLexicon
) -> None:
    doc = parsed(text)
    assert all(s.rule != "quote" for s in find_statements(doc, lexicon))
