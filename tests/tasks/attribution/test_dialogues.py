"""Whole rows of transcripts, interviews, releases and live blogs: who says what, and when."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from tasks.document.records import Document, Metadata
from tasks.extraction import extract_batch
from tasks.knowledge import Knowledge

Row = Mapping[str, Any]
PUBLISHED = date(2026, 3, 3)
TEXTS = {
    "briefing": (
        "COLONEL MARSH: Good morning. We believe the Karani Brigades are responsible.\n\n"
        "QUESTION (TPW): Witnesses say that a missile fell on a school. Did it?\n\n"
        "COLONEL MARSH: That is not true. No missile fell on a school.\n\nThe radar shows four tracks."
    ),
    "interview": (
        "Interview with Maria Keller, head of the port authority\n\nBy Tom Hale\n\nMaria Keller met us in Zelnik.\n\n"
        "Q: Did the port pay the gang?\nA: We never paid anybody. The mayor lied.\n\nThis interview has been edited."
    ),
    "initials": (
        "The union leader Jan Novak speaks about the strike.\n\nTH: Did the union hide the money?\n\n"
        "JN: We hid nothing.\n\nTH: Will you resign?\n\nJN: I think that the firm is lying."
    ),
    "bold": (
        "Olga Reyes, the deputy minister, answered our questions.\n\n**Did the ministry hide the loan?**\n\n"
        "We did not hide any loan.\n\n**Why does Pavel Sorin say so?**\n\nI think he wants my seat.\n\n"
        "**Will you publish the contract?**\n\nMy office will publish it."
    ),
    "release": (
        "FOR IMMEDIATE RELEASE\n\nZELNIK, March 3, 2026 – Northwind Energy AG (“the Company”) rejects the report on "
        "the dam. The Company has inspected the dam every year. Neither dam has a crack.\n\n"
        "“These rumours are false,” said chief executive Eva Holm.\n\n"
        "About Northwind Energy\n\nNorthwind Energy runs nine dams.\n\nMedia contact: Ann Lee, press@northwind.example"
    ),
    "live blog": (
        "Harbour fire: live updates\n\nTuesday 3 March 2026\n\n14:05 GMT\nThe ministry denied that it was sabotage.\n\n"
        "Monday 2 March 2026\n\n23:10 GMT\nOperator Karl Weber said the pumps had failed."
    ),
    "times only": (
        "Vote: live\n\n10.15am Mayor Ivan Petrov says the budget is balanced.\n\n"
        "10.02am Olga Reyes accuses him of lying."
    ),
    "bullets": (
        "• The mayor denied paying the gang.\n• Mira Dobrev accused him of lying.\n• The council said it would vote."
    ),
}


@pytest.fixture(scope="module")
def rows(knowledge: Knowledge) -> Callable[[str], Sequence[Row]]:
    metadata = Metadata(published_at=PUBLISHED)
    documents = [Document(name, name, text, "", "utf-8", metadata) for name, text in TEXTS.items()]
    batch = extract_batch(documents, knowledge, "run")
    assert not batch.rejected
    names = {m["entity_id"]: m["text"] for m in batch.tables["mentions"] if not m["pronoun"]}
    found = [
        row | {"kind": row.get("claim_type") or row["denial_type"], "speaker": names.get(row["speaker_id"])}
        for table in ("claims", "denials")
        for row in batch.tables[table]
    ]
    return lambda name: [row for row in found if row["doc_id"] == name]


def said_by(rows: Sequence[Row]) -> dict[str, str | None]:
    return {row["content_text"]: row["source_text"] for row in rows}


def test_each_sentence_of_a_turn_is_a_statement_of_its_speaker(rows: Callable[[str], Sequence[Row]]) -> None:
    found = rows("briefing")
    said = said_by(found)
    assert said["The radar shows four tracks"] == "COLONEL MARSH"
    assert said["No missile fell on a school"] == said["That is not true"] == "COLONEL MARSH"
    assert said["Did it?"] == "QUESTION (TPW)"
    assert said["that a missile fell on a school"] == "Witnesses"
    assert "Good morning" not in said
    assert {row["manner"] for row in found if row["rule"] == "turn"} == {"direct"}
    kinds = {row["content_text"]: row["kind"] for row in found}
    assert kinds["Did it?"] == "question"
    assert kinds["That is not true"] == "labelling"
    assert kinds["No missile fell on a school"] == "negated_assertion"
    # The first person inside a turn is its speaker.
    (belief,) = [row for row in found if row["cue_text"] == "believe"]
    assert belief["speaker"].endswith("MARSH")


@pytest.mark.parametrize(
    ("name", "content", "speaker"),
    [
        ("interview", "We never paid anybody", "Maria Keller"),
        ("interview", "The mayor lied", "Maria Keller"),
        ("initials", "We hid nothing", "Jan Novak"),
        ("initials", "that the firm is lying", "Jan Novak"),
        ("bold", "We did not hide any loan", "Olga Reyes"),
        ("bold", "he wants my seat", "Olga Reyes"),
        ("release", "The Company has inspected the dam every year", "Northwind Energy AG"),
        ("release", "Neither dam has a crack", "Northwind Energy AG"),
        ("release", "“These rumours are false,”", "Eva Holm"),
        ("live blog", "the pumps had failed", "Karl Weber"),
        ("bullets", "him of lying", "Mira Dobrev"),
    ],
)
def test_the_speaker_is_who_the_layout_names(
    rows: Callable[[str], Sequence[Row]], name: str, content: str, speaker: str
) -> None:
    speakers = {row["content_text"]: row["speaker"] for row in rows(name)}
    assert speakers[content] == speaker


def test_remarks_labels_and_contacts_are_said_by_nobody(rows: Callable[[str], Sequence[Row]]) -> None:
    assert not any("edited" in row["content_text"] for row in rows("interview"))
    release = [row["content_text"] for row in rows("release")]
    assert not any(word in text for text in release for word in ("2026", "RELEASE", "Media", "press@"))
    assert not any("•" in (row["source_text"] or "") + row["content_text"] for row in rows("bullets"))


def test_what_a_live_blog_says_is_said_on_the_day_of_its_entry(rows: Callable[[str], Sequence[Row]]) -> None:
    days = {row["content_text"]: row["said_on"] for row in rows("live blog")}
    assert days["that it was sabotage"] == date(2026, 3, 3)
    assert days["the pumps had failed"] == date(2026, 3, 2)
    assert {row["said_on"] for row in rows("times only")} == {PUBLISHED}
    assert {row["said_on"] for row in rows("bullets")} == {None}


def test_the_layout_is_a_column_of_documents(knowledge: Knowledge) -> None:
    documents = [Document(name, name, text, "", "utf-8") for name, text in TEXTS.items()]
    seen = {r["doc_id"]: r["layout"] for r in extract_batch(documents, knowledge, "run").tables["documents"]}
    assert list(seen.values()) == [
        *(
            "transcript",
            "interview",
            "transcript",
            "interview",
            "press_release",
            "live_blog",
            "live_blog",
            "list",
        ),
    ]
