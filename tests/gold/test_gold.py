"""The gold is well formed: every span lies in its text and every text names where it comes from."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TYPES = {"explicit", "negated_assertion", "lack_of_knowledge", "labelling", "counter"}


def texts() -> dict[str, dict[str, Any]]:
    lines = (HERE / "texts.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["doc_id"]: row for row in map(json.loads, lines)}


def articles() -> list[dict[str, Any]]:
    gold: list[dict[str, Any]] = json.loads((HERE / "denials.json").read_text(encoding="utf-8"))["articles"]
    return gold


def spans(denial: dict[str, Any]) -> list[list[int]]:
    own = [span for role in ("source", "cue", "content") for span in denial[role]]
    linked = [link[role] for link in denial["links"] for role in ("source", "content")]
    return [span for span in own + linked if span is not None]


def test_every_text_is_annotated_and_names_its_licence() -> None:
    rows = texts()
    assert sorted(rows) == sorted(article["doc_id"] for article in articles())
    assert all(row["licence"].startswith(("CC BY", "Public domain")) and row["url"] for row in rows.values())


def test_every_span_slices_to_whole_words() -> None:
    for article in articles():
        text = texts()[article["doc_id"]]["text"]
        for start, end in (span for denial in article["denials"] for span in spans(denial)):
            assert 0 <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
            assert not (text[start - 1 : start].isalnum() and text[start].isalnum())
            assert not (text[end - 1].isalnum() and text[end : end + 1].isalnum())


def test_core_denials_are_marked_in_both_passes() -> None:
    for denial in (d for article in articles() for d in article["denials"]):
        passes = {len(denial[role]) for role in ("source", "cue", "content", "speaker")}
        assert passes == {2 if denial["core"] else 1}
        assert set(denial["types"]) <= TYPES
        assert all(denial["content"])
        assert bool(denial["links"]) or denial["linked_by"] == 0
