"""What resolution needs to know of one document, computed once."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import accumulate

from tasks.document.char_spans import tokens_of
from tasks.document.doc import Doc, Token
from tasks.document.doc import Span as DocSpan
from tasks.document.records import Mention, Span, Statement
from tasks.document.token_ranges import NOWHERE, find_holders
from tasks.entities.names import given_name, normalise
from tasks.entities.reference_loader import Reference
from tasks.entities.titles import title_before

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
    around: list[list[int]]
    """for each statement, those whose content holds its source, the innermost first"""
    by_source: list[tuple[int, int]]
    """offset of the source and position of each statement that has one, in order"""
    by_content: list[tuple[int, int]]
    """offset of each piece of content and position of its statement, in order"""
    reach: list[int]
    """for each piece of content in that order, how far it or one before it reaches"""
    ordered: list[Mention]
    """all mentions, in order"""
    people: list[Mention]
    """the named persons, in order"""
    persons: frozenset[str]
    """the entities that some mention calls a person"""
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

    def window(self, offset: int, paragraphs: int) -> int:
        """Return where so many paragraphs before that of an offset begin."""
        number = self.paragraph(offset) - paragraphs - 1
        return self.paragraph_starts[number] if number >= 0 else 0

    def statements_from(self, start: int, end: int) -> list[int]:
        """Return the statements whose source begins in a range of offsets, in their own order."""
        first, last = bisect_left(self.by_source, (start, -1)), bisect_left(self.by_source, (end, -1))
        return sorted(i for _, i in self.by_source[first:last])

    def is_said(self, span: Span) -> bool:
        """Return True if a piece of some statement's content holds a span."""
        last = bisect_right(self.by_content, (span[0], len(self.statements))) - 1
        return last >= 0 and self.reach[last] >= span[1]

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
    contents = [s.content for s in statements]
    pieces = sorted((start, end, i) for i, content in enumerate(contents) for start, end in content)
    ordered = sorted(mentions, key=lambda m: m.span[0])
    return Context(
        doc=doc,
        text=text,
        mentions=mentions,
        statements=statements,
        reference=reference,
        names=names,
        name_at=name_at,
        named=sorted(name_at),
        gender=gender,
        titles=titles,
        quotes=[m.span() for m in QUOTED.finditer(text)],
        paragraph_starts=[doc[i].idx + len(doc[i]) for i in doc.breaks],
        around=find_containers(statements),
        by_source=sorted((s.source[0], i) for i, s in enumerate(statements) if s.source),
        by_content=[(start, i) for start, _, i in pieces],
        reach=list(accumulate((end for _, end, _ in pieces), max)),
        ordered=ordered,
        people=[m for m in ordered if m.label == "person" and not m.pronoun and m.entity_id],
        persons=frozenset(m.entity_id for m in mentions if m.label == "person" and m.entity_id),
    )


def find_containers(statements: list[Statement]) -> list[list[int]]:
    """Return for each statement those whose content holds its source, the innermost first."""
    contents = [s.content for s in statements]
    sources = [s.source or NOWHERE for s in statements]

    def size(i: int, source: Span) -> int:
        return min(end - start for start, end in contents[i] if start <= source[0] and source[1] <= end)

    found = find_holders(sources, contents)
    return [
        sorted((j for j in holders if j != i), key=lambda j: (size(j, source), j))
        for i, (source, holders) in enumerate(zip(sources, found, strict=True))
    ]


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
