"""Whom a statement accuses: the agents and victims of the wrongful or harmful acts in its content.

A statement accuses if it blames somebody for such an act. Words of violence alone do not make an accusation: an act
without an agent, an act of the speaker's own side, and what may happen in the future accuse nobody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tasks.attribution.accusation_words import AccusationWords, DeedWord
from tasks.attribution.candidates import HYPOTHETICAL_MODALS
from tasks.attribution.source_phrases import (
    PERFECT_AUXILIARIES,
    SUBJECT_RELATIONS,
    find_subject,
    get_coordinated_nouns,
    is_passive,
)
from tasks.document.doc import Doc, Token
from tasks.document.records import Statement
from tasks.document.token_ranges import TokenRange

FUTURE_AUXILIARIES = HYPOTHETICAL_MODALS | frozenset(["will", "shall", "wo", "'ll", "’ll"])
NEGATIVE_DETERMINERS = frozenset(["no", "neither", "nobody", "none", "without"])
CONDITIONAL_MARKS = frozenset(["if", "unless", "whether", "lest"])
FIRST_PERSON = frozenset(["i", "we", "me", "us", "my", "our", "myself", "ourselves", "mine", "ours"])
THIRD_PERSON = frozenset(
    ["he", "she", "they", "him", "her", "them", "it", "himself", "herself", "themselves"]
)
PRONOUN_GROUPS = {
    **dict.fromkeys(("he", "him", "his", "himself"), "m"),
    **dict.fromkeys(("she", "her", "hers", "herself"), "f"),
    **dict.fromkeys(("it", "its", "itself"), "n"),
    **dict.fromkeys(("they", "them", "their", "themselves"), "p"),
    **dict.fromkeys(("my", "our"), "s"),
}
OWN_POSSESSIVES = frozenset(["his", "her", "its", "their", "my", "our"])
ACTOR_ENTITIES = frozenset(["PERSON", "ORG", "GPE", "NORP"])
THING_ENTITIES = frozenset(["EVENT", "LAW", "WORK_OF_ART", "DATE", "TIME", "MONEY", "PRODUCT", "QUANTITY"])
OWNER_RELATIONS = frozenset(["poss", "amod", "compound", "nmod"])
VICTIM_PREPOSITIONS = frozenset(["on", "against", "of", "to", "toward", "towards", "with", "upon"])
BLAME_PREPOSITIONS = ("on", "upon")
CLAUSE_RELATIONS = frozenset(["ROOT", "ccomp", "relcl", "advcl", "parataxis"])
FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP"])
MAX_CLIMBS = 6


@dataclass(frozen=True, slots=True)
class Accusation:
    """The heads of the noun phrases that a statement accuses, and of those that suffer the act."""

    accused: tuple[Token, ...]
    victims: tuple[Token, ...] = ()
    acts: tuple[Token, ...] = ()
    """the words for the acts that have an agent"""


@dataclass(frozen=True, slots=True)
class BlamedAct:
    """One wrongful or harmful act in a content: its word, its agents and its victims."""

    token: Token
    agents: tuple[Token, ...]
    victims: tuple[Token, ...]


def find_accusation(
    doc: Doc, statement: Statement, content: Sequence[TokenRange], words: AccusationWords
) -> Accusation | None:
    """Return whom a statement accuses, or None if it accuses nobody.

    A cue of accusing (*accused*, *the allegation that*) accuses whom it names. Any other statement accuses if its
    content has a wrongful act whose agent is somebody other than its speaker.
    """
    cue = doc[statement.cue_token] if statement.cue_token is not None else None
    acts = _find_acts(doc, content, words)
    if statement.attitude == "accusation" and cue is not None:
        accused = _find_accused_by_cue(cue, words) or _collect_agents(acts)
        accused = accused or _find_topics(doc, content, words)
        return Accusation(accused, _without(_collect_victims(acts), accused)) if accused or acts else None
    foreign = [act for a in acts if (act := _remove_own_agents(a, statement, doc, words)).agents]
    if not foreign:
        return _find_implied_accusation(doc, statement, content, acts, words)
    accused = _collect_agents(foreign)
    return Accusation(
        accused, _without(_collect_victims(foreign), accused), tuple(act.token for act in foreign)
    )


def _find_implied_accusation(
    doc: Doc,
    statement: Statement,
    content: Sequence[TokenRange],
    acts: Sequence[BlamedAct],
    words: AccusationWords,
) -> Accusation | None:
    """Return the accusation of a source that accuses by its role, or of a cue of unproven claims.

    What *prosecutors* or *the indictment* say of somebody's past act is a charge; an act without an agent that is
    only *claimed* is blamed on somebody whom the statement does not name.
    """
    source = doc[statement.source_token] if statement.source_token is not None else None
    if source is not None and source.lower_ in words.accusers:
        agents = [
            t for t in _find_past_subjects(doc, content, words) if not _is_own_agent(t, statement, doc, words)
        ]
        if agents:
            return Accusation(tuple(agents[:1]))
    suffered = [act for act in acts if act.victims and is_passive(act.token)]
    if statement.cue_lemma in words.unproven_cues and suffered:
        return Accusation((), _collect_victims(suffered))
    return None


def _find_past_subjects(doc: Doc, content: Sequence[TokenRange], words: AccusationWords) -> list[Token]:
    """Return the actors that are subjects of active verbs in the past or perfect tense."""
    found = []
    for verb in _iterate_tokens(doc, content):
        perfect = verb.tag_ == "VBN" and any(k.lower_ in PERFECT_AUXILIARIES for k in verb.lefts)
        if (verb.tag_ == "VBD" or perfect) and not is_passive(verb) and _is_realised(verb, content, words):
            subjects = [k for k in verb.lefts if k.dep_ == "nsubj"]
            found += [t for t in subjects if t.tag_ == "PRP" or _is_actor_word(t, words)]
    return found


def find_acts(doc: Doc, content: Sequence[TokenRange], words: AccusationWords) -> list[BlamedAct]:
    """Return the wrongful or harmful acts in a content that have an agent."""
    return [act for act in _find_acts(doc, content, words) if act.agents]


def _find_acts(doc: Doc, content: Sequence[TokenRange], words: AccusationWords) -> list[BlamedAct]:
    """Return the wrongful or harmful acts in a content that were done or are prepared."""
    return [
        _make_act(token, deed, words)
        for token in _iterate_tokens(doc, content)
        if (deed := words.find_deed(token)) is not None and _is_realised(token, content, words)
    ]


def _iterate_tokens(doc: Doc, content: Sequence[TokenRange]) -> Iterator[Token]:
    return (token for start, end in content for token in doc.tokens[start:end])


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


# Acts


def _make_act(token: Token, deed: DeedWord, words: AccusationWords) -> BlamedAct:
    """Return the act that a word names, with its agents and victims."""
    agents = [
        actor
        for candidate in _find_agent_candidates(token, deed, words)
        for part in get_coordinated_nouns(candidate)
        if (actor := _find_actor(part, deed, words)) is not None
    ]
    return BlamedAct(token, tuple(agents), tuple(_find_victims(token, deed)))


def _find_agent_candidates(token: Token, deed: DeedWord, words: AccusationWords) -> list[Token]:
    """Return the heads of the noun phrases that may do an act, by the class of its word."""
    if deed.word_class == "verb":
        return _find_verb_agents(token, words)
    if deed.word_class == "label":
        return _find_described(token)
    if deed.word_class == "adjective":
        return _find_adjective_agents(token, words)
    return _find_noun_agents(token, words)


def _find_verb_agents(verb: Token, words: AccusationWords) -> list[Token]:
    """Return the agent of a verb: *by* phrase of a passive, subject, or what a participle modifies."""
    if verb.dep_ == "amod":
        return [verb.head] if verb.tag_ == "VBG" else []
    if is_passive(verb):
        return _get_objects_of(verb, "by") or _get_objects_of(verb, "hands")
    if verb.dep_ == "pcomp":
        return _find_governing_agents(verb.head, words)
    subject = find_subject(verb, words.reporting_words)
    return [_resolve_relative(subject)] if subject is not None else []


def _resolve_relative(noun: Token) -> Token:
    """Return the antecedent of a relative pronoun, or the noun itself."""
    if noun.tag_ not in ("WP", "WDT"):
        return noun
    verb = noun.head
    for _ in range(MAX_CLIMBS):
        if verb.dep_ == "relcl":
            return verb.head
        verb = verb.head
    return noun


def _find_governing_agents(preposition: Token, words: AccusationWords) -> list[Token]:
    """Return who does what a preposition governs: the object (*blamed the firm for*) or subject of its verb."""
    verb = preposition.head
    if not verb.tag_.startswith("VB"):
        return [verb] if words.get_actor_kind(verb) else []
    objects = [k for k in verb.children if k.dep_ == "dobj" and k.i < preposition.i]
    if objects and preposition.lower_ in ("for", "of", "with", "from"):
        return objects
    passive = [k for k in verb.children if k.dep_ == "nsubjpass"]
    subject = passive[0] if passive else find_subject(verb, words.reporting_words)
    return [_resolve_relative(subject)] if subject is not None else []


def _find_noun_agents(noun: Token, words: AccusationWords) -> list[Token]:
    """Return the agent of an act that a noun names: possessor, *by* phrase, modifier, or subject of its verb."""
    owners = [k for k in noun.lefts if k.dep_ == "poss"]
    owners = owners or _get_objects_of(noun, "by") or _get_objects_of(noun, "hands")
    owners = owners or [k for k in noun.lefts if k.dep_ in OWNER_RELATIONS and _is_actor_word(k, words)]
    return owners or _find_committing_subject(noun, words)


def _find_committing_subject(noun: Token, words: AccusationWords) -> list[Token]:
    """Return the subject of a verb or adjective by which somebody does an act: *committed a massacre*."""
    token = noun
    for _ in range(MAX_CLIMBS):
        if token.dep_ not in ("dobj", "pobj", "prep", "conj", "attr", "agent"):
            return []
        token = token.head
        if token.lower_ in words.committing:
            return _find_described(token) if token.tag_.startswith("NN") else _find_performer(token, words)
        if token.tag_.startswith("VB"):
            return []
    return []


def _find_performer(token: Token, words: AccusationWords) -> list[Token]:
    """Return the subject of a verb, or of the copula of an adjective or preposition."""
    if token.tag_.startswith("VB"):
        involved = [k for k in token.children if k.dep_ == "nsubjpass"]
        if is_passive(token):
            return _get_objects_of(token, "by") or involved
        return _find_verb_agents(token, words)
    return [k for k in token.head.children if k.dep_ in SUBJECT_RELATIONS]


def _find_adjective_agents(adjective: Token, words: AccusationWords) -> list[Token]:
    """Return whom an adjective blames: its subject, or the owner of the noun that it describes."""
    if adjective.dep_ in ("acomp", "oprd", "conj", "ccomp", "attr"):
        return _find_described(adjective)
    noun = adjective.head
    if adjective.dep_ != "amod":
        return []
    owners = [k for k in noun.lefts if k.dep_ in OWNER_RELATIONS and k.i != adjective.i]
    owners = [k for k in owners if k.dep_ == "poss" or _is_actor_word(k, words)]
    owners = owners or _get_objects_of(noun, "by")
    if owners or _is_actor_word(noun, words):
        return owners or [noun]
    return (
        _find_verb_agents(noun.head, words) if noun.dep_ == "dobj" and noun.head.tag_.startswith("VB") else []
    )


def _find_described(token: Token) -> list[Token]:
    """Return what a predicate describes: subject of a copula, or the object (*called him a liar*)."""
    head = token.head
    if token.dep_ == "pobj" and head.lower_ == "as":
        head = head.head
    elif token.dep_ not in ("attr", "acomp", "oprd", "ccomp", "conj", "xcomp"):
        return []
    objects = [k for k in head.children if k.dep_ == "dobj" and k.i != token.i]
    subjects = [
        k for k in (*head.children, *token.children) if k.dep_ in SUBJECT_RELATIONS and k.i != token.i
    ]
    return [_resolve_relative(t) for t in (objects or subjects)[:1]]


def _get_objects_of(token: Token, preposition: str) -> list[Token]:
    """Return the objects of a preposition of a word; of the agent of a passive for *by*."""
    if preposition == "hands":
        at = [k for k in token.children if k.lower_ == "at"]
        hands = [k for p in at for k in p.children if k.lower_ == "hands"]
        return [
            o for h in hands for o in _get_objects_of(h, "of") or [k for k in h.lefts if k.dep_ == "poss"]
        ]
    found = [k for k in token.children if k.lower_ == preposition and k.dep_ in ("prep", "agent")]
    return [o for k in found for o in k.children if o.dep_ == "pobj"]


def _find_actor(head: Token, deed: DeedWord, words: AccusationWords) -> Token | None:
    """Return who acts in an agent phrase: its head, or the owner of a means (*a Russian drone*), or None."""
    if head.tag_ in ("PRP", "PRP$", "WP"):
        return None if head.lower_ in ("it", "its") and deed.agent == "living" else head
    if _is_actor_word(head, words):
        return head
    owners = [k for k in head.lefts if k.dep_ in OWNER_RELATIONS] + _get_objects_of(head, "of")
    owner = next((k for k in owners if k.tag_ == "PRP$" or _is_actor_word(k, words)), None)
    is_agent = head.dep_ in SUBJECT_RELATIONS and deed.agent == "any" and head.tag_.startswith("NN")
    is_agent = is_agent and deed.word_class in ("verb", "noun")
    return owner or (head if is_agent and words.get_actor_kind(head) is None else None)


def _is_actor_word(token: Token, words: AccusationWords) -> bool:
    """Return True if a noun or nationality denotes a person, group, organisation or country."""
    if token.ent_type_ in ACTOR_ENTITIES and not token.tag_.startswith("VB"):
        return token.dep_ != "det" and not token.is_punct and token.tag_ != "IN"
    # *General* and *criminal* are often tagged as adjectives.
    if token.tag_.startswith(("NN", "JJ")) and (kind := words.get_actor_kind(token)) is not None:
        return kind != "means"
    return token.tag_ in ("NNP", "NNPS") and token.ent_type_ not in THING_ENTITIES


def _find_victims(token: Token, deed: DeedWord) -> list[Token]:
    """Return who suffers an act: object of a verb, subject of its passive, object of a noun's preposition."""
    if deed.word_class == "verb":
        relation = "nsubjpass" if is_passive(token) else "dobj"
        found = [k for k in token.children if k.dep_ == relation]
        against = [k for p in token.children if p.lower_ in ("on", "against") for k in p.children]
        return [
            part
            for k in found or [k for k in against if k.dep_ == "pobj"]
            for part in get_coordinated_nouns(k)
        ]
    if deed.word_class != "noun":
        return []
    found = [
        k for p in token.rights if p.lower_ in VICTIM_PREPOSITIONS for k in p.children if k.dep_ == "pobj"
    ]
    return [part for k in found for part in get_coordinated_nouns(k)]


# Realisation: an act that is negated, possible or in the future accuses nobody.


def _is_realised(token: Token, content: Sequence[TokenRange], words: AccusationWords) -> bool:
    """Return True if an act was done, is being done or is prepared, according to the verbs above it in the content."""
    if any(k.lower_ in NEGATIVE_DETERMINERS and k.dep_ in ("det", "neg") for k in token.children):
        return False
    current = token
    for _ in range(MAX_CLIMBS):
        if _is_unrealised_clause(current, words):
            return False
        head = current.head
        if current.dep_ in CLAUSE_RELATIONS or _is_own_clause(current) or head is current:
            return True
        if not any(start <= head.i < end for start, end in content):
            return True
        current = head
    return True


def _is_own_clause(verb: Token) -> bool:
    """Return True if a coordinated verb has a tense of its own: *will meet, and has met*."""
    return verb.dep_ == "conj" and (
        verb.tag_ in FINITE_TAGS or any(k.tag_ in FINITE_TAGS for k in verb.lefts)
    )


def _is_unrealised_clause(verb: Token, words: AccusationWords) -> bool:
    """Return True if a verb is negated, modal, conditional, or an infinitive of something not yet done."""
    children = verb.children
    if any(k.dep_ == "neg" for k in children):
        return True
    if not verb.tag_.startswith("VB"):
        return False
    if any(k.dep_ == "aux" and k.lower_ in FUTURE_AUXILIARIES for k in children):
        return True
    if any(k.dep_ == "mark" and k.lower_ in CONDITIONAL_MARKS for k in children):
        return True
    infinitive = any(k.tag_ == "TO" for k in children)
    perfect = any(k.lower_ == "have" for k in children)
    return infinitive and not perfect and not _is_prepared(verb, words)


def _is_prepared(infinitive: Token, words: AccusationWords) -> bool:
    """Return True if the verb above an infinitive does or prepares it: *tried to kill*, *is alleged to kill*."""
    head = infinitive.head
    if infinitive.dep_ == "acl":
        return head.lower_ in (
            "attempt",
            "attempts",
            "plan",
            "plans",
            "plot",
            "plots",
            "bid",
            "effort",
            "efforts",
        )
    return head.lower_ in words.preparing or (infinitive.dep_ == "xcomp" and is_passive(head))


# Acts of the speaker


def _remove_own_agents(act: BlamedAct, statement: Statement, doc: Doc, words: AccusationWords) -> BlamedAct:
    """Return an act without the agents that are the speaker or belong to the speaker's side."""
    return replace(act, agents=tuple(t for t in act.agents if not _is_own_agent(t, statement, doc, words)))


def _is_own_agent(agent: Token, statement: Statement, doc: Doc, words: AccusationWords) -> bool:
    """Return True if the agent of an act is the speaker of the statement or acts for the speaker."""
    if agent.lower_ in FIRST_PERSON:
        return True
    # *Our troops* are the speaker's side, *my mother* is not.
    if words.get_actor_kind(agent) != "person" and any(k.lower_ in FIRST_PERSON for k in agent.lefts):
        return True
    if statement.source_token is None:
        return False
    source = doc[statement.source_token]
    if agent.i == source.i or agent.lower_ == source.lower_:
        return True
    if statement.manner == "direct":
        return False
    if agent.lower_ in THIRD_PERSON or agent.lower_ in OWN_POSSESSIVES:
        return _can_refer_to(agent.lower_, source, words)
    if any(k.lower_ in OWN_POSSESSIVES and _can_refer_to(k.lower_, source, words) for k in agent.lefts):
        return True
    is_armed = words.get_actor_kind(agent) == "armed" and not agent.lefts
    return is_armed and words.get_actor_kind(source) == "armed"


def _can_refer_to(pronoun: str, source: Token, words: AccusationWords) -> bool:
    """Return True if a pronoun in a content agrees with the source of the statement."""
    if source.lower_ in THIRD_PERSON:
        return PRONOUN_GROUPS[source.lower_] == PRONOUN_GROUPS[pronoun]
    plural = source.tag_ in ("NNS", "NNPS")
    group = source.ent_type_ in ("ORG", "GPE", "NORP") or words.get_actor_kind(source) == "armed"
    if pronoun in ("they", "them", "their", "themselves"):
        return plural or group
    if pronoun in ("it", "its"):
        return not plural and source.ent_type_ != "PERSON"
    person = source.tag_ == "NNP" or words.get_actor_kind(source) in ("person", "armed")
    return not plural and person and source.ent_type_ not in ("ORG", "GPE", "NORP")


# Whom a cue of accusing names


def _find_accused_by_cue(cue: Token, words: AccusationWords) -> tuple[Token, ...]:
    """Return whom a verb or noun of accusing names: *accused the firm*, *charges against the firm*."""
    if cue.tag_.startswith("NN"):
        found = _get_objects_of(cue, "against") or _find_charged_subject(cue, words)
    elif is_passive(cue):
        found = [k for k in cue.children if k.dep_ == "nsubjpass"]
        found = found or ([cue.head] if cue.dep_ in ("acl", "relcl") else _find_passive_subject(cue, words))
    else:
        objects = [k for k in cue.children if k.dep_ in ("dobj", "dative") and k.i > cue.i]
        # *Blamed the delay on the firm*: the parser attaches the preposition to either word.
        blamed = [o for p in BLAME_PREPOSITIONS for k in (cue, *objects) for o in _get_objects_of(k, p)]
        things = not any(_is_actor_word(o, words) for o in objects)
        found = ([o for o in blamed if _is_actor_word(o, words)] if things else []) or objects
    parts = [part for head in found for part in get_coordinated_nouns(_resolve_relative(head))]
    return tuple(t for t in (_find_blamed(part, words) for part in parts) if t is not None)


def _find_passive_subject(cue: Token, words: AccusationWords) -> list[Token]:
    """Return the subject of a passive cue whose clause shares it with another: *was arrested and charged*."""
    subject = find_subject(cue, words.reporting_words)
    return [subject] if subject is not None else []


def _find_blamed(head: Token, words: AccusationWords) -> Token | None:
    """Return whom the object of a cue blames: itself, or the agent of the deed or owner of the thing it names."""
    if head.tag_ == "PRP" or _is_actor_word(head, words):
        return head
    deed = words.find_deed(head)
    if deed is not None and deed.word_class == "noun":
        agents = _find_noun_agents(head, words)
        return next((a for agent in agents if (a := _find_actor(agent, deed, words))), None)
    owners = [k for k in head.lefts if k.dep_ == "poss"] + _get_objects_of(head, "by")
    return next((k for k in owners if k.tag_ == "PRP$" or _is_actor_word(k, words)), None)


def _find_charged_subject(noun: Token, words: AccusationWords) -> list[Token]:
    """Return whom a charge concerns: the subject of *faces charges of*, *was held on suspicion of*."""
    token = noun
    for _ in range(MAX_CLIMBS):
        if token.dep_ not in ("dobj", "pobj", "prep", "conj", "compound"):
            return []
        token = token.head
        if token.tag_.startswith("VB"):
            if is_passive(token):
                passive = [k for k in token.children if k.dep_ == "nsubjpass"]
                return passive or _find_passive_subject(token, words)
            faced = token.lower_ in words.facing
            subject = find_subject(token, words.reporting_words) if faced else None
            return [subject] if subject is not None else []
    return []


def _find_topics(doc: Doc, content: Sequence[TokenRange], words: AccusationWords) -> tuple[Token, ...]:
    """Return the subject of the first clause of a content that has one that can act."""
    for token in _iterate_tokens(doc, content):
        if token.dep_ in SUBJECT_RELATIONS and token.lower_ not in FIRST_PERSON:
            blamed = _find_blamed(_resolve_relative(token), words)
            if blamed is not None:
                return (blamed,)
    return ()
