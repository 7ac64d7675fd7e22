"""The dates of a statement: when it was made, and when the event that it reports happened."""

from datetime import date, timedelta

from tasks.document.doc import Doc
from tasks.document.records import Statement
from tasks.expressions.dates import DateSpan, find_dates

ENTRY_DELAY = timedelta(days=7)
PAST_TAGS = frozenset({"VBD", "VBN"})


def find_event_date(doc: Doc, statement: Statement, published: date | None) -> DateSpan | None:
    """Return the first date in the content that has a first and last day, else the first date."""
    unplaced = None
    for start, end in statement.content:
        tokens = doc.get_tokens((start, end))
        is_past = not PAST_TAGS.isdisjoint([t.tag_ for t in tokens])
        for found in find_dates(doc.text[start:end], published, "past" if is_past else "future"):
            if found.start is not None and found.end is not None:
                return found
            unplaced = unplaced or found
    return unplaced


def find_entry_date(doc: Doc, statement: Statement, published: date | None) -> date | None:
    """Return the day of the entry of a live blog that holds a statement: the day written above it, else ``published``.

    Returns None outside live blogs.
    """
    start = statement.content[0][0]
    entry = next((e for e in doc.layout.entries if e.span[0] <= start < e.span[1]), None)
    if entry is None:
        return None
    # A day without a year is the last one before this: an entry can be a few days later than the first publication.
    latest = published + ENTRY_DELAY if published is not None else None
    found = find_dates(doc.text[slice(*entry.day)], latest, "past") if entry.day else []
    return next((day.start for day in found if day.grain == "day" and day.start is not None), published)


def find_statement_date(doc: Doc, statement: Statement, published: date | None) -> date | None:
    """Return the day named in the cue's sentence outside the content."""
    if statement.cue is None:
        return None
    sentence = doc.get_tokens(statement.cue).root.sent
    for found in find_dates(sentence.text, published, "past"):
        at = sentence.start_char + found.span[0]
        if found.grain == "day" and not any(a <= at < b for a, b in statement.content):
            return found.start
    return None
