"""Every row of the tables of denying holds its example: the rule that it stands for finds it, or lets it pass."""

import re
from collections.abc import Callable

import pytest

from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.statements import find_statements
from tasks.denials.denial_lexicon import DenialLexicon, load_denial_lexicon
from tasks.denials.denial_statements import find_denial_acts
from tasks.document.doc import Doc
from tasks.seeds import read_seed_rows

LEXICON = load_denial_lexicon()
Parsed = Callable[[str], Doc]
# What the parser reads otherwise than a reader would; each is a known failure of one example, not of its row.
MISREAD: set[str] = set()


def examples(*tables: str) -> list[object]:
    return [
        pytest.param(
            row,
            id=f"{table}-{next(iter(row.values()))[:40]}",
            marks=[pytest.mark.xfail(strict=True)] if row["example"] in MISREAD else [],
        )
        for table in tables
        for row in read_seed_rows(f"denials/{table}.csv")
    ]


def kinds(doc: Doc, lexicon: DenialLexicon = LEXICON) -> set[str]:
    return {act.kind for act in find_denial_acts(doc, lexicon)}


@pytest.mark.parametrize("row", examples("verbs", "nouns", "claim_nouns", "implicatives"))
def test_denies(row: dict[str, str], parsed: Parsed) -> None:
    assert kinds(parsed(row["example"])) & {"explicit", "labelling"}


@pytest.mark.parametrize("row", examples("withheld_nouns"))
def test_refuses_without_denying(row: dict[str, str], parsed: Parsed) -> None:
    assert not kinds(parsed(row["example"]))


@pytest.mark.parametrize("row", examples("labels", "label_verbs"))
def test_labels(row: dict[str, str], parsed: Parsed) -> None:
    assert kinds(parsed(row["example"])) & {"labelling", "explicit"}


@pytest.mark.parametrize("row", examples("topic_nouns"))
def test_what_refers_to_something_said_is_called_false(row: dict[str, str], parsed: Parsed) -> None:
    assert "labelling" in kinds(parsed(row["example"]))
    assert row["noun"] in LEXICON.topic_nouns & {*row["example"].rstrip(".").split()}


@pytest.mark.parametrize("row", examples("figure_nouns"))
def test_what_stands_for_a_number_is_called_false(row: dict[str, str], parsed: Parsed) -> None:
    assert "labelling" in kinds(parsed(row["example"]))
    assert LEXICON.figure_nouns & {*row["example"].split()}


@pytest.mark.parametrize("row", examples("patterns"))
def test_pattern_stands_in_its_example(row: dict[str, str]) -> None:
    assert re.search(row["pattern"], row["example"].lower())
    assert LEXICON.find_all_patterns(row["example"].lower())[row["kind"]]


@pytest.mark.parametrize("row", examples("cue_classes", "attitudes", "doubted_cues"))
def test_cue_stands_in_its_example(row: dict[str, str], parsed: Parsed, lexicon: CueLexicon) -> None:
    found = find_statements(parsed(row["example"]), lexicon)
    expected = row.get("lemma") or row["attitude"]
    assert expected in {name for s in found for name in (s.cue_lemma, s.attitude)}


@pytest.mark.parametrize("row", examples("word_classes"))
def test_word_of_a_class_occurs_in_its_example(row: dict[str, str]) -> None:
    words = {word.strip(",.“”") for word in row["example"].lower().split()}
    assert LEXICON.word_classes[row["class"]] & words
