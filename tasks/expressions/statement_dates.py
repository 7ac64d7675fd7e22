"""The dates of a statement: when it was said, and when what it tells of happened."""

from datetime import date

from tasks.document.char_spans import tokens_of
from tasks.document.doc import Doc
from tasks.document.records import Statement
from tasks.expressions.dates import DateSpan, find_dates

PAST_TAGS = frozenset({"VBD", "VBN"})


def event_of(doc: Doc, statement: Statement, published: date | None) -> DateSpan | None:
    """Return the first date in the content that can be placed on the calendar, else the first there is."""
    unplaced = None
    for start, end in statement.content:
        tokens = tokens_of(doc, (start, end))
        past = any(t.tag_ in PAST_TAGS for t in tokens)
        for found in find_dates(doc.text[start:end], published, "past" if past else "future"):
            if found.start is not None and found.end is not None:
                return found
            unplaced = unplaced or found
    return unplaced


def said_on(doc: Doc, statement: Statement, published: date | None) -> date | None:
    """Return the day named in the cue's sentence outside the content."""
    if statement.cue is None:
        return None
    sentence = tokens_of(doc, statement.cue).root.sent
    for found in find_dates(sentence.text, published, "past"):
        at = sentence.start_char + found.at[0]
        if found.grain == "day" and not any(a <= at < b for a, b in statement.content):
            return found.start
    return None
