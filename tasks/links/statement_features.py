"""What linking needs to know of one document's statements: who speaks, about whom, in which words, where."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from tasks.denials.classified_statements import DENIAL_TYPES, ClassifiedStatement, TokenIndex
from tasks.denials.denial_acts import DEMONSTRATIVES, has_content_clause
from tasks.denials.denial_lexicon import DenialLexicon
from tasks.document.doc import Doc, Token
from tasks.document.records import Mention, Span, Statement
from tasks.entities.reference_loader import ReferenceTables
from tasks.speakers.statement_resolution import ResolvedStatement

STEM_LETTERS = 5
MAX_SHORT_STEMS = 2
AIMED_ATTITUDES = frozenset(["accusation", "condemnation", "judgement", "praise", "stance"])
COUNTRY_BOUND_TYPES = frozenset(["country", "nationality", "organisation"])
CONTRAST_MARKERS = frozenset(["although", "though", "while", "whereas"])
CONTENT_TAGS = ("NN", "VB", "JJ", "CD", "RB")


class StatementFeatures(NamedTuple):
    """One statement as a party to a dispute."""

    statement: Statement
    speaker: frozenset[str]
    """ids of who speaks, whom he speaks for, and their countries"""
    party: frozenset[str]
    """ids of who speaks and whom he speaks for, without their countries"""
    about: frozenset[str]
    """ids of the entities that the content names, and their countries"""
    targets: frozenset[str]
    """ids of the entities accused or spoken about, and their countries"""
    words: Mapping[str, float]
    """stems of the content's words, with their weight in this document"""
    weight: float
    """of the words together"""
    wider: Mapping[str, float]
    """the words, with those of the rest of its sentence where a denial only points back"""
    refers_back: bool
    """the content points to what was said: *these claims*, *this*"""
    addressed: frozenset[str]
    """whom the cue names besides: *asked the minister about*"""
    latent: bool
    named: bool
    """a noun names it: *the claim that*"""
    hollow: bool
    """the content says nothing but names: *accused the minister*"""
    phrase: bool
    """the content has no verb: *the unrest*"""
    contrasted: bool
    """its clause is set against the one around it: *although the ministry insists*, *(in fact, ...)*"""
    asks: bool
    doubted: bool
    """whoever reports it does not vouch for it: *claimed*, *the allegation that*"""
    aimed: bool
    """the content is only whom or what the cue is aimed at: *criticized the mayor*"""
    short: bool
    """the content says so little that what it means was said just before: *She had not*"""
    figures: bool
    """the content names a number, or stands for one: *the toll*"""
    sentence: int
    paragraph: int
    start: int
    end: int
    spot: Span
    """the characters by which another holds it: its cue, or the first of its content"""
    reach: Span
    """the characters from the first to the last of its content"""

    @property
    def charges(self) -> bool:
        """Whether it accuses, speaks of a wrongful act, or passes on what unnamed others claim."""
        s = self.statement
        return s.kind == "accusation" or (s.kind == "statement" and s.source_type in ("hearsay", "unnamed"))


@dataclass(frozen=True, slots=True)
class LinkContext:
    """One document as linking sees it."""

    doc: Doc
    tokens: TokenIndex
    names: Mapping[int, Mention]
    """the name that holds a token"""
    stems: Sequence[str]
    """of each token, "" where it carries no meaning of its own"""
    weights: Mapping[str, float]
    """of each stem in this document"""
    knowledge: DenialLexicon
    reference: ReferenceTables


def build_statement_features(
    doc: Doc,
    judged: Sequence[ClassifiedStatement],
    mentions: Sequence[Mention],
    resolved: Sequence[ResolvedStatement],
    knowledge: DenialLexicon,
    reference: ReferenceTables,
) -> list[StatementFeatures]:
    """Return every statement of a document as a side."""
    tokens, stems = TokenIndex(doc), _stem_tokens(doc)
    names = {i: m for m in mentions if not m.pronoun and m.entity_id for i in range(*tokens.range(m.span))}
    scene = LinkContext(doc, tokens, names, stems, _compute_stem_weights(doc, stems), knowledge, reference)
    return [_build_features(scene, j, r) for j, r in zip(judged, resolved, strict=True)]


def _build_features(
    scene: LinkContext, judged: ClassifiedStatement, r: ResolvedStatement
) -> StatementFeatures:
    """Return one statement as a side."""
    s, doc, knowledge = judged.statement, scene.doc, scene.knowledge
    indices = sorted(i for span in s.content for i in range(*scene.tokens.range(span)))
    said = [doc.tokens[i] for i in indices]
    cue = doc.tokens[s.cue_token] if s.cue_token is not None else None
    spot = cue.i if cue is not None else indices[0]
    phrase = not any(t.tag_.startswith("VB") for t in said)
    stems = [stem for i in indices if (stem := scene.stems[i])]
    words = {stem: scene.weights[stem] for stem in stems}
    points = not stems or _is_back_reference(said, knowledge)
    return StatementFeatures(
        s,
        _get_speaker_keys(s, r, scene),
        frozenset(i for i in (r.speaker_id, r.speaker_affiliation_id) if i),
        _get_entity_keys({m.entity_id for i in indices if (m := scene.names.get(i))}, scene.reference),
        _get_entity_keys(r.target_ids, scene.reference),
        words,
        sum(words.values()),
        words | _get_rest_of_sentence(scene, indices, s) if points and s.kind in DENIAL_TYPES else words,
        points,
        _find_addressed_keys(cue, scene) if cue is not None else frozenset(),
        judged.latent,
        cue is not None and cue.tag_.startswith("NN"),
        phrase and _is_hollow(said, scene),
        phrase,
        _is_contrasted(cue) if cue is not None else doc[max(spot - 1, 0)].text == "(",
        s.kind == "question"
        or (judged.latent and _is_question_or_prompt(doc.folded_text[slice(*s.content[-1])], knowledge)),
        cue is not None and (s.cue_lemma in knowledge.doubted or cue.lower_ in knowledge.claim_nouns),
        phrase and s.rule == "np" and s.attitude in AIMED_ATTITUDES,
        len(stems) <= MAX_SHORT_STEMS,
        any(t.tag_ == "CD" or t.lower_ in knowledge.figures for t in said),
        bisect_right(doc.sentence_starts, spot),
        bisect_right(doc.paragraph_breaks, spot),
        indices[0],
        indices[-1],
        s.cue or s.content[0],
        (min(a for a, _ in s.content), max(b for _, b in s.content)),
    )


def _get_rest_of_sentence(scene: LinkContext, indices: Sequence[int], s: Statement) -> dict[str, float]:
    """Return the weighted stems of a content's first sentence that content and source leave out."""
    inside = {*indices, *(range(*scene.tokens.range(s.source)) if s.source else ())}
    sentence = scene.doc[indices[0]].sent
    stems = (scene.stems[i] for i in range(sentence.start, sentence.end) if i not in inside)
    return {stem: scene.weights[stem] for stem in stems if stem}


def _is_content_word(token: Token) -> bool:
    """Return True if a word carries meaning of its own."""
    word = token.word
    return not (word.is_stop or word.is_punct) and token.tag_.startswith(CONTENT_TAGS)


def _is_question_or_prompt(folded: str, knowledge: DenialLexicon) -> bool:
    """Return True if what the text itself says is a question, or tells of one: *Asked about the plan*."""
    return folded.endswith("?") or knowledge.regex["prompt"].match(folded) is not None


def _is_hollow(said: Sequence[Token], scene: LinkContext) -> bool:
    """Return True if a content without a verb only names somebody or something, with no word of what it is."""
    inside = {t.i for t in said}
    heads = [t.i for t in said if t.head.i not in inside and scene.stems[t.i]]
    called = {t.head.i for t in said if t.dep_ == "appos" and t.i in scene.names}
    return all(i in scene.names or i in called for i in heads)


def _stem_tokens(doc: Doc) -> list[str]:
    """Return each content word cut to its first letters, which joins *involved* and *involvement*; "" for others."""
    return [token.lower_[:STEM_LETTERS] if _is_content_word(token) else "" for token in doc]


def _compute_stem_weights(doc: Doc, stems: Sequence[str]) -> dict[str, float]:
    """Return the weight of each stem: rare in this document is heavy; between 0 and 1."""
    edges = [*doc.sentence_starts, len(doc)]
    seen: Counter[str] = Counter()
    for start, end in pairwise(edges):
        seen.update(set(stems[start:end]))
    total = len(edges) - 1
    weights = {n: math.log(1 + total / n) / math.log(1 + total) for n in set(seen.values())}
    return {stem: weights[n] for stem, n in seen.items()}


def _get_speaker_keys(s: Statement, r: ResolvedStatement, scene: LinkContext) -> frozenset[str]:
    """Return the keys of who speaks: entities where they are known, else the head word of the source."""
    ids = {i for i in (r.speaker_id, r.speaker_affiliation_id) if i}
    if ids:
        return _get_entity_keys(ids, scene.reference)
    if s.source is None or s.source_type == "pronoun":
        return frozenset()
    words = scene.doc.tokens[slice(*scene.tokens.range(s.source))]
    return frozenset(t.lower_ for t in words if t.tag_.startswith("NN"))


def _get_entity_keys(ids: Iterable[str | None], reference: ReferenceTables) -> frozenset[str]:
    """Return entity ids with the countries that they are or belong to."""
    known = {i for i in ids if i}
    countries = {
        k.country_code
        for i in known
        if (k := reference.known_entities.get(i)) is not None and k.entity_type in COUNTRY_BOUND_TYPES
    }
    return frozenset(known | {f"country:{c}" for c in countries if c})


def _find_addressed_keys(cue: Token, scene: LinkContext) -> frozenset[str]:
    """Return the keys of the entities that depend on the cue as objects."""
    objects = [k for k in cue.children if k.dep_ in ("dobj", "dative", "pobj")]
    return _get_entity_keys(
        {scene.names[k.i].entity_id for k in objects if k.i in scene.names}, scene.reference
    )


def _is_back_reference(said: Sequence[Token], knowledge: DenialLexicon) -> bool:
    """Return True if a content points back: its head or subject is *this*, or a claim whose clause is not given."""
    inside = {t.i for t in said}
    heads = [t for t in said if t.head.i not in inside or t.head is t]
    parts = [k for h in heads for k in h.children if k.i in inside]
    subjects = [k for k in parts if k.dep_ in ("nsubj", "nsubjpass")]
    # "Planting them" says enough; "I never said that" does not.
    objects = [k for k in parts if k.dep_ == "dobj" and k.tag_ == "DT"]
    return any(_is_anaphoric(token, knowledge) for token in [*heads, *subjects, *objects])


def _is_contrasted(verb: Token) -> bool:
    """Return True if a clause is set against its main clause: *although*, *while*."""
    return verb.dep_ == "advcl" and any(
        k.dep_ == "mark" and k.lower_ in CONTRAST_MARKERS for k in verb.children
    )


def _is_anaphoric(token: Token, knowledge: DenialLexicon) -> bool:
    """Return True if a noun or pronoun stands for something said before."""
    if token.lower_ in DEMONSTRATIVES and token.tag_ in ("DT", "PRP", "NN"):
        return True
    determiners = {k.lower_ for k in token.children if k.dep_ in ("det", "predet", "amod")}
    if token.lower_ in knowledge.topics and determiners & {"the", "this", "that"}:
        return True
    if determiners & {"this", "that", "these", "those", "such"}:
        return True
    return token.lower_ in knowledge.claim_nouns and not has_content_clause(token)
