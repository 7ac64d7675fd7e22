"""What resolution needs to know of one document, computed once."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

from tasks.normalise.names import given_name, normalise
from tasks.normalise.reference import Reference
from tasks.normalise.spans import tokens_of
from tasks.normalise.titles import title_before
from tasks.parsed import Doc, Token
from tasks.parsed import Span as DocSpan
from tasks.records import Mention, Span, Statement

INSIDE = r"[^“”\"\n]*(?:\n(?!\s*\n)[^“”\"\n]*)*"
QUOTED = re.compile(rf"[“\"]{INSIDE}[”\"]?|''(?:[^'\n]|'(?!'))*''")
SUBJECTS = frozenset({"nsubj", "nsubjpass"})


@dataclass(slots=True)
class Context:
    """One document with its statements, its names by token, and what is known of its persons."""

    doc: Doc
    text: str
    """``doc.text``, which spaCy would put together again at every use"""
    mentions: list[Mention]
    statements: list[Statement]
    reference: Reference
    names: list[Mention]
    """the mentions that are no pronouns, in order"""
    name_at: dict[int, Mention]
    """the name that holds a token"""
    named: list[int]
    """the tokens that a name holds, in order"""
    gender: dict[str, str]
    """m, f or an empty string, by person"""
    titles: dict[str, set[str]]
    """normalised titles given to each person"""
    quotes: list[Span]
    paragraph_starts: list[int]
    affiliations: dict[str, str | None] = field(default_factory=dict)
    """the body each person speaks for, as far as it has been asked for"""

    def span(self, span: Span) -> DocSpan:
        """Return the tokens of a character span."""
        return tokens_of(self.doc, span)

    def paragraph(self, offset: int) -> int:
        """Return the number of the paragraph at an offset."""
        return bisect_right(self.paragraph_starts, offset)

    def near(self, span: Span, offset: int) -> bool:
        """Tell whether a span stands in the paragraph of an offset or the one before."""
        return self.paragraph(offset) - self.paragraph(span[0]) <= 1

    def quoted(self, offset: int) -> bool:
        """Tell whether an offset lies between quotation marks."""
        return self.quotation(offset) is not None

    def quotation(self, offset: int) -> Span | None:
        """Return the quotation that holds an offset."""
        i = bisect_right(self.quotes, offset, key=lambda quote: quote[0]) - 1
        return self.quotes[i] if i >= 0 and offset < self.quotes[i][1] else None

    def names_in(self, span: Span) -> list[Mention]:
        """Return the names that lie in a span, in order."""
        first = bisect_left(self.names, span[0], key=lambda name: name.span[0])
        last = bisect_left(self.names, span[1], key=lambda name: name.span[0])
        return [m for m in self.names[first:last] if m.span[1] <= span[1]]

    def holds_name(self, first: Token, last: Token) -> bool:
        """Tell whether a name stands between two tokens, them included."""
        return bisect_left(self.named, first.i) < bisect_right(self.named, last.i)


def make_context(
    doc: Doc, mentions: list[Mention], statements: list[Statement], reference: Reference
) -> Context:
    """Return the context of one document."""
    names = [m for m in mentions if not m.pronoun]
    name_at = {t.i: m for m in names for t in tokens_of(doc, m.span)}
    text = doc.text
    gender, titles = people(doc, mentions, reference)
    return Context(
        doc,
        text,
        mentions,
        statements,
        reference,
        names,
        name_at,
        sorted(name_at),
        gender,
        titles,
        [m.span() for m in QUOTED.finditer(text)],
        [doc[i].idx + len(doc[i]) for i in doc.breaks],
    )


def people(
    doc: Doc, mentions: list[Mention], reference: Reference
) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return the gender and the titles of each person, by title, table and given name."""
    gender: dict[str, str] = defaultdict(str)
    titles: dict[str, set[str]] = defaultdict(set)
    for m in mentions:
        if m.label != "person" or m.pronoun or m.entity_id is None:
            continue
        words, told = title_before(doc, m, reference)
        titles[m.entity_id] |= words
        known = reference.known.get(m.entity_id)
        given = reference.given_names.get(given_name(m.text), "") if " " in normalise(m.text) else ""
        gender[m.entity_id] = gender[m.entity_id] or told or (known.gender if known else "") or given
    return gender, titles
