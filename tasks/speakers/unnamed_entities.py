"""Entities for participants without a name: *the ministry*, *two unidentified gunmen*.

They belong to one document. Equal phrases of a document are one entity of type ``unnamed`` with the phrase as its name,
so that nameless speakers and accused groups can be counted. This is the last step: linking and the joining of entities
across documents must not take equal phrases for equal entities.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tasks.attribution.source_phrases import get_noun_phrase
from tasks.document.doc import Doc, Token
from tasks.document.records import Mention, Span, Statement, make_content_id
from tasks.document.token_ranges import get_character_span
from tasks.speakers.statement_resolution import ResolvedStatement

UNNAMED_LABEL = "unnamed"
PHRASE_METHOD = "phrase"
UNNAMED_SPEAKER = "unnamed"
"""the resolution of a source that is a description without a name"""
PHRASE_CONFIDENCE = 0.8
LEADING_TAGS = frozenset(["DT", "PRP$", "WDT", "PDT"])


@dataclass(frozen=True, slots=True)
class NamelessPhrase:
    """A noun phrase without a name, and its name as an entity."""

    span: Span
    head: int
    name: str


def add_unnamed_entities(
    doc: Doc,
    doc_id: str,
    mentions: Sequence[Mention],
    statements: Sequence[Statement],
    resolved: Sequence[ResolvedStatement],
) -> tuple[list[Mention], list[ResolvedStatement]]:
    """Return the mentions with those of nameless participants, and the statements with their entities.

    Args:
        doc: the parsed document.
        doc_id: the id of the document, to which the entities belong.
        mentions: the mentions of names and pronouns.
        statements: the statements in the order of ``resolved``.
        resolved: the statements with the speakers and targets that have names.
    """
    named_tokens = {t.i for m in mentions for t in doc.get_tokens(m.span)}
    found: dict[Span, Mention] = {}

    def get_entity(head: int | None) -> str | None:
        phrase = _find_nameless_phrase(doc, head, named_tokens)
        if phrase is None:
            return None
        mention = found.setdefault(phrase.span, _make_mention(doc, doc_id, phrase))
        return mention.entity_id

    rows = []
    for statement, row in zip(statements, resolved, strict=True):
        accused = [p.head for p in row.accused if not p.entity_ids]
        nameless = [entity for head in accused if (entity := get_entity(head))]
        speaker = get_entity(statement.source_token) if _is_unnamed_speaker(row) else None
        others = [entity for entity in dict.fromkeys(nameless) if entity != speaker]
        row = replace(row, target_ids=[*row.target_ids, *others])
        rows.append(
            replace(row, speaker_id=speaker, speaker_confidence=PHRASE_CONFIDENCE) if speaker else row
        )
    return _merge_mentions(mentions, found.values()), rows


def _is_unnamed_speaker(row: ResolvedStatement) -> bool:
    """Return True if the source of a statement is a description that refers to no named entity."""
    return row.speaker_id is None and row.speaker_resolution == UNNAMED_SPEAKER


def _find_nameless_phrase(doc: Doc, head: int | None, named_tokens: set[int]) -> NamelessPhrase | None:
    """Return the noun phrase of a common noun, or None if the head is no noun or part of a name."""
    if head is None or head in named_tokens or not doc[head].tag_.startswith("NN"):
        return None
    start, end = get_noun_phrase(doc, doc[head])
    while start < head and doc[start].tag_ in LEADING_TAGS:
        start += 1
    span = get_character_span(doc, (start, end))
    return NamelessPhrase(span, head, _make_phrase_name(doc.tokens[start:end]))


def _make_phrase_name(tokens: Iterable[Token]) -> str:
    """Return the words of a phrase in lower case, names as written."""
    return " ".join(t.text if t.tag_.startswith("NNP") else t.lower_ for t in tokens if not t.is_space)


def _make_mention(doc: Doc, doc_id: str, phrase: NamelessPhrase) -> Mention:
    """Return the mention of a nameless phrase; equal phrases of a document have one entity."""
    return Mention(
        span=phrase.span,
        text=doc.text[slice(*phrase.span)],
        label=UNNAMED_LABEL,
        head=phrase.head,
        entity_id=make_content_id("ent", UNNAMED_LABEL, doc_id, phrase.name),
        resolution=PHRASE_METHOD,
        confidence=PHRASE_CONFIDENCE,
    )


def _merge_mentions(mentions: Sequence[Mention], added: Iterable[Mention]) -> list[Mention]:
    """Return all mentions in text order, those of nameless phrases only where no other has the same span."""
    taken = {m.span for m in mentions}
    return sorted([*mentions, *(m for m in added if m.span not in taken)], key=lambda m: m.span)
