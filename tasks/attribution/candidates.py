"""Statements in tokens, before they become spans, and the reasons for which one is not taken."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tasks.attribution.cue_lexicon import CueEntry
from tasks.attribution.frames.dependents import is_infinitive
from tasks.attribution.omissions import is_omitted, is_only_meant
from tasks.attribution.reporting_words import ReportingWords
from tasks.attribution.source_phrases import SOURCE_PRONOUNS, is_passive
from tasks.document.doc import Token
from tasks.document.token_ranges import TokenRange, find_containing_contents, is_in_ranges

# fmt: off
GOVERNED_CLAUSE_FRAMES = frozenset([
    "quote", "that", "before", "around", "as-aside", "according", "n-that", "n-is", "n-bare", "colon",
])
"""The frames in which a cue governs a clause or a quotation."""
# fmt: on
CLAUSAL_FRAMES = GOVERNED_CLAUSE_FRAMES | {"clause", "verdict"}
GRAVE_ATTITUDES = frozenset(["accusation", "condemnation", "denial"])
SOURCELESS_FRAMES = frozenset(["that", "inf", "pass-inf", "quote", "clause", "according"])
SPEAKERLESS_ATTITUDES = frozenset(["appearance", "hearsay", "verdict"])
REQUESTING_ATTITUDES = frozenset(["request", "intention", "fear"])
"""attitudes of verbs with an infinitive that has not happened: *asked her to say*, *wants*, *expects*"""
CHARGE_PREPOSITIONS = frozenset(["of", "from", "against"])
"""prepositions before what somebody is accused of or kept from"""
TOPIC_PREPOSITIONS = frozenset(["to", "on", "about", "over", "against", "at", "with"])
THING_PRONOUNS = frozenset(["that", "which", "it", "this"])
DISPUTED_CLAUSE_FRAMES = frozenset(["that", "ing"])
UNSPOKEN_ATTITUDES = frozenset(["statement", "praise", "judgement", "condemnation", "accusation"])
POSSIBLE_MODALS = frozenset(["might", "may"])
UNREALISED_MODALS = POSSIBLE_MODALS | {"will", "shall", "'ll", "’ll"}
HYPOTHETICAL_MODALS = frozenset(["would", "could", "can", "should", "might", "may", "must", "'d", "’d"])


@dataclass(frozen=True, slots=True)
class StatementCandidate:
    """A cue with the head of its source and the ranges of its content; ``rule`` is the frame that matched."""

    cue: Token
    entry: CueEntry | None
    source: Token | None
    content: tuple[TokenRange, ...]
    rule: str

    @property
    def attitude(self) -> str:
        """What the cue says of its content."""
        return self.entry.attitude if self.entry else "statement"


@dataclass(frozen=True, slots=True)
class CueRelations:
    """The cues of a document, by token, whose role depends on another candidate."""

    nested: frozenset[int]
    """part of the content of another candidate's clause"""
    requested: frozenset[int]
    """what somebody is asked or expected to say: *urged her to say that it was late*"""
    responding: frozenset[int]
    """verbs whose clause is that of a noun: *responded to claims by residents that it leaked*"""
    described: frozenset[int]
    """nouns that the clause after them describes: *a charge his lawyer rejects*"""
    omitted: frozenset[int]
    """verbs of what somebody does not do, or only means to do: *avoided blaming her*, *wants to blame her*"""
    disputed: frozenset[int]
    """verbs of the clauses that somebody denies: *denied that she had accused him*"""


def find_cue_relations(candidates: Sequence[StatementCandidate], words: ReportingWords) -> CueRelations:
    """Return how the cues of a document's candidates relate to each other and to words of not doing."""
    nouns = {c.content: c.cue for c in candidates if c.rule == "n-that"}
    return CueRelations(
        nested=_find_nested_cues(candidates),
        requested=frozenset(i for c in candidates for i in _find_requested_cues(c)),
        responding=frozenset(
            c.cue.i
            for c in candidates
            if c.rule == "that" and (noun := nouns.get(c.content)) is not None and _is_topic_of(noun, c.cue)
        ),
        described=frozenset(
            c.cue.head.i
            for c in candidates
            if c.cue.dep_ in ("relcl", "acl")
            and (c.rule == "quote" or (c.rule == "np" and is_in_ranges(c.cue.head.i, c.content)))
        ),
        omitted=frozenset(
            c.cue.i for c in candidates if is_omitted(c.cue, words) or is_only_meant(c.cue, words)
        ),
        disputed=frozenset(
            c.cue.doc[start:end].root.i
            for c in candidates
            if c.attitude == "denial"
            and c.rule in DISPUTED_CLAUSE_FRAMES
            and not (is_omitted(c.cue, words) or any(k.dep_ == "neg" for k in c.cue.children))
            for start, end in c.content[:1]
        ),
    )


def _find_nested_cues(candidates: Sequence[StatementCandidate]) -> frozenset[int]:
    clausal = [c for c in candidates if c.rule in CLAUSAL_FRAMES]
    places = [(c.cue.i, c.cue.i + 1) for c in candidates]
    holders = find_containing_contents(places, [c.content for c in clausal])
    return frozenset(
        c.cue.i
        for c, around in zip(candidates, holders, strict=True)
        if any(clausal[k].cue.i != c.cue.i for k in around)
    )


def _find_requested_cues(c: StatementCandidate) -> Iterator[int]:
    """Yield what a request or a wish has for somebody else: *asked her to deny it*, *recommended charging her*."""
    if c.rule not in ("inf", "for", "ing") or c.attitude not in REQUESTING_ATTITUDES:
        return
    for clause in c.cue.children:
        if c.rule == "ing" and clause.dep_ == "xcomp" and clause.tag_ == "VBG":
            yield clause.i
        if clause.dep_ not in ("xcomp", "ccomp", "advcl") or not is_infinitive(clause):
            continue
        if _has_other_subject(c, clause):
            yield clause.i


def _has_other_subject(c: StatementCandidate, clause: Token) -> bool:
    """Return True if an infinitive has another subject than its verb: *wants her to say*, *she was asked to say*."""
    if any(k.dep_ == "nsubj" for k in clause.lefts) or (c.attitude == "request" and is_passive(c.cue)):
        return True
    return any(k.dep_ in ("dobj", "dative") and c.cue.i < k.i < clause.i for k in c.cue.children)


def _is_topic_of(noun: Token, verb: Token) -> bool:
    """Return True if a verb is about what a noun says: *responded to claims*, not *said in a statement*."""
    preposition = noun.head
    is_object = noun.dep_ == "pobj" and preposition.head.i == verb.i
    return is_object and preposition.lower_ in TOPIC_PREPOSITIONS


def find_refusal_reason(candidate: StatementCandidate, others: CueRelations) -> str | None:
    """Return why a candidate is not taken, or None if it is."""
    return next((reason for reason, applies in REFUSAL_RULES.items() if applies(candidate, others)), None)


def _is_asked_in_a_clause(c: StatementCandidate) -> bool:
    """Return True if somebody was asked, in a clause of its own, unlike in *Asked about the loan, she left*."""
    return c.attitude == "question" and any(k.dep_ == "auxpass" for k in c.cue.lefts)


def _has_no_source(c: StatementCandidate, _: CueRelations) -> bool:
    """Nobody says it, and the construction needs a speaker."""
    if c.source is not None or c.attitude in SPEAKERLESS_ATTITUDES:
        return False
    if c.rule == "n-that" and c.cue.tag_ == "NNS" and c.attitude in ("belief", "fear"):
        return False
    if c.rule == "n-that" and c.attitude == "judgement":
        return False
    if is_passive(c.cue) and (c.rule == "as" or (c.rule == "about" and _is_asked_in_a_clause(c))):
        # *He is seen as a threat*, *she was asked about the loan*: nobody is named, but it was said.
        return False
    return c.attitude not in GRAVE_ATTITUDES and c.rule not in SOURCELESS_FRAMES


def _is_weak_noun(c: StatementCandidate, _: CueRelations) -> bool:
    """A noun with a preposition or infinitive names a topic more often than it reports a statement."""
    if c.entry is None or c.entry.pos != "noun" or c.rule in CLAUSAL_FRAMES or c.attitude in GRAVE_ATTITUDES:
        return False
    return c.rule not in ("of", "about") or c.source is None or c.source.lower_ in SOURCE_PRONOUNS


def _is_nested_phrase(c: StatementCandidate, others: CueRelations) -> bool:
    """Within another statement's content only a named speaker's clause or an accusation is a statement."""
    if c.entry is not None and c.entry.pos == "adverb":
        # *They claimed that he had allegedly left*: the statement is theirs.
        return c.cue.i in others.nested
    named = c.source is not None and c.source.lower_ not in SOURCE_PRONOUNS
    if (c.rule in CLAUSAL_FRAMES and (named or c.cue.tag_.startswith("NN"))) or c.attitude in GRAVE_ATTITUDES:
        return False
    return c.cue.i in others.nested


def _is_noun_modifier(c: StatementCandidate, _: CueRelations) -> bool:
    """*Ads attacking the plan*, *a report defending it*: the noun does not speak."""
    return (
        c.cue.dep_ == "acl"
        and c.rule not in CLAUSAL_FRAMES
        and c.attitude not in GRAVE_ATTITUDES
        and not is_passive(c.cue)
    )


def _is_embedded_infinitive(c: StatementCandidate, _: CueRelations) -> bool:
    """*Tried to defend the plan*: an attempt or ability, not a statement."""
    return c.cue.dep_ == "xcomp" and c.rule not in CLAUSAL_FRAMES and c.attitude not in GRAVE_ATTITUDES


def _is_unrealised_infinitive(c: StatementCandidate, others: CueRelations) -> bool:
    """*Pressure to pledge that*, *asked her to deny that*: an infinitive that has not been said."""
    return c.cue.i in others.requested or (c.cue.dep_ == "acl" and c.cue.tag_ == "VB" and c.rule != "quote")


def _is_punishment_to_come(c: StatementCandidate, _: CueRelations) -> bool:
    """*Voted to impeach her*, *pushed to indict her*, *to punish the mayor*: nobody has been charged yet."""
    return is_infinitive(c.cue) and c.entry is not None and c.entry.factuality == "act"


def _is_described_noun(c: StatementCandidate, others: CueRelations) -> bool:
    """*A charge his lawyer rejects*: the clause says what became of the charge, not what it is."""
    return c.rule == "n-bare" and c.cue.i in others.described


def _is_response(c: StatementCandidate, others: CueRelations) -> bool:
    """*Responded to claims by residents that it leaked*: the residents say so."""
    return c.cue.i in others.responding


def _is_reason(c: StatementCandidate, _: CueRelations) -> bool:
    """*Praised him for criticising it*, *accused of ordering it*: what another statement is about."""
    if c.cue.dep_ != "pcomp" or c.rule in CLAUSAL_FRAMES:
        return False
    preposition = c.cue.head.lower_
    is_charge = preposition in CHARGE_PREPOSITIONS and c.attitude not in GRAVE_ATTITUDES
    return preposition in ("for", "about") or is_charge


def _is_in_preposition(c: StatementCandidate, _: CueRelations) -> bool:
    """*In charge of it*: a noun that is part of a preposition reports nothing."""
    part = c.cue.dep_ == "pobj" and c.cue.head.lower_ == "in" and not c.cue.lefts
    return part and c.rule == "of" and c.cue.tag_ == "NN"


def _is_hypothetical_candidate(c: StatementCandidate, _: CueRelations) -> bool:
    """*Would oppose it*, *if he criticises it*: nothing has been said yet."""
    if c.rule in CLAUSAL_FRAMES:
        return False
    if c.attitude in GRAVE_ATTITUDES:
        # *Voters might blame him*, *he will accuse her*; but *could be accused*, *would deny it*, *I will condemn it*.
        modals = UNREALISED_MODALS if c.attitude == "accusation" else POSSIBLE_MODALS
        return any(k.dep_ == "aux" and k.lower_ in modals for k in c.cue.children)
    return any(
        (k.dep_ == "aux" and k.lower_ in HYPOTHETICAL_MODALS)
        or (k.dep_ == "mark" and k.lower_ in ("if", "unless"))
        for k in c.cue.children
    )


def _has_thing_source(c: StatementCandidate, _: CueRelations) -> bool:
    """*That attacked the plan*: a thing or a whole clause is no speaker of a phrase; but *it accused the army*."""
    if c.attitude == "accusation" and c.rule != "np":
        return False
    return c.rule not in CLAUSAL_FRAMES and c.source is not None and c.source.lower_ in THING_PRONOUNS


def _is_withholding(c: StatementCandidate, _: CueRelations) -> bool:
    """*Denied the team entry*, *were denied entry*: somebody is refused something; no claim is disputed."""
    if c.rule != "np" or c.attitude != "denial":
        return False
    objects = [k.dep_ for k in c.cue.children if k.dep_ in ("dobj", "dative", "oprd") and k.i > c.cue.i]
    return len(objects) > 1 or (bool(objects) and ("dative" in objects or is_passive(c.cue)))


def _has_lost_source(c: StatementCandidate, _: CueRelations) -> bool:
    """A clause in the active voice without a subject: the parser lost who says it, or nobody does."""
    return c.rule == "that" and c.source is None and c.cue.tag_ != "VBN" and c.attitude == "statement"


def _has_empty_content(c: StatementCandidate, _: CueRelations) -> bool:
    """*Said nothing*: there is no content."""
    (start, end), *rest = c.content
    return not rest and end - start == 1 and c.cue.doc[start].lower_ == "nothing"


def _is_not_said(c: StatementCandidate, others: CueRelations) -> bool:
    """*Did not attack her*, *avoided blaming her*, *denied accusing her*, *declined to say who*: nothing has been said.

    But *did not deny it*, *did not say that*.
    """
    if c.attitude not in UNSPOKEN_ATTITUDES or not c.cue.tag_.startswith("VB"):
        return False
    is_omitted = c.cue.i in others.omitted
    if c.rule in CLAUSAL_FRAMES:
        # What somebody declines or wants to say is the content of that word.
        is_complement = c.cue.dep_ == "xcomp" and c.rule in ("that", "clause")
        return is_omitted and is_complement and c.attitude == "statement"
    return is_omitted or c.cue.i in others.disputed or any(k.dep_ == "neg" for k in c.cue.children)


def _is_asked_of_hearer(c: StatementCandidate, _: CueRelations) -> bool:
    """*Do you think it leaked?*: the hearer has not said it, and nobody says who asks."""
    if c.source is None or c.source.lower_ != "you" or c.cue.sent[-1].text != "?":
        return False
    return any(k.dep_ == "aux" and k.i < c.source.i for k in c.cue.lefts)


REFUSAL_RULES: dict[str, Callable[[StatementCandidate, CueRelations], bool]] = {
    "says nothing": _has_empty_content,
    "not said": _is_not_said,
    "asked of the hearer": _is_asked_of_hearer,
    "no source": _has_no_source,
    "its speaker is lost": _has_lost_source,
    "withholds a thing": _is_withholding,
    "names a topic": _is_weak_noun,
    "inside another statement": _is_nested_phrase,
    "modifies a noun": _is_noun_modifier,
    "an attempt, not a statement": _is_embedded_infinitive,
    "not yet said": _is_unrealised_infinitive,
    "not yet done": _is_punishment_to_come,
    "a reason or topic": _is_reason,
    "a response to a noun": _is_response,
    "its clause describes it": _is_described_noun,
    "part of a preposition": _is_in_preposition,
    "hypothetical": _is_hypothetical_candidate,
    "its subject is a thing": _has_thing_source,
}
