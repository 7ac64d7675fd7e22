"""The claim type that a content states itself."""

import pytest

from tasks.analysis import analyse_document
from tasks.document.parser import parse_texts
from tasks.document.records import Document
from tasks.knowledge import Knowledge
from tasks.seeds import read_seed_rows


def find_types(text: str, knowledge: Knowledge) -> set[str | None]:
    """Return the types of the claims in a text."""
    document = Document("d", "file:///d", text, "0", "utf-8")
    (doc,) = parse_texts([text], knowledge.nlp)
    return {s.claim_type for s in analyse_document(document, doc, knowledge).statements}


@pytest.mark.parametrize(
    ("text", "claim_type"),
    [
        ("The mayor said he will not resign.", "intention"),
        ("The company said it would appeal.", "intention"),
        ("The company said the plant would be closed in May.", "intention"),
        ("The president said the talks are to be held in May.", "intention"),
        ("“We’re not going to pay,” the farmer said.", "intention"),
        ("Prosecutors said they will seek a long sentence.", "intention"),
        ("Ministers said the law must be changed.", "intention"),
        ("He said that people need to vote.", "intention"),
        ("“Let’s wait,” she said.", "intention"),
        ("“Go home,” the guard said.", "intention"),
        ("The union said that it wants to strike.", "intention"),
        ("The firm announced plans to sue the town.", "intention"),
        ("The firm called for a new bridge.", "intention"),
        ("The guard told the driver to stop.", "intention"),
        ("He said he thought the bridge was safe.", "belief"),
        ("“I believe in the plan,” she said.", "belief"),
        ("“I am worried about the plan,” said Lee.", "belief"),
        ("Lee said she hopes the talks succeed.", "belief"),
        ("Lee hopes that the talks succeed.", "belief"),
        ("“Who knows?” said Lee.", "question"),
        ("The study showed that the water was clean.", "statement"),
        ("Lee said Kim will leave.", "statement"),
        ("Lee said that Kim wants to leave.", "statement"),
        ("“We will see,” said Lee.", "statement"),
        ("“We’ll be fine,” she said.", "statement"),
        ("“Thank you,” she said.", "statement"),
        ("“I want to thank them,” she said.", "statement"),
        ("“They should have known,” said Lee.", "statement"),
        ("“He must be tired,” said Lee.", "statement"),
        ("He told reporters he had to leave.", "statement"),
        ("The bank said profits will be hit by the strike.", "statement"),
        ("The ministry said that people would be hurt if the war went on.", "statement"),
    ],
)
def test_type(text: str, claim_type: str, knowledge: Knowledge) -> None:
    assert find_types(text, knowledge) == {claim_type}


@pytest.mark.parametrize(
    "row", list(read_seed_rows("denials/frame_types.csv")), ids=lambda row: row["example"]
)
def test_frame_gives_its_type_in_its_example(row: dict[str, str], knowledge: Knowledge) -> None:
    assert row["claim_type"] in find_types(row["example"], knowledge)


def list_words(name: str) -> list[dict[str, str]]:
    """Return the rows of a class of words."""
    return [row for row in read_seed_rows("denials/word_classes.csv") if row["class"] == name]


@pytest.mark.parametrize(
    "row", list_words("unplanned") + list_words("addressing"), ids=lambda row: row["example"]
)
def test_what_nobody_plans_is_no_intention(row: dict[str, str], knowledge: Knowledge) -> None:
    assert "intention" not in find_types(f"“{row['example']}” the mayor said.".replace(".”", ",”"), knowledge)


@pytest.mark.parametrize("row", list_words("approving"), ids=lambda row: row["example"])
def test_approval_and_opposition_are_beliefs(row: dict[str, str], knowledge: Knowledge) -> None:
    assert "belief" in find_types(row["example"], knowledge)


@pytest.mark.parametrize(
    "row", list_words("planned") + list_words("announcing"), ids=lambda row: row["example"]
)
def test_what_is_planned_is_an_intention(row: dict[str, str], knowledge: Knowledge) -> None:
    assert "intention" in find_types(row["example"], knowledge)
