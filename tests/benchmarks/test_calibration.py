"""The calibration of the confidence of statements."""

from tasks.attribution.statements import find_statements
from tasks.document.parser import parse_texts
from tasks.knowledge import Knowledge
from tests.benchmarks.accuracy.attributions import _judge_statements

SOFT_HYPHEN = "\u00ad"


def find_span(text: str, words: str) -> list[int]:
    """Return the offsets of words that a text has once."""
    assert text.count(words) == 1
    return [text.index(words), text.index(words) + len(words)]


def test_statements_are_judged_at_their_place_in_the_text_as_it_was_read(knowledge: Knowledge) -> None:
    text = f"The har{SOFT_HYPHEN * 90}bour was closed. The mayor said that the bridge was safe."
    gold = {
        "text": text,
        "attributions": [
            {
                "source": [find_span(text, "The mayor")],
                "cue": [find_span(text, "said")],
                "content": [find_span(text, "that the bridge was safe")],
            }
        ],
    }
    doc = next(iter(parse_texts([text], knowledge.nlp)))
    assert doc.view.layers, "the view has no soft hyphens, so that its offsets are others"
    assert list(_judge_statements(gold, doc, knowledge)) == [(("that", "verb", "name"), True)]


def test_statements_without_a_cue_are_not_judged(knowledge: Knowledge) -> None:
    turns = (
        "Q: Is the bridge safe?",
        "COLONEL MARSH: It is safe.",
        "Q: And the road?",
        "COLONEL MARSH: It is closed.",
    )
    text = "\n\n".join(turns)
    doc = next(iter(parse_texts([text], knowledge.nlp)))
    assert {s.rule for s in find_statements(doc, knowledge.cue_lexicon)} == {"turn"}
    assert not list(_judge_statements({"text": text, "attributions": []}, doc, knowledge))
