"""The features of a statement that linking uses: speaker, entities, weighted stems, position and flags."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc, Token
from tasks.document.function_words import CONTRAST_CONJUNCTIONS
from tasks.document.records import Mention, Span, Statement
from tasks.entities.reference_loader import ReferenceTables
from tasks.links.link_context import LinkContext, build_link_context
from tasks.links.link_knowledge import LinkKnowledge
from tasks.links.statement_content import StatementContent, read_statement_content
from tasks.speakers.statement_resolution import ResolvedStatement

AIMED_ATTITUDES = frozenset(["accusation", "condemnation", "judgement", "praise", "stance"])
COUNTRY_BOUND_TYPES = frozenset(["country", "nationality", "organisation"])


@dataclass(frozen=True, slots=True)
class StatementFeatures:
    """What linking uses of one statement."""

    statement: Statement
    speaker: frozenset[str]
    """ids of the speaker and of whom the speaker speaks for, and their countries"""
    party_ids: frozenset[str]
    """ids of the speaker and of whom the speaker speaks for, without their countries"""
    about: frozenset[str]
    """ids of the entities that the content names, and their countries"""
    targets: frozenset[str]
    """ids of the entities that the statement accuses or is about, and their countries"""
    addressed: frozenset[str]
    """ids of the objects of the cue, and their countries: *asked the minister about*"""
    words: Mapping[str, float]
    """weight of each stem of the content in this document"""
    weight: float
    """sum of the weights of ``words``"""
    sentence_words: Mapping[str, float]
    """``words``; of a denial that only refers back, with the other stems of its sentence"""
    is_tentative: bool
    """a denial only if it answers a claim"""
    latent: bool
    """a sentence of the author that becomes a claim only if a denial answers it"""
    refers_back: bool
    """the content refers to what was said: *these claims*, *this*"""
    is_noun_cue: bool
    """the cue is a noun: *the claim that*"""
    names_only: bool
    """the content consists of names: *accused the minister*"""
    is_phrase: bool
    """the content has no verb: *the unrest*"""
    is_contrasted: bool
    """the clause contrasts with its main clause: *although the ministry insists*, *(in fact, ...)*"""
    is_negated: bool
    """the content has a negation"""
    is_question: bool
    is_doubted: bool
    """the cue does not vouch for the content: *claimed*, *the allegation that*"""
    is_target_only: bool
    """the content is the object of a verb of criticism: *criticized the mayor*"""
    is_short: bool
    """the content has so few words that it depends on what was said before: *She had not*"""
    has_figure: bool
    """the content has a number, or a noun that refers to one: *the toll*"""
    sentence: int
    paragraph: int
    start: int
    end: int
    anchor: Span
    """the cue, or the first span of the content: a content that contains it contains the statement"""
    extent: Span
    """the span from the first to the last character of the content"""

    @property
    def is_charge(self) -> bool:
        """Whether it accuses, speaks of a wrongful act, or passes on what unnamed others claim."""
        s = self.statement
        return s.kind == "accusation" or (s.kind == "statement" and s.source_type in ("hearsay", "unnamed"))


def build_statement_features(
    doc: Doc,
    classified: Sequence[ClassifiedStatement],
    mentions: Sequence[Mention],
    resolved: Sequence[ResolvedStatement],
    knowledge: LinkKnowledge,
) -> list[StatementFeatures]:
    """Return the features of every statement of a document."""
    context = build_link_context(doc, mentions, knowledge)
    return [_build_features(context, c, r) for c, r in zip(classified, resolved, strict=True)]


def _build_features(context: LinkContext, c: ClassifiedStatement, r: ResolvedStatement) -> StatementFeatures:
    """Return the features of one statement."""
    s, doc, reference = c.statement, context.doc, context.reference
    content = read_statement_content(s, context)
    cue = doc.tokens[s.cue_token] if s.cue_token is not None else None
    position = cue.i if cue is not None else content.indices[0]
    return StatementFeatures(
        statement=s,
        speaker=_get_speaker_keys(s, r, context),
        party_ids=frozenset(i for i in (r.speaker_id, r.speaker_affiliation_id) if i),
        about=_find_named_keys(content.indices, context),
        targets=_get_entity_keys(r.target_ids, reference),
        addressed=_find_addressed_keys(cue, context),
        words=content.words,
        weight=sum(content.words.values()),
        sentence_words=_add_sentence_words(content, s, context) if content.refers_back else content.words,
        is_tentative=c.tentative,
        latent=c.latent,
        refers_back=content.refers_back,
        is_noun_cue=cue is not None and cue.tag_.startswith("NN"),
        names_only=content.names_only,
        is_phrase=content.is_phrase,
        is_contrasted=_is_contrasted(cue) if cue is not None else doc[max(position - 1, 0)].text == "(",
        is_negated=content.is_negated,
        is_question=_is_question(c, context),
        is_doubted=_is_doubted(s, cue, context.lexicon),
        is_target_only=content.is_phrase and s.rule == "np" and s.attitude in AIMED_ATTITUDES,
        is_short=content.is_short,
        has_figure=content.has_figure,
        sentence=bisect_right(doc.sentence_starts, position),
        paragraph=bisect_right(doc.paragraph_breaks, position),
        start=content.indices[0],
        end=content.indices[-1],
        anchor=s.cue or s.content[0],
        extent=(min(a for a, _ in s.content), max(b for _, b in s.content)),
    )


def _find_named_keys(indices: Sequence[int], context: LinkContext) -> frozenset[str]:
    """Return the keys of the entities that some tokens name."""
    return _get_entity_keys(
        {context.names[i].entity_id for i in indices if i in context.names}, context.reference
    )


def _add_sentence_words(content: StatementContent, s: Statement, context: LinkContext) -> Mapping[str, float]:
    """Return the words of a denial with the stems of its first sentence outside content and source."""
    if s.kind not in DENIAL_TYPES:
        return content.words
    inside = {*content.indices, *(range(*context.tokens.get_range(s.source)) if s.source else ())}
    sentence = context.doc[content.indices[0]].sent
    stems = (context.stems[i] for i in range(sentence.start, sentence.end) if i not in inside)
    return {**content.words, **{stem: context.weights[stem] for stem in stems if stem}}


def _is_question(classified: ClassifiedStatement, context: LinkContext) -> bool:
    """Return True if a statement asks, or is a sentence of the author that asks or that reports a question."""
    if classified.statement.kind == "question":
        return True
    folded = context.doc.folded_text[slice(*classified.statement.content[-1])]
    return classified.latent and _is_question_or_prompt(folded, context.lexicon)


def _is_doubted(s: Statement, cue: Token | None, lexicon: DenialLexicon) -> bool:
    """Return True if the cue does not vouch for the content."""
    return cue is not None and (s.cue_lemma in lexicon.doubted_cues or cue.lower_ in lexicon.claim_nouns)


def _is_question_or_prompt(folded: str, lexicon: DenialLexicon) -> bool:
    """Return True if a sentence in lower case is a question or reports one: *Asked about the plan*."""
    return folded.endswith("?") or lexicon.compiled_patterns["prompt"].match(folded) is not None


def _get_speaker_keys(s: Statement, r: ResolvedStatement, context: LinkContext) -> frozenset[str]:
    """Return the keys of who speaks: entities where they are known, else the head word of the source."""
    ids = {i for i in (r.speaker_id, r.speaker_affiliation_id) if i}
    if ids:
        return _get_entity_keys(ids, context.reference)
    if s.source is None or s.source_type == "pronoun":
        return frozenset()
    words = context.doc.tokens[slice(*context.tokens.get_range(s.source))]
    return frozenset(t.lower_ for t in words if t.tag_.startswith("NN"))


def _get_entity_keys(ids: Iterable[str | None], reference: ReferenceTables) -> frozenset[str]:
    """Return entity ids with the countries that they are or belong to."""
    known = frozenset(i for i in ids if i)
    if not known:
        return known
    countries = {
        k.country_code
        for i in known
        if (k := reference.known_entities.get(i)) is not None and k.entity_type in COUNTRY_BOUND_TYPES
    }
    return known | {f"country:{c}" for c in countries if c}


def _find_addressed_keys(cue: Token | None, context: LinkContext) -> frozenset[str]:
    """Return the keys of the entities that depend on the cue as objects."""
    if cue is None:
        return frozenset()
    objects = [k for k in cue.children if k.dep_ in ("dobj", "dative", "pobj")]
    return _get_entity_keys(
        {context.names[k.i].entity_id for k in objects if k.i in context.names}, context.reference
    )


def _is_contrasted(verb: Token) -> bool:
    """Return True if a clause contrasts with its main clause: *although*, *while*."""
    return verb.dep_ == "advcl" and any(
        k.dep_ == "mark" and k.lower_ in CONTRAST_CONJUNCTIONS for k in verb.children
    )
