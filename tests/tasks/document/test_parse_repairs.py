"""Repairs of parses: a name after a fronted phrase that is the subject of a verb, and a prefix that is no noun."""

import pytest

from tasks.document.parse_repairs import ParsedWords, repair_fronted_subjects, repair_prefixed_nouns

# *At the rally, Ruiz, a doctor, accused the firm*, as the parser reads it.
WORDS = ["At", "the", "rally", ",", "Ruiz", ",", "a", "doctor", ",", "accused", "the", "firm"]
TAGS = ["IN", "DT", "NN", ",", "NNP", ",", "DT", "NN", ",", "VBD", "DT", "NN"]
RELATIONS = ["prep", "det", "pobj", "punct", "appos", "punct", "det", "appos", "punct", "ROOT", "det", "dobj"]
HEADS = [9, 2, 0, 2, 2, 4, 7, 4, 2, 9, 11, 9]
NAME, VERB = 4, 9


def test_a_name_after_a_fronted_phrase_becomes_the_subject() -> None:
    parsed = ParsedWords(WORDS, [*TAGS], [*RELATIONS], [*HEADS])
    repair_fronted_subjects(parsed)
    assert (parsed.relations[NAME], parsed.heads[NAME]) == ("nsubj", VERB)


@pytest.mark.parametrize(
    ("at", "tag", "relation"),
    [
        (11, "NN", "nsubj"),
        (11, "NN", "npadvmod"),
        (4, "NN", "appos"),
        (7, "NN", "compound"),
        (9, "VB", "ROOT"),
    ],
)
def test_other_sentences_stay_as_they_are(at: int, tag: str, relation: str) -> None:
    tags, relations = [*TAGS], [*RELATIONS]
    tags[at], relations[at] = tag, relation
    parsed = ParsedWords(WORDS, [*tags], [*relations], [*HEADS])
    repair_fronted_subjects(parsed)
    assert (parsed.tags, parsed.relations, parsed.heads) == (tags, relations, HEADS)


@pytest.mark.parametrize(
    ("prefix", "head", "relation"), [("re", 5, "compound"), ("anti", 5, "compound"), ("card", 1, "dobj")]
)
def test_a_prefix_depends_on_its_noun(prefix: str, head: int, relation: str) -> None:
    """*Moss backed the re-election*, as the parser reads it: three objects."""
    words = ["Moss", "backed", "the", prefix, "-", "election"]
    parsed = ParsedWords(
        words,
        ["NNP", "VBD", "DT", "NN", "NN", "NN"],
        ["nsubj", "ROOT", "det", "dobj", "dobj", "dobj"],
        [1, 1, 3, 1, 1, 1],
    )
    repair_prefixed_nouns(parsed)
    assert (parsed.heads[3], parsed.relations[3]) == (head, relation)
    assert parsed.heads[2] == (5 if relation == "compound" else 3)
