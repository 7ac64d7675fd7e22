"""Each row of the table of unusual texts in docs/inputs-and-exports.md, on a text of its kind."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tasks.document.records import Document, RawDocument
from tasks.extraction import extract_batch
from tasks.knowledge import Knowledge
from tasks.read.cleaning import clean_document

Rows = Mapping[str, list[dict[str, Any]]]
PAGE = Path(__file__).parents[2] / "docs/inputs-and-exports.md"
HEADING = "| what a text holds | what becomes of it |"
DENIED = "The mayor of Zelnik denied on Monday that the city had paid the gang."
ACCUSED = "Shop owner Mira Dobrev accused him of lying to the council."
CASES: dict[str, tuple[str | bytes, Callable[[Rows], object]]] = {
    "quotation marks of any language": (
        "„We have no troops here“, said Karl Weber. ``No,'' he added.",
        lambda rows: {row["manner"] for row in statements(rows)} == {"direct"},
    ),
    "a quotation that nobody closed": (
        "Karl Weber said: “We have no troops here. The rebels accused the army of theft.",
        lambda rows: sources(rows) == {"Karl Weber", "The rebels"},
    ),
    "apostrophes, decades, inches": (
        "Officials blamed the '90s reforms. The drivers' pay fell, and police found a 9\" knife.",
        lambda rows: contents(rows) == {"the '90s reforms"},
    ),
    "hard-wrapped or justified lines": (
        "The mayor of Zelnik denied on Monday that the\ncity had  paid the gang and that it had hid-\nden the money.",
        lambda rows: any("hid-\nden" in content for content in contents(rows)),
    ),
    "soft hyphens, zero-width": (
        "The may\u00ador de\u00adnied that the\u200b city paid the gang.",
        lambda rows: len(rows["denials"]) == 1,
    ),
    "lines in capitals": (
        "RUSSIA ON FRIDAY DENIED THAT ITS PLANES BOMBED A HOSPITAL.",
        lambda rows: sources(rows) == {"RUSSIA"},
    ),
    "a transcript or an interview": (
        "COLONEL MARSH: We did not fire.\n\nQUESTION: Who did?\n\nCOLONEL MARSH: I do not know.",
        lambda rows: sources(rows) == {"COLONEL MARSH", "QUESTION"},
    ),
    "a live blog": (
        "Live\n\n3 March 2026, 14:05 - The ministry denied the fire.\n\n2 March 2026, 9:10 - Ann Lee said it burned.",
        lambda rows: {str(row["said_on"]) for row in statements(rows)} == {"2026-03-03", "2026-03-02"},
    ),
    "a press release": (
        "FOR IMMEDIATE RELEASE\n\nHolm AG (“the Company”) rejects the report. We paid nobody.\n\nPress contact: Ann",
        lambda rows: sources(rows) >= {"Holm AG"},
    ),
    "an opinion piece": (
        "The minister said that nobody knew. I do not believe him. He must publish the contracts.",
        lambda rows: (
            layout(rows) == "opinion"
            and any(
                r["source_type"] == "author" and "contracts" in r["content_text"] for r in statements(rows)
            )
        ),
    ),
    "lists": (
        "• The mayor denied the charge.\n• Mira Dobrev accused him of lying.\n• The council said it would vote.",
        lambda rows: sources(rows) == {"The mayor", "Mira Dobrev", "The council"},
    ),
    "datelines of all forms": (
        "BREAKING: Russia denied the attack.\n\nVIENNA, March 3, 2026 – Holm AG denied the charge.\n\nPhoto: Reuters",
        lambda rows: sources(rows) == {"Russia", "Holm AG"},
    ),
    "a quoted mail, a signature": (
        "We reject this.\n\nAnn Lee wrote:\n> The mayor lied to us.\n> He paid them.\n\n-- \nKarl Weber says hello.",
        lambda rows: (
            {r["source_text"] for r in statements(rows) if "lied" in r["content_text"]} == {"Ann Lee"}
            and not any("hello" in content for content in contents(rows))
        ),
    ),
    "an article that ends at a paywall": (
        f"{DENIED}\n\nSubscribe now to continue reading this article.",
        lambda rows: layout(rows) == "excerpt" and len(rows["denials"]) == 1,
    ),
    "words that look broken": (
        "T h e m a y o r d e n i e d t h a t t h e c i t y p a i d t h e g a n g .",
        lambda rows: layout(rows) == "broken",
    ),
    "one bad byte in UTF-8": (
        f"“No,” he said. “Never.” {DENIED}".encode().replace(b"city", b"\xffcity"),
        lambda rows: rows["documents"][0]["encoding"] == "utf-8 (1 replaced)" and len(rows["denials"]) >= 1,
    ),
    "UTF-16 without a byte-order mark": (
        DENIED.encode("utf-16-le"),
        lambda rows: rows["documents"][0]["text"] == DENIED,
    ),
    "entities of HTML": (
        '&ldquo;The city paid nobody,&rdquo; said Karl We&shy;ber.\n\n**Ann Lee** said: \\"He lied.\\"',
        lambda rows: sources(rows) == {"Karl We&shy;ber", "Ann Lee"},
    ),
    "a nickname": (
        "Pavel “Bear” Sorin said that the city paid. Sorin denied that he knew.",
        lambda rows: (
            {row["source_text"] for row in statements(rows)} == {"Pavel “Bear” Sorin", "Sorin"}
            and len({row["speaker_id"] for row in statements(rows)}) == 1
        ),
    ),
    "an acronym": (
        "The Free Bread Initiative (FBI) left on Friday. Residents accused the FBI of looting.",
        lambda rows: (
            len(
                {
                    row["entity_id"]
                    for row in rows["mentions"]
                    if row["text"] in ("Free Bread Initiative", "FBI")
                }
            )
            == 1
        ),
    ),
    "numbers or bars": (
        "  1  The mayor of Zelnik denied on\n  2  Monday that the city had paid\n  3  the gang.",
        lambda rows: sources(rows) == {"The mayor of Zelnik"} and len(rows["denials"]) == 1,
    ),
}


def statements(rows: Rows) -> list[dict[str, Any]]:
    return [*rows["claims"], *rows["denials"]]


def sources(rows: Rows) -> set[str]:
    return {row["source_text"] for row in statements(rows) if row["source_text"]}


def contents(rows: Rows) -> set[str]:
    return {row["content_text"] for row in statements(rows) if row["source_text"]}


def layout(rows: Rows) -> str:
    return str(rows["documents"][0]["layout"])


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_an_unusual_text(name: str, knowledge: Knowledge) -> None:
    content, is_right = CASES[name]
    document = clean_document(RawDocument("a.txt", content, "text"))
    assert isinstance(document, Document)
    batch = extract_batch([document], knowledge, "run")
    assert not batch.rejected
    assert is_right(batch.tables), [(r["source_text"], r["content_text"]) for r in statements(batch.tables)]


def test_every_row_of_the_table_is_tested() -> None:
    table = PAGE.read_text("utf-8").partition(HEADING)[2].partition("\n\n")[0]
    kinds = [line.split("|")[1].strip() for line in table.splitlines()[2:] if line.startswith("|")]
    assert len(kinds) == len(CASES)
    assert all(kind.startswith(name) for kind, name in zip(kinds, CASES, strict=True)), kinds
