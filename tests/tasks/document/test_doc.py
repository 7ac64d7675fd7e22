"""The plain Doc agrees with spaCy's Doc in every attribute that it copies."""

import json
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import spacy

from tasks.document import doc
from tasks.document.doc_conversion import LabelCache, WordFormCache, join_paragraphs
from tasks.document.parser import DEFAULT_MODEL, ParsingPipeline, parse_texts

GOLD = Path(__file__).parents[2] / "gold" / "texts.jsonl"
PLAIN = ["i", "idx", "text", "lower_", "whitespace_", "tag_", "dep_", "ent_type_"]
FLAGS = ["is_alpha", "is_lower", "is_upper", "is_punct", "is_space", "is_stop", "like_num"]


@pytest.fixture(scope="module")
def both() -> list[tuple[Any, doc.Doc]]:
    nlp = import_module(DEFAULT_MODEL).load()
    texts = [json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines()[:6]]
    docs = list(nlp.pipe([*texts, "", "He left.  Then (slowly) she did, too.\n"]))
    return [
        (d, join_paragraphs(d.text, [0], [d], WordFormCache(nlp.vocab), LabelCache(nlp.vocab))) for d in docs
    ]


def seen(token: Any) -> dict[str, Any]:
    near = {name: getattr(token, name).i for name in ("head", "left_edge", "right_edge")}
    below = {name: [t.i for t in getattr(token, name)] for name in ("lefts", "rights", "children", "subtree")}
    own = {name: getattr(token, name) for name in PLAIN + FLAGS}
    start = bool(token.is_sent_start)
    return (
        own | near | below | {"sent": (token.sent.start, token.sent.end), "len": len(token), "start": start}
    )


def described(span: Any) -> tuple[Any, ...] | None:
    if span is None or not len(span):
        return None
    return span.start, span.end, span.text, span.start_char, span.end_char, span.root.i, span.label_


def test_every_token_is_as_spacy_says(both: list[tuple[Any, doc.Doc]]) -> None:
    assert sum(len(ours) for _, ours in both) > 2000
    for theirs, ours in both:
        assert [seen(t) for t in ours] == [seen(t) for t in theirs]


def test_sentences_and_entities_are_as_spacy_says(both: list[tuple[Any, doc.Doc]]) -> None:
    for theirs, ours in both:
        assert [described(s) for s in ours.sents] == [described(s) for s in theirs.sents]
        assert [described(e) for e in ours.ents] == [described(e) for e in theirs.ents]


def test_every_run_of_characters_touches_the_tokens_that_spacy_says(both: list[tuple[Any, doc.Doc]]) -> None:
    for theirs, ours in both:
        for start in range(-1, len(theirs.text) + 2, 3):
            for end in (start, start + 1, start + 2, start + 17):
                if start <= end:
                    expected = theirs.char_span(start, end, alignment_mode="expand") if start < end else None
                    found = ours.char_span(start, end) if start < end else None
                    assert described(found) == described(expected), (start, end)


@pytest.mark.parametrize("at", [slice(2, 9), slice(-4, None), slice(None, 3), slice(5, 2), slice(900, 999)])
def test_slices_are_as_spacy_says(both: list[tuple[Any, doc.Doc]], at: slice) -> None:
    theirs, ours = both[0]
    assert described(ours[at]) == described(theirs[at])
    assert described(ours[3:20][at]) == described(theirs[3:20][at])
    assert (ours[-1].text, ours[3:20][-2].text) == (theirs[-1].text, theirs[3:20][-2].text)


def test_there_is_no_token_before_the_first_or_after_the_last(both: list[tuple[Any, doc.Doc]]) -> None:
    _, ours = both[0]
    assert ours[4].nbor().i == 5
    for token, distance in ((ours[0], -1), (ours[-1], 1)):
        with pytest.raises(IndexError):
            token.nbor(distance)


def test_white_space_between_paragraphs_is_a_token_and_a_sentence_of_its_own(nlp: ParsingPipeline) -> None:
    text = "\n One thing. \n\n\tAnother (U.S.) thing.\n"
    doc = next(parse_texts([text], nlp))
    gaps = [t for t in doc if t.tag_ == "_SP"]
    assert [t.text for t in gaps] == ["\n ", " \n\n\t", "\n"]
    assert all(t.sent.text == t.text and t.is_space and t.head is t for t in gaps)
    assert "".join(t.text + t.whitespace_ for t in doc) == doc.text == text
    assert all(a.idx + len(a) + len(a.whitespace_) == b.idx for a, b in pairwise(doc))


def test_a_document_without_annotation_still_stands() -> None:
    nlp = spacy.blank("en")
    doc = join_paragraphs(
        "Yes. No.", [0, 5], [nlp("Yes."), nlp("No.")], WordFormCache(nlp.vocab), LabelCache(nlp.vocab)
    )
    assert [t.text for t in doc] == ["Yes", ".", " ", "No", "."]
