"""Entities for participants without a name: *the ministry*, *two unidentified gunmen*.

They belong to one document. Equal phrases of a document are one entity of type ``unnamed`` with the phrase as its name,
so that nameless speakers and accused groups can be counted. This is the last step: linking and the joining of entities
across documents must not take equal phrases for equal entities.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from tasks.accusations.actors import resolve_relative
from tasks.attribution.source_phrases import get_coordinated_nouns, get_noun_phrase
from tasks.document.doc import Doc, Token
from tasks.document.records import Mention, Span, Statement, make_content_id
from tasks.document.token_ranges import get_character_span
from tasks.entities.reference_tables import RoleNoun
from tasks.speakers.antecedents import find_plural_subject
from tasks.speakers.named_sources import is_some_member
from tasks.speakers.statement_resolution import ResolvedStatement
from warehouse.tables import UNNAMED_TYPE

PHRASE_METHOD = "phrase"
UNNAMED_SPEAKER = "unnamed"
"""the resolution of a source that is a description without a name"""
PHRASE_CONFIDENCE = 0.8
BODIES = frozenset(["organisation", "government"])
BODY_LABELS = frozenset(["organisation", "country"])
BODY_PREPOSITIONS = frozenset(["for", "of", "from", "at", "with"])
UNRESOLVED = "unresolved"
"""the resolution of a pronoun that no name explains"""
PRONOUN_METHOD = "nameless_speaker"
PRONOUN_CONFIDENCE = 0.6
MAX_PRONOUN_DISTANCE = 400
"""characters before a pronoun within which its nameless speaker is looked for"""
MAX_DISTANCE = 600
"""characters before *a spokesman* within which the body is named that he speaks for"""
RELATIVE_SOURCES = frozenset(["who", "that", "which"])
RELATIVE_TAGS = frozenset(["WP", "WDT", "WP$"])
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
    statements: Sequence[tuple[Statement, ResolvedStatement]],
    roles: Mapping[str, RoleNoun],
    documents: Set[str],
) -> tuple[list[Mention], list[ResolvedStatement]]:
    """Return the mentions with those of nameless participants, and the statements with their entities.

    Args:
        doc: the parsed document.
        doc_id: the id of the document, to which the entities belong.
        mentions: the mentions of names and pronouns.
        statements: each statement with its speakers and targets that have names.
        roles: the nouns that refer to people and bodies.
        documents: the nouns for documents by which somebody speaks.
    """
    phrases = _PhraseMentions(doc, doc_id, mentions)
    # The first pass finds the phrases among which the second looks for the body that a spokesman speaks for.
    rows = [(statement, _add_entities(phrases, statement, row)) for statement, row in statements]
    rows = _resolve_pronouns(phrases, rows, roles, documents)
    affiliated = [_add_affiliation(phrases, roles, statement, row) for statement, row in rows]
    return phrases.merge(), affiliated


class _PhraseMentions:
    """The mentions of nameless phrases of one document, made as they are asked for."""

    def __init__(self, doc: Doc, doc_id: str, mentions: Sequence[Mention]) -> None:
        """Prepare the mentions of a document."""
        self.doc = doc
        self.doc_id = doc_id
        self.mentions = mentions
        self.mention_by_token = {i: m for m in mentions for i in doc.get_tokens(m.span).indices}
        self.found: dict[Span, Mention] = {}
        self.described = _find_described_people(doc, mentions)

    def get_entity(self, head: int | None, end: int | None = None) -> str | None:
        """Return the entity of a phrase by its head: that of its name, or that of its words; None for a pronoun.

        The phrase ends at the offset ``end`` if one is given.
        """
        if head is None:
            return None
        named = self.mention_by_token.get(head)
        if named is not None and not is_some_member(self.doc[head], named):
            return None if named.pronoun else named.entity_id
        phrase = _find_nameless_phrase(self.doc, head, end)
        if phrase is None or (named is not None and phrase.span == named.span):
            # *Some Democrats*: the words name the body, of which these are some members.
            return None
        if (person := self.described.get(phrase.name)) is not None:
            return person
        mention = self.found.setdefault(phrase.span, _make_mention(self.doc, self.doc_id, phrase))
        return mention.entity_id

    def merge(self) -> list[Mention]:
        """Return all mentions in text order, those of phrases only where no other mention has the same span."""
        taken = {m.span for m in self.mentions}
        added = (m for m in self.found.values() if m.span not in taken)
        return sorted([*self.mentions, *added], key=lambda m: m.span)

    def find_last_body(self, offset: int, roles: Mapping[str, RoleNoun]) -> str | None:
        """Return the last organisation, named or described by a role noun, that ends before an offset."""
        described = (
            m
            for m in self.found.values()
            if (role := roles.get(self.doc[m.head].lower_)) and role.category in BODIES
        )
        named = (m for m in self.mentions if m.label in BODY_LABELS and m.entity_id)
        before = [
            m for m in (*described, *named) if m.span[1] <= offset and offset - m.span[0] <= MAX_DISTANCE
        ]
        return max(before, key=lambda m: m.span[0]).entity_id if before else None


def _find_described_people(doc: Doc, mentions: Iterable[Mention]) -> dict[str, str]:
    """Return by description the person whom only it describes: *Ana Ruiz, an Orlandish nurse*.

    A description is at least two words: *a nurse* may be anybody.
    """
    people: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.label != "person" or mention.pronoun or mention.entity_id is None:
            continue
        for noun in (k for k in doc[mention.head].rights if k.dep_ == "appos" and k.tag_ == "NN"):
            start = next((t.i for t in doc.tokens[noun.left_edge.i :] if t.tag_ not in LEADING_TAGS), noun.i)
            if start < noun.i:
                people[_make_phrase_name(doc.tokens[start : noun.i + 1])].add(mention.entity_id)
    return {name: entities.pop() for name, entities in people.items() if len(entities) == 1}


def _add_entities(
    phrases: _PhraseMentions, statement: Statement, row: ResolvedStatement
) -> ResolvedStatement:
    """Return a statement with the entities of its nameless speakers and accused."""
    doc = phrases.doc
    head = statement.source_token
    speaker, joint = row.speaker_id, row.speaker_ids
    if head is not None and row.speaker_resolution == UNNAMED_SPEAKER:
        antecedent = _find_antecedent_noun(doc[head])
        end = statement.source[1] if statement.source and antecedent is doc[head] else None
        speaker = phrases.get_entity(antecedent.i, end)
    if head is not None and speaker is not None and joint is None and not doc[head].tag_.startswith("PRP"):
        heads = [t.i for t in get_coordinated_nouns(doc[head])[1:]]
        others = (
            [entity for i in heads if (entity := phrases.get_entity(i))]
            if _is_inside(statement, doc, heads)
            else []
        )
        joint = list(dict.fromkeys([speaker, *others])) if others else None
        joint = joint if joint and len(joint) > 1 else None
    nameless = [phrases.get_entity(p.head, p.span[1]) for p in row.accused if not p.entity_ids]
    targets = [
        e for e in dict.fromkeys([*row.target_ids, *nameless]) if e and e not in (speaker, *(joint or ()))
    ]
    if speaker == row.speaker_id and joint == row.speaker_ids and targets == row.target_ids:
        return row
    confidence = row.speaker_confidence if speaker == row.speaker_id else PHRASE_CONFIDENCE
    return replace(
        row, speaker_id=speaker, speaker_ids=joint, speaker_confidence=confidence, target_ids=targets
    )


def _find_antecedent_noun(source: Token) -> Token:
    """Return the noun that a relative pronoun refers to, or the source itself: *officials who*, *a report that*."""
    antecedent = resolve_relative(source)
    return antecedent if source.lower_ in RELATIVE_SOURCES else source


def _resolve_pronouns(
    phrases: _PhraseMentions,
    rows: Sequence[tuple[Statement, ResolvedStatement]],
    roles: Mapping[str, RoleNoun],
    documents: Set[str],
) -> list[tuple[Statement, ResolvedStatement]]:
    """Return the statements; a pronoun that no name explains is the nameless speaker just before it.

    *A witness said he saw smoke. He said the alarm failed.* / *The ministry reported a leak. It said that …*
    """
    doc, before, resolved = phrases.doc, list[tuple[int, str]](), []
    for statement, row in sorted(rows, key=lambda pair: pair[0].source or (0, 0)):
        head = statement.source_token
        if head is not None and row.speaker_id is None and row.speaker_resolution == UNRESOLVED:
            fitting = [e for i, e in before if _can_replace(doc[head], doc[i], roles)]
            fitting += _find_nameless_subject(phrases, doc[head])
            if fitting:
                row = replace(
                    row,
                    speaker_id=fitting[-1],
                    speaker_resolution=PRONOUN_METHOD,
                    speaker_confidence=PRONOUN_CONFIDENCE,
                )
        elif head is not None and row.speaker_id is not None and doc[head].lower_ not in documents:
            before = [*before[-5:], (head, row.speaker_id)]
        resolved.append((statement, row))
    by_statement = {id(statement): row for statement, row in resolved}
    return [(statement, by_statement[id(statement)]) for statement, _ in rows]


def _find_nameless_subject(phrases: _PhraseMentions, pronoun: Token) -> list[str]:
    """Return the entity of the plural noun that *they* refer to: *Farmers went to the mill, where they said that*."""
    subject = find_plural_subject(pronoun) if pronoun.lower_ == "they" else None
    entity = phrases.get_entity(subject.i) if subject is not None else None
    return [entity] if entity is not None else []


def _can_replace(pronoun: Token, noun: Token, roles: Mapping[str, RoleNoun]) -> bool:
    """Return True if a pronoun may refer to the noun of a nameless speaker shortly before it."""
    if not noun.tag_.startswith("NN") or pronoun.idx - noun.idx > MAX_PRONOUN_DISTANCE or noun.i >= pronoun.i:
        return False
    role = roles.get(noun.lower_)
    is_body = role is not None and role.category in BODIES
    if pronoun.lower_ == "it":
        return is_body and noun.tag_ in ("NN", "NNP")
    if pronoun.lower_ == "they":
        return noun.tag_ in ("NNS", "NNPS") or is_body
    is_person = role is None or role.category == "person"
    return pronoun.lower_ in ("he", "she") and is_person and noun.tag_ in ("NN", "NNP")


def _is_inside(statement: Statement, doc: Doc, heads: Sequence[int]) -> bool:
    """Return True if the source of a statement holds all of these tokens."""
    source = statement.source
    return source is not None and all(source[0] <= doc[i].idx < source[1] for i in heads)


def _add_affiliation(
    phrases: _PhraseMentions, roles: Mapping[str, RoleNoun], statement: Statement, row: ResolvedStatement
) -> ResolvedStatement:
    """Return a statement with the body that a nameless representative speaks for: *a spokesman (for the ministry)*.

    It is the body that the source names or describes, or else the last one before it.
    """
    head, doc = statement.source_token, phrases.doc
    if head is None or row.speaker_affiliation_id is not None or row.speaker_resolution != UNNAMED_SPEAKER:
        return row
    role = roles.get(doc[head].lower_)
    if role is None or role.category != "person":
        return row
    inside = [k for k in doc[head].lefts if k.dep_ in ("compound", "poss", "nmod")]
    inside += [
        o for p in doc[head].rights if p.lower_ in BODY_PREPOSITIONS for o in p.children if o.dep_ == "pobj"
    ]
    bodies = [k for k in inside if k.i in phrases.mention_by_token or roles.get(k.lower_)]
    body = next((entity for k in bodies if (entity := phrases.get_entity(k.i))), None)
    if body is None and role.speaks_for:
        body = phrases.find_last_body(doc[head].idx, roles)
    return replace(row, speaker_affiliation_id=body if body != row.speaker_id else None)


def _find_nameless_phrase(doc: Doc, head: int, limit: int | None) -> NamelessPhrase | None:
    """Return the noun phrase of a noun, or None if the head is no noun or is negated (*no official*).

    It ends at the offset ``limit`` if that is given.
    """
    if not doc[head].tag_.startswith("NN"):
        return None
    if any(k.lower_ == "no" for k in doc[head].lefts):
        return None
    start, end = get_noun_phrase(doc, doc[head])
    # *Soldiers from Orland, who burned the huts*: the clause may depend on any noun of the phrase.
    end = next(
        (t.i - 1 for t in doc.tokens[head + 2 : end] if t.tag_ in RELATIVE_TAGS and t.nbor(-1).text == ","),
        end,
    )
    while limit is not None and end - 1 > head and doc[end - 1].idx >= limit:
        end -= 1
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
        label=UNNAMED_TYPE,
        head=phrase.head,
        entity_id=make_content_id("ent", UNNAMED_TYPE, doc_id, phrase.name),
        resolution=PHRASE_METHOD,
        confidence=PHRASE_CONFIDENCE,
    )
