"""The context in which the sources and targets of one document are resolved; built once a document."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from tasks.attribution.quoting.quotations import Quotation
from tasks.document.doc import Doc, Token
from tasks.document.doc import TokenSpan as DocSpan
from tasks.document.records import Mention, Span, Statement
from tasks.document.token_ranges import MISSING_SPAN, find_containing_contents, get_character_span
from tasks.entities.names import get_given_name, normalise_name
from tasks.entities.reference_loader import ReferenceTables
from tasks.entities.titles import find_preceding_titles

NEAR_PARAGRAPHS = 1
"""preceding paragraphs that count as near"""


@dataclass(slots=True)
class ResolutionContext:
    """One document with its mentions and statements, indexed by position, and attributes of its persons."""

    doc: Doc
    mentions: list[Mention]
    statements: list[Statement]
    reference: ReferenceTables
    name_mentions: list[Mention]
    """the mentions that are not pronouns, in text order"""
    name_starts: list[int]
    """the offset of each of ``name_mentions``"""
    name_by_token: dict[int, Mention]
    """token index → the name that contains the token"""
    named_tokens: list[int]
    """indices of the tokens inside names, in order"""
    gender_by_person: dict[str, str]
    """entity id → ``m``, ``f`` or an empty string"""
    titles_by_person: dict[str, set[str]]
    """entity id → normalised titles"""
    quotations: list[Span]
    paragraph_starts: list[int]
    containing_statements: list[list[int]]
    """for each statement, the statements whose content contains its source, the innermost first"""
    statements_by_source: list[tuple[int, int]]
    """start of the source and index of each statement that has a source, sorted"""
    statements_by_content: list[tuple[int, int]]
    """start of each content span and index of its statement, sorted"""
    content_reach: list[int]
    """for each entry of ``statements_by_content``, the largest end of the content spans up to it"""
    ordered_mentions: list[Mention]
    """all mentions, in text order"""
    person_mentions: list[Mention]
    """the named persons, in text order"""
    person_ids: frozenset[str]
    """the entities with at least one mention labelled as a person"""

    def get_tokens(self, span: Span) -> DocSpan:
        """Return the tokens of a character span."""
        return self.doc.get_tokens(span)

    def get_paragraph(self, offset: int) -> int:
        """Return the number of the paragraph that contains an offset."""
        return bisect_right(self.paragraph_starts, offset)

    def is_near(self, span: Span, offset: int) -> bool:
        """Return True if a span begins in the paragraph of an offset or shortly before it."""
        return self.get_paragraph(offset) - self.get_paragraph(span[0]) <= NEAR_PARAGRAPHS

    def get_window_start(self, offset: int, paragraphs: int) -> int:
        """Return the start of the paragraph that is ``paragraphs`` before that of an offset."""
        number = self.get_paragraph(offset) - paragraphs - 1
        return self.paragraph_starts[number] if number >= 0 else 0

    def get_statements_between(self, start: int, end: int) -> list[int]:
        """Return the indices of the statements whose source begins in a range of offsets, sorted."""
        first = bisect_left(self.statements_by_source, (start, -1))
        last = bisect_left(self.statements_by_source, (end, -1))
        return sorted(i for _, i in self.statements_by_source[first:last])

    def is_inside_content(self, span: Span) -> bool:
        """Return True if a content span of some statement contains a span."""
        last = bisect_right(self.statements_by_content, (span[0], len(self.statements))) - 1
        return last >= 0 and self.content_reach[last] >= span[1]

    def is_inside_other_content(self, span: Span, offset: int) -> bool:
        """Return True if a content span of some statement contains a span, and none of those contains an offset too."""
        if not self.is_inside_content(span):
            return False
        first = bisect_left(self.statements_by_content, (self.get_window_start(span[0], NEAR_PARAGRAPHS), -1))
        last = bisect_right(self.statements_by_content, (span[0], len(self.statements)))
        near = {i for _, i in self.statements_by_content[first:last]}
        around = [c for i in near for c in self.statements[i].content if c[0] <= span[0] and span[1] <= c[1]]
        return not any(start <= offset < end for start, end in around)

    def is_quoted(self, offset: int) -> bool:
        """Return True if an offset lies between quotation marks."""
        return self.get_quotation(offset) is not None

    def get_quotation(self, offset: int) -> Span | None:
        """Return the quotation that contains an offset; None if there is none."""
        i = bisect_right(self.quotations, offset, key=lambda quotation: quotation[0]) - 1
        return self.quotations[i] if i >= 0 and offset < self.quotations[i][1] else None

    def get_names_in(self, span: Span) -> list[Mention]:
        """Return the names inside a span, in text order."""
        first, last = bisect_left(self.name_starts, span[0]), bisect_left(self.name_starts, span[1])
        return [m for m in self.name_mentions[first:last] if m.span[1] <= span[1]]

    def has_name_between(self, first: Token, last: Token) -> bool:
        """Return True if a token from ``first`` to ``last`` is part of a name."""
        return bisect_left(self.named_tokens, first.i) < bisect_right(self.named_tokens, last.i)


def build_resolution_context(
    doc: Doc,
    mentions: list[Mention],
    statements: list[Statement],
    quotations: Sequence[Quotation],
    reference: ReferenceTables,
) -> ResolutionContext:
    """Return the context of one document."""
    names = [m for m in mentions if not m.pronoun]
    name_by_token = {i: m for m in names for i in doc.get_tokens(m.span).indices}
    gender, titles = _collect_genders_and_titles(doc, mentions, reference)
    # The author's own sentences report nobody: a name in them is not inside a statement.
    # What no source says (*Moss was charged*) is the author's own.
    contents = [() if s.source is None or s.source_type == "author" else s.content for s in statements]
    spans = sorted((start, end, i) for i, content in enumerate(contents) for start, end in content)
    ordered = sorted(mentions, key=lambda m: m.span[0])
    return ResolutionContext(
        doc=doc,
        mentions=mentions,
        statements=statements,
        reference=reference,
        name_mentions=names,
        name_starts=[m.span[0] for m in names],
        name_by_token=name_by_token,
        named_tokens=sorted(name_by_token),
        gender_by_person=gender,
        titles_by_person=titles,
        quotations=[get_character_span(doc, quotation.range) for quotation in quotations],
        paragraph_starts=[doc[i].idx + len(doc[i]) for i in doc.paragraph_breaks],
        containing_statements=_find_containing_statements(statements),
        statements_by_source=sorted((s.source[0], i) for i, s in enumerate(statements) if s.source),
        statements_by_content=[(start, i) for start, _, i in spans],
        content_reach=list(accumulate((end for _, end, _ in spans), max)),
        ordered_mentions=ordered,
        person_mentions=[m for m in ordered if m.label == "person" and not m.pronoun and m.entity_id],
        person_ids=frozenset(m.entity_id for m in mentions if m.label == "person" and m.entity_id),
    )


def _find_containing_statements(statements: list[Statement]) -> list[list[int]]:
    """Return for each statement those whose content contains its source, the innermost first."""
    contents = [s.content for s in statements]
    sources = [s.source or MISSING_SPAN for s in statements]

    def get_containing_length(i: int, source: Span) -> int:
        return min(end - start for start, end in contents[i] if start <= source[0] and source[1] <= end)

    found = find_containing_contents(sources, contents)
    return [
        sorted((j for j in holders if j != i), key=lambda j: (get_containing_length(j, source), j))
        for i, (source, holders) in enumerate(zip(sources, found, strict=True))
    ]


def _collect_genders_and_titles(
    doc: Doc, mentions: list[Mention], reference: ReferenceTables
) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return the gender and the titles by person: from titles in the text, reference tables and given names."""
    gender: dict[str, str] = defaultdict(str)
    titles: dict[str, set[str]] = defaultdict(set)
    for m in mentions:
        if m.label != "person" or m.pronoun or m.entity_id is None:
            continue
        words, title_gender = find_preceding_titles(doc, m, reference)
        titles[m.entity_id] |= words
        known = reference.known_entities.get(m.entity_id)
        given = reference.given_names.get(get_given_name(m.text), "") if " " in normalise_name(m.text) else ""
        gender[m.entity_id] = gender[m.entity_id] or title_gender or (known.gender if known else "") or given
    return gender, titles
