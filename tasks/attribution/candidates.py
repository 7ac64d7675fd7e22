"""Statements in tokens, before they become spans, and the reasons for which one is not taken."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from tasks.attribution.cue_lexicon import Cue
from tasks.attribution.source_phrases import PRONOUNS, is_passive
from tasks.document.doc import Token
from tasks.document.token_ranges import Range, find_holders

# fmt: off
GOVERNED_CLAUSES = frozenset([
    "quote", "that", "before", "around", "as-aside", "according", "n-that", "n-is", "n-bare", "colon",
])
"""The frames in which a cue governs a clause or a quotation."""
# fmt: on
CLAUSAL = GOVERNED_CLAUSES | {"clause", "verdict"}
GRAVE = frozenset(["accusation", "denial"])
SOURCELESS = frozenset(["that", "inf", "pass-inf", "quote", "clause", "according"])
SPEAKERLESS = frozenset(["appearance", "hearsay", "verdict"])
THINGS = frozenset(["that", "which", "it", "this"])
HYPOTHETICAL = frozenset(["would", "could", "can", "should", "might", "may", "must", "'d", "’d"])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cue with the head of its source and the ranges of its content; ``rule`` is the frame that matched."""

    cue: Token
    entry: Cue | None
    source: Token | None
    content: tuple[Range, ...]
    rule: str

    @property
    def attitude(self) -> str:
        """What the cue says of its content."""
        return self.entry.attitude if self.entry else "statement"


Others = Collection[int]
"""the cues, by token, that are part of the content of another candidate's clause"""


def find_nested_cues(candidates: Sequence[Candidate]) -> frozenset[int]:
    """Return the cues, by token, that are part of the content of another candidate's clause."""
    clausal = [c for c in candidates if c.rule in CLAUSAL]
    places = [(c.cue.i, c.cue.i + 1) for c in candidates]
    holders = find_holders(places, [c.content for c in clausal])
    return frozenset(
        c.cue.i
        for c, around in zip(candidates, holders, strict=True)
        if any(clausal[k].cue.i != c.cue.i for k in around)
    )


def refusal(candidate: Candidate, others: Others) -> str | None:
    """Return why a candidate is not taken, or None if it is."""
    return next((reason for reason, applies in REASONS.items() if applies(candidate, others)), None)


def has_no_source(c: Candidate, _: Others) -> bool:
    """Nobody says it, and the construction does not live without a speaker."""
    if c.source is not None or c.attitude in SPEAKERLESS:
        return False
    if c.rule == "n-that" and c.cue.tag_ == "NNS" and c.attitude == "belief":
        return False
    return c.attitude not in GRAVE and c.rule not in SOURCELESS


def is_weak_noun(c: Candidate, _: Others) -> bool:
    """A noun with a preposition or infinitive names a topic more often than it reports a statement."""
    if c.entry is None or c.entry.pos != "noun" or c.rule in CLAUSAL or c.attitude in GRAVE:
        return False
    return c.rule not in ("of", "about") or c.source is None or c.source.lower_ in PRONOUNS


def is_nested_phrase(c: Candidate, others: Others) -> bool:
    """Within another statement's content only a named speaker's clause or a charge stands on its own."""
    named = c.source is not None and c.source.lower_ not in PRONOUNS
    if (c.rule in CLAUSAL and (named or c.cue.tag_.startswith("NN"))) or c.attitude in GRAVE:
        return False
    return c.cue.i in others


def modifies_noun(c: Candidate, _: Others) -> bool:
    """*Ads attacking the plan*, *a report defending it*: the noun does not speak."""
    return c.cue.dep_ == "acl" and c.rule not in CLAUSAL and c.attitude not in GRAVE and not is_passive(c.cue)


def is_embedded_infinitive(c: Candidate, _: Others) -> bool:
    """*Tried to defend the plan*: an attempt or ability, not a statement."""
    return c.cue.dep_ == "xcomp" and c.rule not in CLAUSAL and c.attitude not in GRAVE


def is_left_to_do(c: Candidate, _: Others) -> bool:
    """*An attempt to dismiss it*, *under pressure to pledge that*: what a noun leaves to do has not been said."""
    return c.cue.dep_ == "acl" and c.cue.tag_ == "VB" and c.rule != "quote"


def is_reason(c: Candidate, _: Others) -> bool:
    """*Praised him for criticising it*, *is careful about defending it*: what another statement is about."""
    return c.cue.dep_ == "pcomp" and c.cue.head.lower_ in ("for", "about") and c.rule not in CLAUSAL


def is_in_preposition(c: Candidate, _: Others) -> bool:
    """*In charge of it*: a noun that is part of a preposition reports nothing."""
    part = c.cue.dep_ == "pobj" and c.cue.head.lower_ == "in" and not c.cue.lefts
    return part and c.rule == "of" and c.cue.tag_ == "NN"


def is_hypothetical(c: Candidate, _: Others) -> bool:
    """*Would oppose it*, *if he criticises it*: nothing has been said yet."""
    if c.rule in CLAUSAL or c.attitude in GRAVE:
        return False
    return any(
        (k.dep_ == "aux" and k.lower_ in HYPOTHETICAL) or (k.dep_ == "mark" and k.lower_ in ("if", "unless"))
        for k in c.cue.children
    )


def speaks_as_thing(c: Candidate, _: Others) -> bool:
    """*That attacked the plan*: a thing or a whole clause is no speaker of a phrase."""
    return c.rule not in CLAUSAL and c.source is not None and c.source.lower_ in THINGS


def withholds(c: Candidate, _: Others) -> bool:
    """*Denied the team entry*, *were denied entry*: somebody is refused something; no claim is disputed."""
    if c.rule != "np" or c.attitude != "denial":
        return False
    objects = [k.dep_ for k in c.cue.children if k.dep_ in ("dobj", "dative", "oprd") and k.i > c.cue.i]
    return len(objects) > 1 or (bool(objects) and ("dative" in objects or is_passive(c.cue)))


def is_lost(c: Candidate, _: Others) -> bool:
    """A clause in the active voice without a subject: the parser lost who says it, or nobody does."""
    return c.rule == "that" and c.source is None and c.cue.tag_ != "VBN" and c.attitude == "statement"


def says_nothing(c: Candidate, _: Others) -> bool:
    """*Said nothing*: there is no content."""
    (start, end), *rest = c.content
    return not rest and end - start == 1 and c.cue.doc[start].lower_ == "nothing"


REASONS: dict[str, Callable[[Candidate, Others], bool]] = {
    "says nothing": says_nothing,
    "no source": has_no_source,
    "its speaker is lost": is_lost,
    "withholds a thing": withholds,
    "names a topic": is_weak_noun,
    "inside another statement": is_nested_phrase,
    "modifies a noun": modifies_noun,
    "an attempt, not a statement": is_embedded_infinitive,
    "not yet said": is_left_to_do,
    "a reason or topic": is_reason,
    "part of a preposition": is_in_preposition,
    "hypothetical": is_hypothetical,
    "its subject is a thing": speaks_as_thing,
}
