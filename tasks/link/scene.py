"""What linking needs to know of one document's statements: who speaks, about whom, in which words, where."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.extract.denial_knowledge import Knowledge
from tasks.extract.disputes import DEMONSTRATIVES, says_what
from tasks.extract.judged import Judged, Tokens
from tasks.normalise.reference import Reference
from tasks.normalise.resolve import Resolved
from tasks.parsed import Doc, Token
from tasks.records import Mention, Statement

STEM = 5
SHORT = 2
AIMING = frozenset(["accusation", "judgement", "stance"])
STATES = frozenset(["country", "nationality", "organisation"])
CONTRAST = frozenset(["although", "though", "while", "whereas"])
CONTENT_TAGS = ("NN", "VB", "JJ", "CD", "RB")


@dataclass(frozen=True, slots=True)
class Side:
    """One statement as a party to a dispute."""

    statement: Statement
    speaker: frozenset[str]
    """ids of who speaks, whom he speaks for, and their countries"""
    about: frozenset[str]
    """ids of the entities that the content names, and their countries"""
    targets: frozenset[str]
    """ids of the entities accused or spoken about, and their countries"""
    words: Mapping[str, float]
    """stems of the content's words, with their weight in this document"""
    context: Mapping[str, float]
    """the same for the rest of its sentence"""
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

    @property
    def charges(self) -> bool:
        """Whether it accuses, or passes on what unnamed others claim."""
        s = self.statement
        return s.kind == "accusation" or (s.kind == "statement" and s.source_type in ("hearsay", "unnamed"))


def make_sides(
    doc: Doc,
    judged: Sequence[Judged],
    mentions: Sequence[Mention],
    resolved: Sequence[Resolved],
    knowledge: Knowledge,
    reference: Reference,
) -> list[Side]:
    """Return every statement of a document as a side."""
    tokens = Tokens(doc)
    names = {i: m for m in mentions if not m.pronoun and m.entity_id for i in range(*tokens.range(m.span))}
    stems = stems_of(doc)
    weights = word_weights(doc, stems)
    sides = []
    for j, r in zip(judged, resolved, strict=True):
        s = j.statement
        indices = sorted(i for span in s.content for i in range(*tokens.range(span)))
        speaker = speaker_keys(s, r, doc, tokens, reference)
        about = entity_keys({m.entity_id for i in indices if (m := names.get(i))}, reference)
        spot = s.cue_token if s.cue_token is not None else indices[0]
        sides.append(
            Side(
                s,
                speaker,
                about,
                entity_keys(r.target_ids, reference),
                weighted(stems, indices, weights),
                weighted(stems, around(doc, indices, tokens, s), weights),
                refers_back(doc, indices, knowledge),
                addressed(s, doc, names, reference),
                j.latent,
                s.cue_token is not None and doc[s.cue_token].tag_.startswith("NN"),
                is_hollow(doc, indices, names),
                not any(doc[i].tag_.startswith("VB") for i in indices),
                is_contrasted(doc[spot]) if s.cue_token is not None else doc[max(spot - 1, 0)].text == "(",
                s.kind == "question" or (j.latent and asks(doc.folded[slice(*s.content[-1])], knowledge)),
                is_doubted(s, doc, knowledge),
                is_aimed(s, doc, indices),
                sum(bool(stems[i]) for i in indices) <= SHORT,
                any(doc[i].tag_ == "CD" or doc[i].lower_ in knowledge.figures for i in indices),
                bisect_right(doc.sentence_starts, spot),
                bisect_right(doc.breaks, spot),
                indices[0],
                indices[-1],
            )
        )
    return sides


def weighted(stems: Sequence[str], indices: Iterable[int], weights: Mapping[str, float]) -> dict[str, float]:
    """Return the stems of the content words with their weights."""
    return {stem: weights[stem] for i in indices if (stem := stems[i])}


def around(doc: Doc, indices: Sequence[int], tokens: Tokens, s: Statement) -> list[int]:
    """Return the tokens of a content's first sentence that content and source leave out."""
    inside = {*indices, *(range(*tokens.range(s.source)) if s.source else ())}
    sentence = doc[indices[0]].sent
    return [i for i in range(sentence.start, sentence.end) if i not in inside]


def is_content(token: Token) -> bool:
    """Tell whether a word carries meaning of its own."""
    return token.tag_.startswith(CONTENT_TAGS) and not token.is_stop and not token.is_punct


def asks(folded: str, knowledge: Knowledge) -> bool:
    """Tell whether what the text itself says is a question, or tells of one: *Asked about the plan*."""
    return folded.endswith("?") or knowledge.regex["prompt"].match(folded) is not None


def is_hollow(doc: Doc, indices: Sequence[int], names: Collection[int]) -> bool:
    """Tell whether a content only names somebody or something, with no word of what it is said to do."""
    if any(doc[i].tag_.startswith("VB") for i in indices):
        return False
    inside = set(indices)
    heads = [i for i in indices if doc[i].head.i not in inside and is_content(doc[i])]
    called = {k.head.i for i in indices if (k := doc[i]).dep_ == "appos" and i in names}
    return all(i in names or i in called for i in heads)


def is_doubted(s: Statement, doc: Doc, knowledge: Knowledge) -> bool:
    """Tell whether whoever reports a claim keeps it at a distance."""
    if s.cue_token is None:
        return False
    return s.cue_lemma in knowledge.doubted or doc[s.cue_token].lower_ in knowledge.claim_nouns


def is_aimed(s: Statement, doc: Doc, indices: Sequence[int]) -> bool:
    """Tell whether a content is only whom or what the cue is aimed at."""
    aims = s.rule == "np" and s.attitude in AIMING
    return aims and not any(doc[i].tag_.startswith("VB") for i in indices)


def stems_of(doc: Doc) -> list[str]:
    """Return each content word cut to its first letters, which joins *involved* and *involvement*; "" for others."""
    return [token.lower_[:STEM] if is_content(token) else "" for token in doc]


def word_weights(doc: Doc, stems: Sequence[str]) -> dict[str, float]:
    """Return the weight of each stem: rare in this document is heavy; between 0 and 1."""
    sentences = list(doc.sents)
    total = len(sentences)
    seen = Counter(stem for s in sentences for stem in {*stems[s.start : s.end]} - {""})
    return {w: math.log(1 + total / n) / math.log(1 + total) for w, n in seen.items()}


def speaker_keys(s: Statement, r: Resolved, doc: Doc, tokens: Tokens, reference: Reference) -> frozenset[str]:
    """Return the keys of who speaks: entities where they are known, else the head word of the source."""
    ids = {i for i in (r.speaker_id, r.speaker_affiliation_id) if i}
    if ids:
        return entity_keys(ids, reference)
    if s.source is None or s.source_type == "pronoun":
        return frozenset()
    return frozenset(doc[i].lower_ for i in range(*tokens.range(s.source)) if doc[i].tag_.startswith("NN"))


def entity_keys(ids: Iterable[str | None], reference: Reference) -> frozenset[str]:
    """Return entity ids with the countries that they are or belong to."""
    known = {i for i in ids if i}
    countries = {
        k.country_code for i in known if (k := reference.known.get(i)) is not None and k.entity_type in STATES
    }
    return frozenset(known | {f"country:{c}" for c in countries if c})


def addressed(s: Statement, doc: Doc, names: Mapping[int, Mention], reference: Reference) -> frozenset[str]:
    """Return the keys of the entities that depend on the cue as objects."""
    if s.cue_token is None:
        return frozenset()
    objects = [k for k in doc[s.cue_token].children if k.dep_ in ("dobj", "dative", "pobj")]
    return entity_keys({names[k.i].entity_id for k in objects if k.i in names}, reference)


def refers_back(doc: Doc, indices: Sequence[int], knowledge: Knowledge) -> bool:
    """Tell whether a content points back: its head or subject is *this*, or a claim whose clause is not given."""
    if not any(is_content(doc[i]) for i in indices):
        return True
    inside = set(indices)
    heads = [doc[i] for i in indices if doc[i].head.i not in inside or doc[i].head.i == i]
    parts = [k for h in heads for k in h.children if k.i in inside]
    subjects = [k for k in parts if k.dep_ in ("nsubj", "nsubjpass")]
    # "Planting them" says enough; "I never said that" does not.
    objects = [k for k in parts if k.dep_ == "dobj" and k.tag_ == "DT"]
    return any(points_back(token, knowledge) for token in [*heads, *subjects, *objects])


def is_contrasted(verb: Token) -> bool:
    """Tell whether a clause is set against its main clause: *although*, *while*."""
    return verb.dep_ == "advcl" and any(k.dep_ == "mark" and k.lower_ in CONTRAST for k in verb.children)


def points_back(token: Token, knowledge: Knowledge) -> bool:
    """Tell whether a noun or pronoun stands for something said before."""
    if token.lower_ in DEMONSTRATIVES and token.tag_ in ("DT", "PRP", "NN"):
        return True
    determiners = {k.lower_ for k in token.children if k.dep_ in ("det", "predet", "amod")}
    if token.lower_ in knowledge.topics and determiners & {"the", "this", "that"}:
        return True
    if determiners & {"this", "that", "these", "those", "such"}:
        return True
    return token.lower_ in knowledge.claim_nouns and not says_what(token)
