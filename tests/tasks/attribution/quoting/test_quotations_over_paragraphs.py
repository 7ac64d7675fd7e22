"""A quotation of several paragraphs is one speaker's to its last mark, whatever marks and layout it has."""

from collections.abc import Sequence
from itertools import product

import pytest

from tasks.document.records import Document
from tasks.extraction import extract_batch
from tasks.knowledge import Knowledge

MARKS = {
    "curly": ("“", "”"),
    "straight": ('"', '"'),
    "single": ("‘", "’"),
    "single straight": ("'", "'"),
    "angle": ("«", "»"),
    "LaTeX": ("``", "''"),
}
FIRST = "The bridge was safe in May. We told the council so."
SECOND = "Nobody ever asked us for the report. It was on the table for weeks."
THIRD = "We will publish all of it next week, and then you'll see."
WHOLE = (FIRST, SECOND, THIRD)
LAYOUTS: dict[str, tuple[str, Sequence[str]]] = {
    "a lead": (f"Olga Reyes said: <{FIRST}\n\n<{SECOND}\n\n<{THIRD}>", WHOLE),
    "a lead in a paragraph of its own": (
        f"Olga Reyes replied in a letter that was read out:\n\n<{FIRST}\n\n<{SECOND}\n\n<{THIRD}>",
        WHOLE,
    ),
    "the speaker in the first": (
        f"<We won,> Olga Reyes said. <{FIRST}\n\n<{SECOND}\n\n<{THIRD}>",
        ("We won", *WHOLE),
    ),
    "the speaker in the last": (
        f"It rained.\n\n<{FIRST}\n\n<We never had the money,> said Olga Reyes. <{THIRD}>",
        (FIRST, "We never had the money", THIRD),
    ),
    "the speaker after a stop": (f"<{FIRST}> Olga Reyes added.", (FIRST,)),
    "one line end": (f"Olga Reyes said: <{FIRST}\n<{SECOND}\n<{THIRD}>", WHOLE),
    "spaces": (f"  Olga Reyes said: <{FIRST}\n  \n  <{SECOND}\n  \n  <{THIRD}>", WHOLE),
    "a paragraph of one word": (f"Olga Reyes said: <{FIRST}\n\n<Yes.\n\n<{THIRD}>", (FIRST, "Yes.", THIRD)),
    "the last mark is missing": (f"Olga Reyes said: <{FIRST}\n\n<{SECOND}\n\n<{THIRD}", WHOLE),
    "narration after it": (f"Olga Reyes said: <{FIRST}\n\n<{SECOND}>\n\nIt rained on Monday.", WHOLE[:2]),
    "another speaker": (
        f"Olga Reyes said: <{FIRST}\n\n<{SECOND}>\n\n<It rained,> said Karl Weber.",
        WHOLE[:2],
    ),
    "marks at both ends only": (f"Olga Reyes said: <{FIRST}\n\n{SECOND}\n\n{THIRD}>", WHOLE),
}
AFTER = "\n\nThe rebels accused the army of burning villages."
AMBIGUOUS = {("marks at both ends only", "single"), ("marks at both ends only", "single straight")}
"""an apostrophe or a mark: nothing decides"""
CASES = [case for case in product(LAYOUTS, MARKS) if case not in AMBIGUOUS]


@pytest.fixture(scope="module")
def found(knowledge: Knowledge) -> Sequence[Sequence[dict[str, object]]]:
    documents = []
    for n, (layout, marks) in enumerate(CASES):
        opening, closing = MARKS[marks]
        text = LAYOUTS[layout][0].replace("<", opening).replace(">", closing) + AFTER
        documents.append(Document(str(n), str(n), text, "", "utf-8"))
    batch = extract_batch(documents, knowledge, "run")
    assert not batch.rejected
    rows = [*batch.tables["claims"], *batch.tables["denials"]]
    return [[row for row in rows if row["doc_id"] == str(n)] for n in range(len(CASES))]


@pytest.mark.parametrize("number", range(len(CASES)), ids=["|".join(case) for case in CASES])
def test_the_whole_quotation_is_its_speakers(
    number: int, found: Sequence[Sequence[dict[str, object]]]
) -> None:
    said = [row for row in found[number] if row["source_text"] == "Olga Reyes"]
    content = " ".join(str(row["content_text"]) for row in said)
    assert not [piece for piece in LAYOUTS[CASES[number][0]][1] if piece.rstrip(".") not in content]
    assert {row["manner"] for row in said} == {"direct"}
    assert "rained" not in content
    assert {row["source_text"] for row in found[number] if "villages" in str(row["content_text"])} == {
        "The rebels"
    }
