"""Whom a statement accuses: the agents and victims of the wrongful or harmful acts in its content.

A statement accuses if it blames somebody for such an act. Words of violence alone do not make an accusation: an act
without an agent, an act of the speaker's own side, and what may happen in the future accuse nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tasks.accusations.accusation_words import AccusationWords
from tasks.accusations.accused_by_cue import find_accused_by_cue, find_blamed, find_charges
from tasks.accusations.act_agents import COPULAS
from tasks.accusations.act_realisation import is_realised
from tasks.accusations.actors import MAX_CLIMBS, is_actor_word, resolve_relative
from tasks.accusations.blamed_acts import BlamedAct, find_acts, iterate_tokens
from tasks.accusations.own_side import is_first_person, is_own_agent
from tasks.attribution.source_phrases import PERFECT_AUXILIARIES, SUBJECT_RELATIONS, is_passive
from tasks.document.doc import Doc, Token
from tasks.document.records import AccusationBasis, Statement
from tasks.document.token_ranges import TokenRange

FAULT_FRAMES = frozenset(["for", "over"])
FAULT_ATTITUDES = frozenset(["judgement", "condemnation"])
PHRASE_FRAMES = frozenset(
    ["np", "about", "of", "on", "for", "over", "at", "with", "to", "against", "in", "upon"]
)
"""frames whose content is a noun phrase"""
AGENT_RELATIONS = frozenset(["nsubj", "nsubjpass", "agent", "poss"])


@dataclass(frozen=True, slots=True)
class Accusation:
    """The heads of the noun phrases that a statement accuses, and of those that suffer the act."""

    accused: tuple[Token, ...]
    victims: tuple[Token, ...] = ()
    charges: tuple[Token, ...] = ()
    """the prepositions that begin the charge and that the parser attached to the accused"""
    acts: tuple[Token, ...] = ()
    """the words for the acts that have an agent"""
    basis: AccusationBasis = "content"
    """``cue`` if a word of accusing or blaming reports it, ``content`` if only its content blames somebody"""


def find_accusation(
    doc: Doc, statement: Statement, content: Sequence[TokenRange], words: AccusationWords
) -> Accusation | None:
    """Return whom a statement accuses, or None if it accuses nobody.

    A cue of accusing (*accused*, *the allegation that*) accuses whom it names. Any other statement accuses if its
    content has a wrongful act whose agent is somebody other than its speaker.
    """
    cue = doc[statement.cue_token] if statement.cue_token is not None else None
    acts = find_acts(doc, content, words)
    if cue is not None and statement.attitude == "accusation":
        if not acts and statement.rule == "that" and not _is_past(doc, content, words):
            # *Suspects he will resign*.
            return None
        accused = find_accused_by_cue(cue, words) or _collect_agents(acts)
        if not accused and not any(k.dep_ == "dobj" for k in cue.rights):
            accused = _find_topics(doc, content, acts, words, statement.rule == "clause")
        if not accused and not acts:
            return None
        victims = _without(_collect_victims(acts), accused)
        return Accusation(accused, victims, tuple(find_charges(accused, words)))
    # *Criticised the army for its conduct*: what follows the preposition is the fault.
    is_fault = statement.rule in FAULT_FRAMES and statement.attitude in FAULT_ATTITUDES
    if cue is not None and is_fault and (accused := find_accused_by_cue(cue, words)):
        victims = _without(_collect_victims(acts), accused)
        return Accusation(accused, victims, tuple(find_charges(accused, words)))
    acts = [act for act in acts if not _is_said_by_another(act.token, content, words)]
    if cue is not None and statement.rule in PHRASE_FRAMES and statement.attitude == "statement":
        acts = [act for act in acts if not _is_in_description(act.token, cue)]
    foreign = [act for a in acts if (act := _remove_own_agents(a, statement, doc, words)).agents]
    if not foreign:
        return _find_implied_accusation(doc, statement, content, acts, words)
    accused = _collect_agents(foreign)
    return Accusation(
        accused=accused,
        victims=_without(_collect_victims(foreign), accused),
        acts=tuple(act.token for act in foreign),
    )


def _is_past(doc: Doc, content: Sequence[TokenRange], words: AccusationWords) -> bool:
    """Return True if the main verb of a content is neither negated nor in the future."""
    start, end = content[0]
    return is_realised(doc[start:end].root, content, words)


def _is_said_by_another(token: Token, content: Sequence[TokenRange], words: AccusationWords) -> bool:
    """Return True if a content tells what another says of an act: *wrote that the envoy said they stole it*."""
    for _ in range(MAX_CLIMBS):
        head = token.head
        if head is token or not any(start <= head.i < end for start, end in content):
            return False
        if token.dep_ == "ccomp" and head.lower_ in words.saying:
            speakers = [k for k in head.lefts if k.dep_ == "nsubj"]
            return any(k.tag_.startswith("NN") and is_actor_word(k, words) for k in speakers)
        token = head
    return False


def _is_in_description(token: Token, cue: Token) -> bool:
    """Return True if a word is in a clause about the object of a cue: *named a clerk who stole*."""
    for _ in range(MAX_CLIMBS):
        if token.dep_ in ("relcl", "acl"):
            return True
        if token.head.i in (token.i, cue.i):
            return False
        token = token.head
    return False


def has_deed(doc: Doc, content: Sequence[TokenRange], words: AccusationWords) -> bool:
    """Return True if a content names a wrongful act, and somebody who may have done it.

    Weaker than an accusation: a sign that a denial may answer the statement.
    """
    deeds = (
        deed
        for t, deed in words.find_deeds(iterate_tokens(doc, content))
        if not any(k.dep_ == "neg" for k in t.children)
    )
    return any(deed.is_contested for deed in deeds) and any(
        t.dep_ in AGENT_RELATIONS and t.lower_ not in ("i", "we") for t in iterate_tokens(doc, content)
    )


def is_plain_accusation(accusation: Accusation, words: AccusationWords) -> bool:
    """Return True if one of its acts is unambiguous, or if armed people or a state do an ambiguous one.

    *The army attacked* accuses; *the candidate attacked* may be about a debate.
    """
    deeds = [deed for t in accusation.acts if (deed := words.find_deed(t)) is not None]
    if not all(deed.is_ambiguous for deed in deeds) or not deeds:
        return True
    return any(t.ent_type_ == "GPE" or words.get_actor_kind(t) == "armed" for t in accusation.accused)


def _find_implied_accusation(
    doc: Doc,
    statement: Statement,
    content: Sequence[TokenRange],
    acts: Sequence[BlamedAct],
    words: AccusationWords,
) -> Accusation | None:
    """Return the accusation of a source that accuses by its role, or of a cue of unproven claims.

    What *prosecutors* or *the indictment* say of somebody's past act, or what is only *claimed* of it, is a charge;
    an act without an agent that is only *claimed* is blamed on somebody whom the statement does not name.
    """
    source = doc[statement.source_token] if statement.source_token is not None else None
    if source is not None and (source.lower_ in words.accusers or statement.cue_lemma in words.unproven_cues):
        agents = [
            t for t in _find_past_subjects(doc, content, words) if not is_own_agent(t, statement, doc, words)
        ]
        if agents:
            return Accusation(tuple(agents[:1]))
    if statement.cue_lemma in words.unproven_cues:
        suffered = _collect_victims(act for act in acts if act.victims and is_passive(act.token))
        suffered = suffered or tuple(_find_own_sufferings(doc, statement, content, words))
        return Accusation((), suffered) if suffered else None
    return None


def _find_own_sufferings(
    doc: Doc, statement: Statement, content: Sequence[TokenRange], words: AccusationWords
) -> list[Token]:
    """Return the speaker as the subject of passive verbs: *she claims that she was kept in a cellar*."""
    subjects = (
        k
        for verb in iterate_tokens(doc, content)
        if verb.tag_ == "VBN" and is_passive(verb) and is_realised(verb, content, words)
        for k in verb.lefts
        if k.dep_ == "nsubjpass" and k.tag_ == "PRP"
    )
    return [k for k in subjects if is_own_agent(k, statement, doc, words)][:1]


def _find_past_subjects(doc: Doc, content: Sequence[TokenRange], words: AccusationWords) -> list[Token]:
    """Return the actors that are subjects of active verbs in the past or perfect tense, those of copulas last.

    *Ruiz was one of many whom Lehm had cheated* blames Lehm.
    """
    found, described = list[Token](), list[Token]()
    for verb in iterate_tokens(doc, content):
        perfect = verb.tag_ == "VBN" and any(k.lower_ in PERFECT_AUXILIARIES for k in verb.lefts)
        if (verb.tag_ == "VBD" or perfect) and not is_passive(verb) and is_realised(verb, content, words):
            subjects = [k for k in verb.lefts if k.dep_ == "nsubj"]
            actors = [t for t in subjects if t.tag_ == "PRP" or is_actor_word(t, words)]
            (described if verb.lower_ in COPULAS else found).extend(actors)
    return found + described


def _collect_agents(acts: Iterable[BlamedAct]) -> tuple[Token, ...]:
    """Return the agents of all acts, each once."""
    return tuple({t.i: t for act in acts for t in act.agents}.values())


def _collect_victims(acts: Iterable[BlamedAct]) -> tuple[Token, ...]:
    """Return the victims of all acts, each once."""
    return tuple({t.i: t for act in acts for t in act.victims}.values())


def _without(tokens: Iterable[Token], others: Iterable[Token]) -> tuple[Token, ...]:
    """Return the tokens that are not among others."""
    taken = {t.i for t in others}
    return tuple(t for t in tokens if t.i not in taken)


def _remove_own_agents(act: BlamedAct, statement: Statement, doc: Doc, words: AccusationWords) -> BlamedAct:
    """Return an act without the agents that are the speaker or belong to the speaker's side."""
    if not act.agents:
        return act
    return replace(act, agents=tuple(t for t in act.agents if not is_own_agent(t, statement, doc, words)))


def _find_topics(
    doc: Doc,
    content: Sequence[TokenRange],
    acts: Sequence[BlamedAct],
    words: AccusationWords,
    is_clause: bool,
) -> tuple[Token, ...]:
    """Return the first subject that can act and suffers no act, or the first actor that is no object of a verb.

    If the content is the clause of an adverb (``is_clause``), its subject comes before all other nouns.
    """
    spared = {t.i for t in _collect_victims(acts)}
    tokens = [
        token
        for token in iterate_tokens(doc, content)
        if not is_first_person(token) and token.i not in spared
    ]
    subjects = [resolve_relative(token) for token in tokens if token.dep_ in SUBJECT_RELATIONS]
    others = [t for t in tokens if is_actor_word(t, words) and t.dep_ not in ("dobj", "dative", "compound")]
    blamed = (find_blamed(token, words) for token in [*subjects, *others])
    first = next((token for token in blamed if token is not None), None)
    if is_clause and subjects and first is not None and first.i > subjects[0].right_edge.i:
        # *The site allegedly made use of Orvane*.
        first = subjects[0] if subjects[0].tag_.startswith("NN") else None
    return (first,) if first is not None else ()
