"""Whom a cue of accusing names: *accused the firm*, *charges against the firm*, *was found guilty of theft*."""

from collections.abc import Iterable, Iterator

from tasks.accusations.accusation_words import AccusationWords
from tasks.accusations.act_agents import find_noun_agents
from tasks.accusations.actors import (
    ACTOR_ENTITIES,
    MAX_CLIMBS,
    find_actor,
    get_objects_of,
    is_actor_word,
    resolve_relative,
)
from tasks.attribution.source_phrases import (
    SUBJECT_RELATIONS,
    find_subject,
    get_coordinated_nouns,
    is_passive,
)
from tasks.document.doc import Token

BLAME_PREPOSITIONS = ("on", "upon")
DATE_ENTITIES = frozenset(["DATE", "TIME"])
CHARGE_PREPOSITIONS = frozenset(["of", "with"])


def find_accused_by_cue(cue: Token, words: AccusationWords) -> tuple[Token, ...]:
    """Return whom a verb or noun of accusing names: *accused the firm*, *charges against the firm*."""
    if cue.tag_.startswith("JJ"):
        found = _find_found_guilty(cue)
    elif cue.tag_.startswith("NN"):
        found = get_objects_of(cue, "against") or _find_charged_subject(cue, words)
    elif is_passive(cue):
        found = [k for k in cue.children if k.dep_ == "nsubjpass"]
        if any(k.lower_ == "it" for k in found) and any(k.dep_ == "ccomp" for k in cue.rights):
            # *It was alleged that the firm hid it*: the clause says who is accused.
            return ()
        # *The attack was blamed on the rebels*.
        found = _find_blamed_actors((cue,), found, words) or found
        found = found or ([cue.head] if cue.dep_ in ("acl", "relcl") else _find_passive_subject(cue, words))
    else:
        relatives = ("WDT", "WP")
        objects = [
            resolve_relative(k)
            for k in cue.children
            if k.dep_ in ("dobj", "dative") and (k.i > cue.i or k.tag_ in relatives)
        ]
        found = (
            _find_blamed_for_thing(cue, objects, words)
            if cue.lower_ in words.word_classes["blaming"]
            else objects
        )
    parts = [part for head in found for part in get_coordinated_nouns(resolve_relative(head))]
    blamed = tuple(t for t in (find_blamed(part, words) for part in parts) if t is not None)
    return blamed or tuple(part for part in parts if _is_charged_person(part, cue, words))


def _find_blamed_for_thing(cue: Token, objects: list[Token], words: AccusationWords) -> list[Token]:
    """Return on whom a thing is blamed (*blamed the delay on the firm*), else the objects of *blame*.

    *Blamed her mistake on the weather* blames nobody. The parser attaches the preposition to the verb or to any word
    of the object.
    """
    governors = [cue, *(t for o in objects for t in o.subtree)]
    if blamed := _find_blamed_actors(governors, objects, words):
        return blamed
    causes = (o for governor in governors for p in BLAME_PREPOSITIONS for o in get_objects_of(governor, p))
    is_thing = not any(o.tag_ == "PRP" or is_actor_word(o, words) for o in objects)
    return [] if is_thing and any(o.ent_type_ not in DATE_ENTITIES for o in causes) else objects


def _is_charged_person(noun: Token, cue: Token, words: AccusationWords) -> bool:
    """Return True if a noun that no table has is a person, since only people are: *the stagehand was charged*."""
    is_unknown = words.get_actor_kind(noun) is None and words.find_deed(noun) is None
    is_charge = any(k.dep_ == "prep" and k.lower_ in CHARGE_PREPOSITIONS for k in cue.rights)
    return is_charge and is_unknown and noun.tag_ in ("NN", "NNS") and not noun.ent_type_


def _find_blamed_actors(
    governors: Iterable[Token], objects: Iterable[Token], words: AccusationWords
) -> list[Token]:
    """Return on whom a thing is blamed; none if the objects are actors, who are blamed themselves."""
    if any(is_actor_word(o, words) for o in objects):
        return []
    blamed = (o for governor in governors for p in BLAME_PREPOSITIONS for o in get_objects_of(governor, p))
    return [o for o in blamed if is_actor_word(o, words)]


def _find_found_guilty(adjective: Token) -> list[Token]:
    """Return whom an adjective of accusing describes: object or subject of its verb (*was found guilty of theft*)."""
    verb = adjective.head
    if own := [k for k in adjective.children if k.dep_ == "nsubj"]:
        # *Found two officers guilty*: the parser makes a clause of the object and the adjective.
        return own
    if adjective.dep_ == "amod" or verb.dep_ in ("acl", "relcl"):
        return [verb if adjective.dep_ == "amod" else verb.head]
    objects = [k for k in verb.children if k.dep_ == "dobj" and k.i < adjective.i]
    return objects or [k for k in verb.children if k.dep_ in SUBJECT_RELATIONS][-1:]


def find_charges(accused: Iterable[Token], words: AccusationWords) -> Iterator[Token]:
    """Yield the prepositions of the accused that govern a gerund or a word for an act: *the bank of theft*."""
    for preposition in (k for head in accused for k in head.rights if k.dep_ == "prep"):
        deeds = (words.find_deed(k) for k in preposition.rights if k.dep_ == "pobj")
        is_gerund = any(k.dep_ == "pcomp" for k in preposition.rights)
        if is_gerund or any(deed is not None and deed.word_class == "noun" for deed in deeds):
            yield preposition


def _find_passive_subject(cue: Token, words: AccusationWords) -> list[Token]:
    """Return the subject of a passive cue whose clause shares it with another: *was arrested and charged*."""
    subject = find_subject(cue, words.reporting_words)
    return [subject] if subject is not None else []


def find_blamed(head: Token, words: AccusationWords) -> Token | None:
    """Return whom the object of a cue blames: itself, or the agent of the deed or owner of the thing it names."""
    if head.tag_ == "PRP" or is_actor_word(head, words):
        return head
    deed = words.find_deed(head)
    if deed is not None and deed.word_class == "noun":
        agents = find_noun_agents(head, words)
        return next((a for agent in agents if (a := find_actor(agent, deed, words))), None)
    if any(k.dep_ == "appos" and k.ent_type_ in ACTOR_ENTITIES for k in head.rights):
        # *The conductor, Ana Ruiz*.
        return head
    owners = [k for k in head.lefts if k.dep_ == "poss"] + get_objects_of(head, "by")
    return next((k for k in owners if k.tag_ == "PRP$" or is_actor_word(k, words)), None)


def _find_charged_subject(noun: Token, words: AccusationWords) -> list[Token]:
    """Return whom a charge concerns: the subject of *faces charges of*, *was held on suspicion of*."""
    token = noun
    for _ in range(MAX_CLIMBS):
        if token.dep_ == "attr" and token.lower_ in words.word_classes["charged"]:
            # *Is the subject of allegations*.
            return [k for k in token.head.children if k.dep_ in SUBJECT_RELATIONS]
        if token.dep_ not in ("dobj", "pobj", "prep", "conj", "compound"):
            return []
        relation, token = token.dep_, token.head
        if token.tag_.startswith("VB"):
            if is_passive(token):
                passive = [k for k in token.children if k.dep_ == "nsubjpass"]
                return passive or _find_passive_subject(token, words)
            if relation == "prep" and (
                held := [k for k in token.rights if k.dep_ == "dobj" and k.i < noun.i]
            ):
                # *Arrested the clerk on charges of theft*.
                return [k for k in held if k.tag_ == "PRP" or is_actor_word(k, words)]
            faced = token.lower_ in words.facing
            subject = find_subject(token, words.reporting_words) if faced else None
            return [subject] if subject is not None else []
    return []
