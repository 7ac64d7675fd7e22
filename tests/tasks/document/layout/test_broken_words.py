"""Texts whose words look broken are told from ordinary ones."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.document.doc import Doc
from tasks.document.layout.broken_words import has_broken_words
from tasks.document.records import Document
from tasks.extraction import extract_batch
from tasks.knowledge import Knowledge

GOLD = Path(__file__).parents[3] / "gold/gum-news.jsonl"
BROKEN = [
    "T h e m a y o r d e n i e d t h a t t h e c i t y p a i d t h e g a n g .",
    "Themayordeniedthatthecitypaidthegang. Rosadiazaccusedhimoflying. Thegovernmentsaidnothingtoday.",
    "The may or de nied that the ci ty pa id the ga ng. Ro sa Di az ac cused him of ly ing to the coun cil.",
    "Tbe rnayor denicd tbat tbe citv paid tbe gang. Rosa Diaz accuscd hirn of lving to tbe councii on rnonday.",
]
WHOLE = [
    "The mayor denied that the city paid the gang. Rosa Diaz accused him of lying to the council.",
    "Vladyslav Hryhorenko of Zelnohirsk met Oleksiy Dobrovolskyi and Mstyslava Przybyszewska in Krasnopillia.",
    "I am a man. A cat is on it.",
    "Yes.",
]


@pytest.mark.parametrize("text", BROKEN)
def test_broken_words_are_seen(text: str, parsed: Callable[[str], Doc]) -> None:
    assert has_broken_words(parsed(text))


@pytest.mark.parametrize("text", WHOLE)
def test_ordinary_words_are_whole(text: str, parsed: Callable[[str], Doc]) -> None:
    assert not has_broken_words(parsed(text))


def test_no_article_of_the_gold_has_broken_words(parsed: Callable[[str], Doc]) -> None:
    texts = [json.loads(line)["text"] for line in GOLD.read_text("utf-8").splitlines()]
    assert not any(has_broken_words(parsed(text)) for text in texts)


def test_the_layout_of_a_broken_text_says_so_where_nothing_was_found(knowledge: Knowledge) -> None:
    found = f"{BROKEN[3]} The council said on Monday that it would vote."
    documents = [
        Document(str(n), str(n), text, "", "utf-8") for n, text in enumerate([BROKEN[3], found, WHOLE[2]])
    ]
    batch = extract_batch(documents, knowledge, "run")
    assert [row["layout"] for row in batch.tables["documents"]] == ["broken", "article", "article"]
