"""Spelling variants over documents: Gadhafi, Gaddafi and Qaddafi; Haftar and Hifter.

Names that write the same consonants fall into one block; within it two entities are one if they are spelt
nearly alike, never stand in one document, and keep the same company. All of it is symmetric, so that neither
the order of the documents nor their batches matter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from rapidfuzz.distance import JaroWinkler

from tasks.corpus.entity_occurrences import Standing
from tasks.entities.names import PARTICLES, full_name, normalise
from tasks.entities.reference_loader import Reference

JOINED_TYPES = frozenset({"person", "organisation"})
# How alike (Jaro-Winkler) each word must be, and a surname, whose vowels transliterations change more freely.
ALIKE, SURNAMES_ALIKE = 0.8, 0.7
# Which share of the smaller of two companies must be common.
COMPANY = 0.25
# Letters that transliterations of Arabic and Cyrillic names exchange, folded to one; order matters.
FOLDED = [
    (re.compile(pattern), to)
    for pattern, to in (
        (r"^(?:al|el)(?=[^aeiou]{1,2}[aeiou])", ""),
        (r"x", "ks"),
        (r"tsch|tch|sch|sh|ch|zh|cz|sz", "x"),
        (r"[gkq]h|[gkq]|c(?=[^eiy]|$)", "k"),
        (r"[dt]h|[dt]", "t"),
        (r"ph|[fvw]", "f"),
        (r"c|z", "s"),
        (r"(?<!^)h|[aeiouyj]", ""),
        (r"(.)\1+", r"\1"),
    )
]


def skeleton(word: str) -> str:
    """Return the consonants of a word, those folded together that transliterations exchange."""
    first = "a" if word[:1] in "aeiouy" else ""
    for pattern, to in FOLDED:
        word = pattern.sub(to, word)
    return first + word


def key_words(name: str, entity_type: str) -> list[str]:
    """Return the words by which a name is compared: for a person the first and the last."""
    name = re.sub("['’‘`]", "", name)
    words = [
        w
        for w in (full_name(name) if entity_type == "person" else normalise(name)).split()
        if w not in PARTICLES
    ]
    return [words[0], words[-1]] if entity_type == "person" and len(words) > 1 else words


def alike(first: list[str], second: list[str], entity_type: str) -> bool:
    """Tell whether two names are spelt nearly alike, word by word."""
    likeness = [JaroWinkler.similarity(a, b) for a, b in zip(first, second, strict=True)]
    last = SURNAMES_ALIKE if entity_type == "person" else ALIKE
    return all(one >= ALIKE for one in likeness[:-1]) and likeness[-1] >= last


def join_variants(
    names: Mapping[str, tuple[str, str]], standing: Standing, reference: Reference
) -> dict[str, str]:
    """Return which entities are variants of which: old id to the id that stays.

    Args:
        names: type and best name of each entity by id; with any of them all others of its :func:`block`, and
            all that the user joins.
        standing: which entities all documents mention.
        reference: tables of known entities, whose ids stay, and the user's lists.
    """
    spelt = [pair for pair in candidates(names) if spelt_alike(pair, names, reference)]
    forced = [(a, b) for a, b in reference.merge.items()]
    documents = standing.documents_of({entity for pair in (*spelt, *forced) for entity in pair})
    possible = [(a, b) for a, b in spelt if not documents[a] & documents[b]]
    # Who stands beside whom is asked for few documents: it is gathered for these alone.
    company = standing.entities_in({doc for pair in possible for entity in pair for doc in documents[entity]})
    found = sorted(pair for pair in possible if keep_company(pair, documents, company))
    groups = group([*forced, *found], documents, reference)
    stays = {entity: kept(members, reference) for members in groups for entity in members}
    return {entity: into for entity, into in stays.items() if entity != into}


def block(entity_type: str, name: str) -> tuple[str, ...] | None:
    """Return the type and consonants that names share which may be one; None for one that is never joined."""
    if entity_type not in JOINED_TYPES:
        return None
    words = key_words(name, entity_type)
    # A bare surname is nobody in particular.
    return (entity_type, *map(skeleton, words)) if len(words) > 1 else None


def candidates(names: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of entities whose names have the same consonants."""
    blocks: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for entity, (entity_type, name) in names.items():
        if (key := block(entity_type, name)) is not None:
            blocks[key].append(entity)
    for members in blocks.values():
        yield from combinations(sorted(members), 2)


def spelt_alike(pair: tuple[str, str], names: Mapping[str, tuple[str, str]], reference: Reference) -> bool:
    """Tell whether neither spelling, gender, the tables nor the user speak against two entities being one."""
    first, second = pair
    if frozenset(pair) in reference.apart or (first in reference.known and second in reference.known):
        return False
    (kind, name), (_, other) = names[first], names[second]
    words, others = key_words(name, kind), key_words(other, kind)
    genders = {reference.given_names.get(w[0], "") for w in (words, others)} - {""}
    return alike(words, others, kind) and not (kind == "person" and len(genders) > 1)


def keep_company(
    pair: tuple[str, str], documents: Mapping[str, set[str]], company: Mapping[str, set[str]]
) -> bool:
    """Tell whether two entities are mentioned beside the same others."""
    beside = [{e for d in documents[x] for e in company[d]} - set(pair) for x in pair]
    smaller = min(map(len, beside))
    return smaller > 0 and len(beside[0] & beside[1]) / smaller >= COMPANY


def group(
    pairs: Iterable[tuple[str, str]], documents: Mapping[str, set[str]], reference: Reference
) -> list[set[str]]:
    """Return the sets that pairs connect, pair by pair in their order.

    A set never holds two entities that the user keeps apart, two that one document tells apart, unless the
    user joined them, or two that the tables know.
    """
    of: dict[str, set[str]] = {}
    for first, second in pairs:
        one, two = of.setdefault(first, {first}), of.setdefault(second, {second})
        if one is two:
            continue
        forced = reference.merge.get(first) == second
        if any(pair <= one | two for pair in reference.apart) or not (
            forced or compatible(one, two, documents, reference)
        ):
            continue
        joined = one | two
        for entity in joined:
            of[entity] = joined
    return list({id(members): members for members in of.values()}.values())


def compatible(one: set[str], two: set[str], documents: Mapping[str, set[str]], reference: Reference) -> bool:
    """Tell whether no document speaks of members of both sets, and the tables do not know a member of both."""
    here, there = (set().union(*(documents.get(e, set()) for e in s)) for s in (one, two))
    return not here & there and not (one & reference.known.keys() and two & reference.known.keys())


def kept(members: set[str], reference: Reference) -> str:
    """Return the id that stays: the user's choice, a known entity's, or the smallest."""
    chosen = {reference.merge[e] for e in members if e in reference.merge} - reference.merge.keys()
    return min(chosen or members, key=lambda e: (not e.startswith("Q"), e not in reference.known, e))
