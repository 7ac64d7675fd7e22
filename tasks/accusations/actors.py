"""Who can do an act: nouns and names for people, groups, organisations and countries."""

from tasks.accusations.accusation_words import AccusationWords, DeedWord
from tasks.attribution.source_phrases import SUBJECT_RELATIONS
from tasks.document.doc import Token

ACTOR_ENTITIES = frozenset(["PERSON", "ORG", "GPE", "NORP"])
THING_ENTITIES = frozenset(["EVENT", "LAW", "WORK_OF_ART", "DATE", "TIME", "MONEY", "PRODUCT", "QUANTITY"])
OWNER_RELATIONS = frozenset(["poss", "amod", "compound", "nmod"])
FREE_CHOICE = frozenset(["any", "anyone", "anybody", "whoever", "every", "whichever"])
MAX_CLIMBS = 6
"""steps up the dependency tree within which related words are looked for"""


def resolve_relative(noun: Token) -> Token:
    """Return the antecedent of a relative pronoun, or the noun itself."""
    if noun.tag_ not in ("WP", "WDT"):
        return noun
    verb = noun.head
    for _ in range(MAX_CLIMBS):
        if verb.dep_ == "relcl":
            return verb.head
        verb = verb.head
    return noun


def get_objects_of(token: Token, preposition: str) -> list[Token]:
    """Return the objects of a preposition of a word; of the agent of a passive for *by*."""
    if preposition == "hands":
        at = [k for k in token.children if k.lower_ == "at"]
        hands = [k for p in at for k in p.children if k.lower_ == "hands"]
        return [o for h in hands for o in get_objects_of(h, "of") or [k for k in h.lefts if k.dep_ == "poss"]]
    found = [k for k in token.children if k.lower_ == preposition and k.dep_ in ("prep", "agent")]
    return [o for k in found for o in k.children if o.dep_ == "pobj"]


def find_actor(head: Token, deed: DeedWord, words: AccusationWords) -> Token | None:
    """Return who acts in an agent phrase: its head, or the owner of a means (*a Russian drone*), or None."""
    if any(k.lower_ in FREE_CHOICE for k in head.lefts) or head.lower_ in FREE_CHOICE:
        # *Punish any bank that fails* blames no bank.
        return None
    if head.tag_ in ("PRP", "PRP$", "WP"):
        return None if head.lower_ in ("it", "its") and deed.agent == "living" else head
    if is_actor_word(head, words):
        return head
    owners = [k for k in head.lefts if k.dep_ in OWNER_RELATIONS]
    own_deed = words.find_deed(head)
    # *The abuse of the villagers is shameful*: they suffer it.
    prepositions = (
        ("from", "by") if own_deed is not None and own_deed.word_class == "noun" else ("of", "from", "by")
    )
    owners += [o for preposition in prepositions for o in get_objects_of(head, preposition)]
    owner = next((k for k in owners if k.tag_ == "PRP$" or is_actor_word(k, words)), None)
    is_agent = head.dep_ in SUBJECT_RELATIONS and deed.agent == "any" and head.tag_.startswith("NN")
    is_agent = is_agent and deed.word_class in ("verb", "noun", "instrument")
    return owner or (head if is_agent and words.get_actor_kind(head) is None else None)


def is_actor_word(token: Token, words: AccusationWords) -> bool:
    """Return True if a noun or nationality denotes a person, group, organisation or country."""
    if token.ent_type_ in ACTOR_ENTITIES and not token.tag_.startswith("VB"):
        return token.dep_ != "det" and not token.is_punct and token.tag_ != "IN"
    # *General* and *criminal* are often tagged as adjectives.
    if token.tag_.startswith(("NN", "JJ")) and (kind := words.get_actor_kind(token)) is not None:
        is_description = kind == "person" and token.dep_ == "amod"
        return kind not in ("means", "matter") and not is_description
    return token.tag_ in ("NNP", "NNPS") and token.ent_type_ not in THING_ENTITIES
