"""How a site words what is known and how surely: links by their score, speakers by how they are named."""

import math
from typing import Any

from warehouse.report.report_scope import Row

SOURCE_WORDS = {"author": "the article itself", "hearsay": "nobody named"}
SENTENCE_RULE, SENTENCE_WORDS = "answered", "the article reports"
"""a sentence of the article that became a claim because a denial answers it; it often reports what others say"""
SAFE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def is_name(text: str | None) -> bool:
    """Return True if a text can be a name: not in quotation marks, and with a capital if its script has any."""
    if not text or text.startswith("“"):
        return False
    return text != text.lower() or text.lower() == text.upper()


def to_percent(score: float) -> int:
    """Return a score as it is shown, rounded as the view ``worded_links`` rounds it."""
    return math.floor(score * 100 + 0.5)


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
