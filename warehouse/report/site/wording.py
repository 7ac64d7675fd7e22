"""How a site words what is known and how surely: links by their score, speakers by how they are named."""

from typing import Any

from warehouse.report.report_scope import Row

ANSWERS_FROM, PROBABLY_FROM = 0.75, 0.45
"""score of a link from which it is worded as "answers", and as "probably answers" """
SOURCE_WORDS = {"author": "the article itself", "hearsay": "hearsay"}
SENTENCE_RULE, SENTENCE_WORDS = "answered", "the article reports"
"""a sentence of the article that became a claim because a denial answers it; it often reports what others say"""
SAFE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def is_name(text: str | None) -> bool:
    """Return True if a text can be a name: not in quotation marks, and with a capital if its script has any."""
    if not text or text.startswith("“"):
        return False
    return text != text.lower() or text.lower() == text.upper()


def word_link(score: float | None, same_document: bool | None) -> str:
    """Return the verb for a link. Across documents a score is a strength and never enough for "answers"."""
    if score is None or score < PROBABLY_FROM:
        return "may answer"
    return "answers" if score >= ANSWERS_FROM and same_document else "probably answers"


def word_denial(score: float | None, same_document: bool | None) -> str:
    """Return the words for a link seen from its claim."""
    words = {"answers": "denied by", "probably answers": "probably denied by"}
    return words.get(word_link(score, same_document), "may be denied by")


def describe_speaker(row: Row) -> dict[str, Any]:
    """Return who speaks: ``name`` and ``id`` of a known entity, else ``words`` that are no name.

    Words that the article uses for somebody who is not resolved ("he", "two officials") are in quotation marks; a
    sentence of the article is introduced as one.
    """
    if row["speaker_id"] and is_name(row["speaker"]):
        return {"id": row["speaker_id"], "name": row["speaker"], "words": None}
    if row.get("kind") == "claim" and row.get("rule") == SENTENCE_RULE:
        return {"id": None, "name": None, "words": SENTENCE_WORDS}
    quoted = f"“{row['source_text']}”" if row["source_text"] else None
    known = {"named": quoted, "pronoun": quoted and f"{quoted}, not resolved", "unnamed": quoted}
    words = known.get(row["source_type"]) or SOURCE_WORDS.get(row["source_type"]) or quoted or "nobody named"
    return {"id": None, "name": None, "words": words}


def make_page_path(kind: str, row_id: str) -> str:
    """Return the stable path of a page, ``claim/<id>.html``; characters unsafe in a file name are written in hex."""
    safe = "".join(c if c in SAFE_CHARACTERS else f"~{ord(c):x}~" for c in row_id)
    return f"{kind}/{safe}.html"
