"""The parts of a mail that its sender did not write: replies that are quoted, and signatures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tasks.document.records import Span

WROTE = re.compile(
    r"^(?:On\b.{0,140}?[,\d] ?)?(?:at \d.{0,20}?,? )?(?P<name>[A-Z][^\W\d]*\.?(?: [A-Z(][\w.'’)-]*){0,5})"
    r"(?: [<(\[][^>\n]{0,120}[>)\]])? (?:wrote|writes|schrieb|a écrit) ?:[ \t\r]*$",
    re.MULTILINE,
)
"""the line above a reply that is quoted"""
FORWARDED = re.compile(
    r"^(?:(?:-{2,}|_{5,}) ?(?:Original|Forwarded) [Mm]essage ?:?(?: ?-{2,})?|Begin forwarded message:)\r?$",
    re.MULTILINE,
)
HEADER_LINE = re.compile(r"^[*_]{0,2}(?:From|Sent|Date|To|Cc|Subject|Reply-To)[*_]{0,2}:.*$", re.MULTILINE)
FROM_NAME = re.compile(
    r"^[*_]{0,2}From:[*_]{0,2} *[\"“]?(?P<name>[A-Z][^<\r\n\"”\[(]{1,60}?)[\"”]? *(?:[<\[(].*)?\r?$",
    re.MULTILINE,
)
SIGNATURE = re.compile(r"^(?:-- ?|Sent from my .{3,30})\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class QuotedMail:
    """A mail that another one quotes: its span, and the name of who wrote it."""

    span: Span
    name: Span | None


def find_quoted_mails(view: str, prefixed: Sequence[Span]) -> list[QuotedMail]:
    """Return the mails that are quoted in a view, given the spans of the lines that had marks before them."""
    found = []
    for start, end in prefixed:
        above = [match for match in WROTE.finditer(view, 0, start) if not view[match.end() : start].strip()]
        found.append(QuotedMail((start, end), above[-1].span("name") if above else None))
    for match in FORWARDED.finditer(view):
        if any(a <= match.start() < b for a, b in prefixed):
            continue
        start = _skip_headers(view, match.end())
        sender = FROM_NAME.search(view, match.end(), start)
        found.append(QuotedMail((start, len(view)), sender.span("name") if sender else None))
        break
    return found


def _skip_headers(view: str, start: int) -> int:
    """Return where the text below the headers of a forwarded mail begins."""
    for match in re.finditer(r"^.*$", view[start:], re.MULTILINE):
        if match.group().strip() and not HEADER_LINE.fullmatch(match.group().strip()):
            return start + match.start()
    return len(view)


def find_unspoken_spans(view: str, quoted: Sequence[QuotedMail]) -> Iterator[Span]:
    """Yield what states nothing: signatures, the lines that say who wrote a reply, headers of forwarded mails."""
    starts = sorted(mail.span[0] for mail in quoted)
    for match in SIGNATURE.finditer(view):
        following = next((start for start in starts if start > match.start()), len(view))
        above = (m.start() for m in WROTE.finditer(view, match.end(), following))
        yield match.start(), next(above, following)
    for match in WROTE.finditer(view):
        if any(not view[match.end() : start].strip() for start in starts if start >= match.end()):
            yield match.span()
    for match in FORWARDED.finditer(view):
        yield match.start(), _skip_headers(view, match.end())
