"""Who does a wrongful or harmful act: the agent of its verb, noun, adjective or label."""

from collections.abc import Collection

from tasks.accusations.accusation_words import AccusationWords, DeedWord
from tasks.accusations.actors import (
    ACTOR_ENTITIES,
    MAX_CLIMBS,
    OWNER_RELATIONS,
    get_objects_of,
    is_actor_word,
    resolve_relative,
)
from tasks.attribution.source_phrases import SUBJECT_RELATIONS, find_subject, is_passive
from tasks.document.doc import Token
from tasks.document.function_words import WORD_PREFIXES

SCENE_ENTITIES = frozenset(["GPE", "LOC", "FAC"])
COMMITTED_PREPOSITIONS = frozenset(["in", "of", "to", "by", "for", "with", "behind", "on"])
COMMITTED_RELATIONS = frozenset(["dobj", "pobj", "prep", "conj", "attr", "agent", "nsubjpass"])
BARE_RELATIONS = frozenset(["ccomp", "conj", "pcomp", "advcl"])
COMPLEMENT_RELATIONS = frozenset(
    ["dobj", "dative", "aux", "auxpass", "conj", "prep", "agent", "ccomp", "xcomp", "prt"]
)
COPULAS = frozenset(
    ["be", "is", "are", "was", "were", "been", "being", "'s", "’s", "'re", "’re", "stand", "stood", "stands"]
)


def find_agent_candidates(token: Token, deed: DeedWord, words: AccusationWords) -> list[Token]:
    """Return the heads of the noun phrases that may do an act, by the class of its word."""
    if deed.word_class == "verb":
        return [] if _is_bare_participle(token, deed) else _find_verb_agents(token, words)
    if deed.word_class == "label":
        return _find_described(token)
    if deed.word_class == "harm":
        return []
    if deed.word_class == "adverb":
        head = token.head
        return _find_verb_agents(head, words) if head.tag_.startswith("VB") else [head]
    if deed.word_class == "instrument":
        return _find_committing_subject(token, words.using, words)
    if deed.word_class == "adjective":
        return _find_adjective_agents(token, words)
    return find_noun_agents(token, words)


def _is_bare_participle(verb: Token, deed: DeedWord) -> bool:
    """Return True if a harmful verb without an object is a participle: *reported ten farmers killed*.

    An auxiliary, a relative clause and coordination are signs that it is none.
    """
    if deed.agent != "living" or verb.tag_ not in ("VBD", "VBN") or verb.dep_ not in BARE_RELATIONS:
        return False
    return not any(k.dep_ in COMPLEMENT_RELATIONS for k in (*verb.lefts, *verb.rights) if k.dep_ != "nsubj")


def _find_verb_agents(verb: Token, words: AccusationWords) -> list[Token]:
    """Return the agent of a verb: *by* phrase of a passive, subject, or what a participle modifies."""
    if verb.dep_ == "amod":
        return [verb.head] if verb.tag_ == "VBG" else []
    if is_passive(verb):
        return get_objects_of(verb, "by") or get_objects_of(verb, "hands")
    gerund = verb
    for _ in range(MAX_CLIMBS):
        # *Committed to weakening and destroying it*.
        if gerund.dep_ != "conj" or gerund.tag_ != "VBG":
            break
        gerund = gerund.head
    if gerund.dep_ == "pcomp":
        return _find_governing_agents(gerund.head, words)
    auxiliaries = [k for k in verb.lefts if k.dep_ == "aux"]
    misplaced = [k for aux in auxiliaries for k in aux.lefts if k.dep_ in SUBJECT_RELATIONS]
    subject = misplaced[0] if misplaced else find_subject(verb, words.reporting_words)
    return [resolve_relative(subject)] if subject is not None else []


def _find_governing_agents(preposition: Token, words: AccusationWords) -> list[Token]:
    """Return who does what a preposition governs: the object (*blamed the firm for*) or subject of its verb."""
    verb = preposition.head
    if not verb.tag_.startswith("VB"):
        return [verb] if words.get_actor_kind(verb) else []
    objects = [k for k in verb.children if k.dep_ == "dobj" and k.i < preposition.i]
    if objects and preposition.lower_ in ("for", "of", "with", "from", "as"):
        return objects
    passive = [k for k in verb.children if k.dep_ == "nsubjpass"]
    subject = passive[0] if passive else find_subject(verb, words.reporting_words)
    return [resolve_relative(subject)] if subject is not None else []


def find_noun_agents(noun: Token, words: AccusationWords) -> list[Token]:
    """Return the agent of an act that a noun names: possessor, *by* phrase, modifier, or subject of its verb."""
    owners = [k for k in noun.lefts if k.dep_ == "poss"]
    owners = owners or get_objects_of(noun, "by") or get_objects_of(noun, "hands")
    owners = owners or [k for k in noun.lefts if _is_owning_modifier(k, noun, words)]
    return owners or _find_committing_subject(noun, words.committing, words)


def _is_owning_modifier(token: Token, noun: Token, words: AccusationWords) -> bool:
    """Return True if a modifier of a noun for an act says who does it: *police violence*, *Orlandish airstrikes*.

    A place may be where it was done (*the Orland hotel assault*), a word of the act's own name does nothing (*power
    grab*), and an adjective describes (*a major crackdown*).
    """
    if token.dep_ not in OWNER_RELATIONS or not is_actor_word(token, words) or _is_in_prefixed_word(token):
        return False
    if token.i == noun.i - 1 and words.is_compound_deed(noun):
        return False
    if noun.lower_ in words.word_classes["suffered"]:
        # *The Orlandish genocide*: the modifier names those who suffered it.
        return False
    kind = words.get_actor_kind(token)
    if kind == "person" and not token.ent_type_ and token.dep_ != "poss":
        # *Voter fraud*, *child abuse*: the modifier suffers the act or says of what kind it is.
        return False
    if token.dep_ == "amod" and token.lower_ in words.word_classes["faith"]:
        return False
    is_scene = token.tag_.startswith("NN") and (token.ent_type_ in SCENE_ENTITIES or kind == "site")
    is_scene = is_scene and token.dep_ != "poss"
    return not is_scene or token.text.replace(".", "").isupper()


def _is_in_prefixed_word(token: Token) -> bool:
    """Return True if a token is part of a word such as *anti-Orlandish*."""
    before = token.doc.tokens[max(token.i - 2, 0) : token.i + 1]
    return any(
        t.lower_ in WORD_PREFIXES and t.nbor(1).text == "-" for t in before if t.i + 1 < len(token.doc)
    )


def _find_committing_subject(noun: Token, committing: Collection[str], words: AccusationWords) -> list[Token]:
    """Return the subject of a verb or adjective by which somebody does an act: *committed a massacre*."""
    token = noun
    for _ in range(MAX_CLIMBS):
        relation, token = token.dep_, token.head
        if relation not in COMMITTED_RELATIONS:
            return []
        if relation == "nsubjpass" and token.lower_ not in committing:
            # *The weapons are said to have been planted by them*.
            token = next((k for k in token.rights if k.dep_ == "xcomp"), token)
        if relation == "pobj" and _is_manner(noun, token):
            return _find_governing_agents(token, words)
        if relation == "pobj" and _is_circumstance(token):
            return []
        if token.lower_ in committing:
            return _find_described(token) if token.tag_.startswith("NN") else _find_performer(token, words)
        if token.tag_.startswith("VB"):
            return []
    return []


def _is_manner(noun: Token, preposition: Token) -> bool:
    """Return True if a noun says how something is done: *sold arms in violation of*, not *mourned in the attacks*."""
    is_bare = noun.tag_ == "NN" and not any(k.dep_ == "det" for k in noun.lefts)
    return preposition.lower_ == "in" and is_bare and preposition.head.tag_.startswith(("VB", "NN"))


def _is_circumstance(preposition: Token) -> bool:
    """Return True if an act after a preposition is no object: *asked before the attack*, *ranked behind fraud*.

    Who *was behind the attack* did it.
    """
    is_verbal = preposition.head.tag_.startswith("VB") and preposition.head.lower_ not in COPULAS
    is_rank = preposition.lower_ == "behind" and is_verbal
    return preposition.lower_ not in COMMITTED_PREPOSITIONS or is_rank


def _find_performer(token: Token, words: AccusationWords) -> list[Token]:
    """Return the subject of a verb, or of the copula of an adjective or preposition."""
    if token.tag_.startswith("VB"):
        involved = [k for k in token.children if k.dep_ == "nsubjpass"]
        if is_passive(token):
            return get_objects_of(token, "by") or involved
        return _find_verb_agents(token, words)
    return [k for k in token.head.children if k.dep_ in SUBJECT_RELATIONS]


def _find_adjective_agents(adjective: Token, words: AccusationWords) -> list[Token]:
    """Return whom an adjective blames: its subject, or the owner of the noun that it describes."""
    if _is_duty(adjective, words):
        return []
    if adjective.dep_ in ("acomp", "oprd", "conj", "ccomp", "attr"):
        # *It is harmful* is said of a thing or of what a clause says.
        return _find_clause_subject(adjective) or [t for t in _find_described(adjective) if t.lower_ != "it"]
    noun = adjective.head
    if adjective.dep_ != "amod" or words.is_status(adjective) or adjective.lower_ == "responsible":
        # *A responsible leader* is praised.
        return []
    owners = [k for k in noun.lefts if k.dep_ in OWNER_RELATIONS and k.i != adjective.i]
    owners = [k for k in owners if k.dep_ == "poss" or is_actor_word(k, words)]
    owners = owners or get_objects_of(noun, "by")
    if owners or is_actor_word(noun, words):
        # *Orland is a hostile nation*.
        described = _find_described(noun) if noun.dep_ == "attr" else []
        return owners or described or [noun]
    return (
        _find_verb_agents(noun.head, words) if noun.dep_ == "dobj" and noun.head.tag_.startswith("VB") else []
    )


def _is_duty(adjective: Token, words: AccusationWords) -> bool:
    """Return True if somebody is *responsible* for a task, not for a deed: *responsible for training drivers*."""
    tasks = [k for p in adjective.rights if p.lower_ == "for" for k in p.children]
    is_task = any(k.dep_ == "pcomp" and k.tag_ == "VBG" and words.find_deed(k) is None for k in tasks)
    return adjective.lower_ == "responsible" and is_task


def _find_clause_subject(adjective: Token) -> list[Token]:
    """Return the subject of the clause that an adjective judges: *it is outrageous that the firm sells them*."""
    clauses = [
        k for k in (*adjective.rights, *adjective.head.rights) if k.dep_ in ("ccomp", "csubj", "advcl")
    ]
    marked = (c for c in clauses if any(k.dep_ == "mark" and k.lower_ == "that" for k in c.lefts))
    subjects = (k for c in marked for k in c.lefts if k.dep_ in SUBJECT_RELATIONS)
    subject = next(subjects, None)
    return [subject] if subject is not None else []


def _find_described(token: Token) -> list[Token]:
    """Return what a predicate describes: subject of a copula, or the object (*called him a liar*)."""
    head = token.head
    if token.dep_ == "pobj" and head.lower_ == "as":
        head = head.head
    elif token.dep_ == "appos":
        # *The mayor, a liar*.
        return [head] if head.ent_type_ in ACTOR_ENTITIES else []
    elif token.dep_ not in ("attr", "acomp", "oprd", "ccomp", "conj", "xcomp"):
        return []
    objects = [k for k in head.children if k.dep_ == "dobj" and k.i != token.i]
    subjects = [
        k for k in (*head.children, *token.children) if k.dep_ in SUBJECT_RELATIONS and k.i != token.i
    ]
    return [resolve_relative(t) for t in (objects or subjects)[:1]]
