"""The gold is well formed: every span lies in its text and every text names where it comes from."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PAIRS = [("texts.jsonl", "denials.json"), ("wikinews-texts.jsonl", "wikinews-denials.json")]
TYPES = {"explicit", "negated_assertion", "lack_of_knowledge", "labelling", "counter"}


Texts = dict[str, dict[str, Any]]
Articles = list[dict[str, Any]]


@pytest.fixture(params=PAIRS, ids=lambda pair: pair[0], scope="module")
def gold(request: pytest.FixtureRequest) -> tuple[Texts, Articles]:
    texts_name, denials_name = request.param
    lines = (HERE / texts_name).read_text(encoding="utf-8").splitlines()
    return {row["doc_id"]: row for row in map(json.loads, lines)}, read_articles(denials_name)


def read_articles(name: str) -> Articles:
    articles: Articles = json.loads((HERE / name).read_text(encoding="utf-8"))["articles"]
    return articles


def spans(denial: dict[str, Any]) -> list[list[int]]:
    own = [span for role in ("source", "cue", "content") for span in denial[role]]
    linked = [link[role] for link in denial["links"] for role in ("source", "content")]
    return [span for span in own + linked if span is not None]


def test_every_text_is_annotated_and_names_its_licence(gold: tuple[Texts, Articles]) -> None:
    texts, articles = gold
    assert sorted(texts) == sorted(article["doc_id"] for article in articles)
    assert all(row["licence"].startswith(("CC BY", "Public domain")) and row["url"] for row in texts.values())


def test_every_span_slices_to_whole_words(gold: tuple[Texts, Articles]) -> None:
    texts, articles = gold
    for article in articles:
        text = texts[article["doc_id"]]["text"]
        for start, end in (span for denial in article["denials"] for span in spans(denial)):
            assert 0 <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
            assert not (text[start - 1 : start].isalnum() and text[start].isalnum())
            assert not (text[end - 1].isalnum() and text[end : end + 1].isalnum())


def test_core_denials_are_marked_in_both_passes(gold: tuple[Texts, Articles]) -> None:
    for denial in (d for article in gold[1] for d in article["denials"]):
        passes = {len(denial[role]) for role in ("source", "cue", "content", "speaker")}
        assert passes == {2 if denial["core"] else 1}
        assert set(denial["types"]) <= TYPES
        assert all(denial["content"])
        assert bool(denial["links"]) or denial["linked_by"] == 0


def test_parts_are_those_of_the_split() -> None:
    lines = (HERE / "denials-train-split.csv").read_text(encoding="utf-8").splitlines()
    split = dict(line.split(",") for line in lines[1:])
    parts = {article["doc_id"]: article["part"] for article in read_articles("wikinews-denials.json")}
    assert parts == {doc_id: split[hashlib.sha256(doc_id.encode()).hexdigest()] for doc_id in parts}
    assert set(parts.values()) == {"train", "dev"}


def test_pairs_of_mentions_lie_in_the_texts() -> None:
    texts: Texts = {}
    for name, _ in PAIRS:
        rows = map(json.loads, (HERE / name).read_text(encoding="utf-8").splitlines())
        texts |= {row["doc_id"]: row for row in rows}
    pairs = [
        json.loads(line) for line in (HERE / "entity_pairs.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(pairs) == 220
    for doc_id, start, end in (pair[side] for pair in pairs for side in ("a", "b")):
        assert texts[doc_id]["text"][start:end].strip()
    assert all(pair["a"][0] != pair["b"][0] and len(pair["same"]) == 2 for pair in pairs)
