"""Wrongful and harmful acts in a content: the words for them, their agents and their victims."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from tasks.accusations.accusation_words import AccusationWords, DeedWord
from tasks.accusations.act_agents import find_agent_candidates
from tasks.accusations.act_realisation import is_realised
from tasks.accusations.actors import MAX_CLIMBS, find_actor
from tasks.attribution.source_phrases import get_coordinated_nouns, is_passive
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange

VICTIM_PREPOSITIONS = frozenset(["on", "against", "of", "to", "toward", "towards", "with", "upon"])


@dataclass(frozen=True, slots=True)
class BlamedAct:
    """One wrongful or harmful act in a content: its word, its agents and its victims."""

    token: Token
    agents: tuple[Token, ...]
    victims: tuple[Token, ...]


def find_acts(doc: Doc, content: Sequence[TokenRange], words: AccusationWords) -> list[BlamedAct]:
    """Return the wrongful or harmful acts in a content that were done or are prepared, with or without an agent."""
    return [
        _make_act(token, deed, words)
        for token, deed in words.find_deeds(iterate_tokens(doc, content))
        if is_realised(token, content, words) and not _is_inside_falsehood(token, words)
    ]


def _is_inside_falsehood(token: Token, words: AccusationWords) -> bool:
    """Return True if an act is what a lie says, not what is said: *spread lies that the army had looted*."""
    current = token
    for _ in range(MAX_CLIMBS):
        head = current.head
        if current.dep_ in ("acl", "relcl", "ccomp") and any(
            k.dep_ == "mark" and k.lower_ == "that" for k in current.lefts
        ):
            return head.lower_ in words.falsehoods
        if head is current:
            return False
        current = head
    return False


def iterate_tokens(doc: Doc, content: Sequence[TokenRange]) -> Iterator[Token]:
    """Yield the tokens of a content."""
    return chain.from_iterable(doc.tokens[start:end] for start, end in content)


def _make_act(token: Token, deed: DeedWord, words: AccusationWords) -> BlamedAct:
    """Return the act that a word names, with its agents and victims."""
    agents = [
        actor
        for candidate in find_agent_candidates(token, deed, words)
        for part in get_coordinated_nouns(candidate)
        if (actor := find_actor(part, deed, words)) is not None
    ]
    return BlamedAct(token, tuple(agents), tuple(_find_victims(token, deed)))


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
