"""Spelling variants across documents: Gadhafi, Gaddafi and Qaddafi; Haftar and Hifter.

Names with the same consonant skeleton form a block. Two entities of a block are joined if their spelling is similar,
no document mentions both, and they share co-mentioned entities: those mentioned in the same documents as an entity. All
criteria are symmetric, so that the order of the documents does not matter.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import JaroWinkler

from tasks.corpus.entity_occurrences import Occurrences
from tasks.corpus.publication_dates import PublicationDates
from tasks.entities.names import NAME_PARTICLES, normalise_full_name, normalise_name
from tasks.entities.reference_loader import ReferenceTables

SKELETON_CACHE_SIZE = 1 << 16
BlockKey = tuple[str, str]
"""type and consonant skeletons of a name, which its variants share"""
JOINED_TYPES = frozenset({"person", "organisation"})
# Minimum Jaro-Winkler similarity of each word, and of a surname, whose vowels vary more between transliterations.
MIN_WORD_SIMILARITY, MIN_SURNAME_SIMILARITY = 0.8, 0.7
# Share of the co-mentioned entities, of the entity that has fewer, that both must have in common.
MIN_CO_MENTIONED_SHARE = 0.25
# Letters that are interchangeable in transliterations of Arabic and Cyrillic names, folded to one. Order matters.
FOLDED_LETTERS = [
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


@lru_cache(SKELETON_CACHE_SIZE)
def _make_consonant_skeleton(word: str) -> str:
    """Return the consonant skeleton of a word: its consonants, folded by :data:`FOLDED_LETTERS`."""
    first = "a" if word[:1] in "aeiouy" else ""
    for pattern, to in FOLDED_LETTERS:
        word = pattern.sub(to, word)
    return first + word


def _get_key_words(name: str, entity_type: str) -> list[str]:
    """Return the words by which a name is compared: without particles; of a person only the first and last."""
    name = re.sub("['’‘`]", "", name)
    words = [
        w
        for w in (normalise_full_name(name) if entity_type == "person" else normalise_name(name)).split()
        if w not in NAME_PARTICLES
    ]
    return [words[0], words[-1]] if entity_type == "person" and len(words) > 1 else words


def _is_spelt_alike(first: list[str], second: list[str], entity_type: str) -> bool:
    """Return True if two names are similar word by word."""
    similarities = [JaroWinkler.similarity(a, b) for a, b in zip(first, second, strict=True)]
    min_last = MIN_SURNAME_SIMILARITY if entity_type == "person" else MIN_WORD_SIMILARITY
    return all(s >= MIN_WORD_SIMILARITY for s in similarities[:-1]) and similarities[-1] >= min_last


def join_spelling_variants(
    names: Mapping[str, tuple[str, str]],
    occurrences: Occurrences,
    read_dates: Callable[[set[str]], PublicationDates],
    reference: ReferenceTables,
) -> dict[str, str]:
    """Return the spelling variants: entity id to the id that replaces it.

    The id of the variant that is mentioned first by date is kept: so the news of a day seldom changes stored rows.

    Args:
        names: type and best name by entity id, for whole blocks of :func:`make_block_key` and all entities that the
            user merges.
        occurrences: the entities that each document mentions, for all documents.
        read_dates: returns the days of publication of documents.
        reference: the known entities, whose ids are kept, and the user's merges and splits.
    """
    similar = [pair for pair in find_candidate_pairs(names) if _is_possible_variant(pair, names, reference)]
    forced = [(a, b) for a, b in reference.merged_into.items()]
    documents = occurrences.get_documents_by_entity(
        {entity for pair in (*similar, *forced) for entity in pair}
    )
    possible = [(a, b) for a, b in similar if not documents[a] & documents[b]]
    # What a document mentions is needed for few documents, so it is collected for these only.
    mentioned = occurrences.get_entities_by_document(
        {doc for pair in possible for entity in pair for doc in documents[entity]}
    )
    found = sorted(pair for pair in possible if _has_shared_co_mentions(pair, documents, mentioned))
    groups = _group_pairs([*forced, *found], documents, reference)
    days = read_dates({doc for members in groups for entity in members for doc in documents[entity]})
    kept_ids = {
        entity: _choose_kept_id(members, documents, days, reference)
        for members in groups
        for entity in members
    }
    return {entity: kept for entity, kept in kept_ids.items() if entity != kept}


def make_block_key(entity_type: str, name: str) -> BlockKey | None:
    """Return the key that spelling variants of a name share; None for a name that is never joined."""
    if entity_type not in JOINED_TYPES:
        return None
    words = _get_key_words(name, entity_type)
    # A bare surname does not identify a person.
    return (entity_type, " ".join(map(_make_consonant_skeleton, words))) if len(words) > 1 else None


def make_spelling_keys(forms: Iterable[str]) -> list[str]:
    """Return the consonant skeletons of the forms of an entity, whatever the type of its members, sorted.

    Each is the second part of a key that :func:`make_block_key` gives to the form.
    """
    keys = (make_block_key(kind, form) for form in forms for kind in JOINED_TYPES)
    return sorted({key[1] for key in keys if key is not None})


def find_candidate_pairs(names: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of entities of one block."""
    blocks: dict[BlockKey, list[str]] = defaultdict(list)
    for entity, (entity_type, name) in names.items():
        if (key := make_block_key(entity_type, name)) is not None:
            blocks[key].append(entity)
    for members in blocks.values():
        yield from combinations(sorted(members), 2)


def _is_possible_variant(
    pair: tuple[str, str], names: Mapping[str, tuple[str, str]], reference: ReferenceTables
) -> bool:
    """Return True if spelling, gender, reference tables and the user's splits allow two entities to be one."""
    first, second = pair
    if frozenset(pair) in reference.kept_apart or (
        first in reference.known_entities and second in reference.known_entities
    ):
        return False
    (kind, name), (_, other) = names[first], names[second]
    words, others = _get_key_words(name, kind), _get_key_words(other, kind)
    genders = {reference.given_names.get(w[0], "") for w in (words, others)} - {""}
    return _is_spelt_alike(words, others, kind) and not (kind == "person" and len(genders) > 1)


def _has_shared_co_mentions(
    pair: tuple[str, str], documents: Mapping[str, set[str]], mentioned: Mapping[str, set[str]]
) -> bool:
    """Return True if two entities share enough of their co-mentioned entities."""
    first, second = ({e for d in documents[x] for e in mentioned[d]} - set(pair) for x in pair)
    fewer = min(len(first), len(second))
    return fewer > 0 and len(first & second) / fewer >= MIN_CO_MENTIONED_SHARE


def _group_pairs(
    pairs: Iterable[tuple[str, str]], documents: Mapping[str, set[str]], reference: ReferenceTables
) -> list[set[str]]:
    """Return the sets of entities that the pairs connect; pairs are applied in order.

    A pair is skipped if it would put into one set two entities that the user keeps apart or, unless the user merges
    them, two that one document mentions or two known ones.
    """
    groups: dict[str, set[str]] = {}
    for first, second in pairs:
        one, two = groups.setdefault(first, {first}), groups.setdefault(second, {second})
        if one is two:
            continue
        is_forced = reference.merged_into.get(first) == second
        if any(pair <= one | two for pair in reference.kept_apart) or not (
            is_forced or _is_compatible(one, two, documents, reference)
        ):
            continue
        joined = one | two
        for entity in joined:
            groups[entity] = joined
    return list({id(members): members for members in groups.values()}.values())


def _is_compatible(
    one: set[str], two: set[str], documents: Mapping[str, set[str]], reference: ReferenceTables
) -> bool:
    """Return True if no document mentions members of both sets, and not both contain a known entity."""
    first_documents, second_documents = (
        set().union(*(documents.get(e, set()) for e in s)) for s in (one, two)
    )
    return not first_documents & second_documents and not (
        one & reference.known_entities.keys() and two & reference.known_entities.keys()
    )


def _choose_kept_id(
    members: set[str], documents: Mapping[str, set[str]], days: PublicationDates, reference: ReferenceTables
) -> str:
    """Return the id that a set keeps: the user's choice, that of a known entity, or that of the first to be mentioned.

    Documents without a date count as the last; of several on one day the smallest id is kept.
    """
    chosen = {
        reference.merged_into[e] for e in members if e in reference.merged_into
    } - reference.merged_into.keys()

    def rank(entity: str) -> tuple[bool, bool, date, str]:
        dated = [day for doc in documents.get(entity, ()) if (day := days.get(doc)) is not None]
        return (
            not entity.startswith("Q"),
            entity not in reference.known_entities,
            min(dated, default=date.max),
            entity,
        )

    return min(chosen or members, key=rank)
