"""Persons of one document: full names, and the surnames and given names that refer back to them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from rapidfuzz.distance import JaroWinkler

from tasks.document.doc import Doc
from tasks.document.records import Mention
from tasks.entities.name_context import NameContext
from tasks.entities.names import (
    NAME_PARTICLES,
    get_generation,
    get_given_name,
    get_surname,
    is_bare_surname,
    make_entity_id,
    make_name_parts,
    normalise_full_name,
    normalise_name,
)
from tasks.entities.reference_loader import ReferenceTables
from tasks.entities.resolution_methods import set_mention_entity
from tasks.entities.titles import find_preceding_titles

# Given names at least this similar (Jaro-Winkler) are spellings of one name: Kristin, Kristen.
MIN_NAME_SIMILARITY = 0.9
HYPHENATED_NAME = re.compile(r"[^\W\d_]-[^\W\d_]+$")


def assign_person_entities(
    doc: Doc, people: list[Mention], reference: ReferenceTables, context: NameContext
) -> None:
    """Set the entity of persons in place: full names first, then the surnames and given names of these."""
    full = [m for m in people if not is_bare_surname(m.text)]
    for m in full:
        if m.entity_id is None:
            set_mention_entity(m, make_entity_id("person", m.text), "exact")
    names = {
        m.entity_id: reference.known_entities[m.entity_id].name
        if m.entity_id in reference.known_entities
        else m.text
        for m in people
        if m.entity_id is not None
    }
    _merge_name_parts(full, names)
    _merge_spellings(full, names)
    bearers = _find_bearers(full, names, reference)
    genders = {entity: _get_gender(entity, name, reference) for entity, name in names.items()}
    generations = {entity: get_generation(name) for entity, name in names.items()}
    for m in people:
        if m.entity_id is None:
            title_gender = find_preceding_titles(doc, m, reference)[1]
            found = _find_bearer(m.text, title_gender, bearers, genders, generations)
            of_other = title_gender if ("surname", get_surname(m.text)) in bearers else ""
            set_mention_entity(m, *(found or _resolve_lone_surname(m.text, of_other, reference, context)))


def _find_bearers(
    full: list[Mention], names: dict[str, str], reference: ReferenceTables
) -> dict[tuple[str, str], list[str]]:
    """Return the persons by each part of their names: surname, given name, and what may be a surname between."""
    bearers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entity, last in dict.fromkeys(_find_surnames(full, names, reference)):
        bearers["surname", last].append(entity)
    for entity, name in names.items():
        bearers["given_name", get_given_name(name)].append(entity)
        for word in _get_inner_names(name, reference):
            bearers["inner_name", word].append(entity)
    return bearers


def _find_surnames(
    full: list[Mention], names: dict[str, str], reference: ReferenceTables
) -> Iterator[tuple[str, str]]:
    """Yield (entity, surname) as spelt in the tables and in the document, in the order of the mentions."""
    for m in full:
        if m.entity_id in names:
            for name in (names[m.entity_id], m.text):
                yield from ((m.entity_id, last) for last in _get_family_names(name, reference))


def _get_family_names(name: str, reference: ReferenceTables) -> list[str]:
    """Return the possible family names of a full name: the last word or, for East Asian names, the first.

    "Chen Shui-bian" is Mr. Chen; "Wang Yi" and "Kim Jones" are ambiguous.
    """
    first, _, rest = normalise_full_name(name).partition(" ")
    if first not in reference.family_first:
        return [get_surname(name)]
    is_hyphenated = bool(HYPHENATED_NAME.search(name))
    return [first] if is_hyphenated or not rest else [get_surname(name), first]


def _get_inner_names(name: str, reference: ReferenceTables) -> list[str]:
    """Return the words inside a full name that may be its family name, as the first of two is in Spanish."""
    words = normalise_full_name(name).split()[1:-1]
    return [word for word in words if word not in reference.given_names and word not in NAME_PARTICLES]


def _resolve_lone_surname(
    name: str, title_gender: str, reference: ReferenceTables, context: NameContext
) -> tuple[str, str]:
    """Return entity and method for a surname that belongs to no full name in the document.

    A few surnames identify a known person in a document that mentions the person's country; any other gets an entity of
    this document. ``title_gender`` is given if only persons of the other gender have the surname: *Mrs. Clinton* beside
    Bill Clinton is the one known woman of this name.
    """
    surname = get_surname(name)
    known = reference.surnames.get(surname)
    if title_gender:
        namesakes = [one for one in reference.namesakes[surname] if one.gender == title_gender]
        known = namesakes[0] if len(namesakes) == 1 else None
    if known is not None and context.country_counts[known.country_code or ""]:
        return known.entity_id, "known_surname"
    return context.make_document_entity_id("person", surname), "own_name"


def _get_gender(entity: str, name: str, reference: ReferenceTables) -> str:
    """Return the gender of a person by the tables of known persons or of given names."""
    known = reference.known_entities.get(entity)
    return (known.gender if known else "") or reference.given_names.get(get_given_name(name), "")


def _find_bearer(
    name: str,
    title_gender: str,
    bearers: dict[tuple[str, str], list[str]],
    genders: dict[str, str],
    generations: dict[str, str],
) -> tuple[str | None, str] | None:
    """Return the person with a surname or given name and the method; None if no person has it.

    A person whose gender is not that of the title (Mr., Mrs.) is left out: *Mrs. Ruiz* is not Pedro Ruiz. Of several
    persons with a surname, the one that certainly has this gender is chosen, else the first to be named in full.
    """
    fitting = {"", title_gender} if title_gender else {"", "m", "f"}
    inner = [
        e for e in bearers.get(("inner_name", normalise_name(name)), []) if genders.get(e, "") in fitting
    ]
    for method, key in (("surname", get_surname(name)), ("given_name", normalise_name(name))):
        named = bearers.get((method, key), [])
        found = [e for e in named if genders.get(e, "") in fitting]
        if len(found) == 1:
            return found[0], method if found == named else "title_and_surname"
        if not found and len(inner) == 1:
            return inner[0], "surname"
        generation = get_generation(name)
        if same := [e for e in found if generation and generations.get(e) == generation]:
            return same[0], method
        titled = [e for e in found if title_gender and genders.get(e) == title_gender]
        if found and method == "surname":
            return (titled[0], "title_and_surname") if len(titled) == 1 else (found[0], "first_of_surname")
        if found:
            return None, "ambiguous"
    return None


def _merge_name_parts(full: list[Mention], names: dict[str, str]) -> None:
    """Merge "Ruiz Soto" and "de la Vega" into the one longer name of the document that contains them, in place."""
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for entity, name in names.items():
        for part in make_name_parts(name):
            owners[part].add(entity)
    for m in full:
        found = owners.get(tuple(normalise_full_name(m.text).split()), set())
        if len(found) == 1 and m.entity_id not in found and not (m.entity_id or "").startswith("Q"):
            names.pop(m.entity_id or "", None)
            set_mention_entity(m, next(iter(found)), "short_form")


def _merge_spellings(full: list[Mention], names: dict[str, str]) -> None:
    """Merge "Mary Ann Smith", "Mary Smith" and a misspelt "Marie Smith" into one entity, in place."""
    counts = Counter(m.entity_id for m in full)
    mentions: dict[str | None, list[Mention]] = defaultdict(list)
    for m in full:
        mentions[m.entity_id].append(m)
    # Only persons with the same surname are compared: a document may name thousands.
    namesakes: dict[str, list[str]] = defaultdict(list)
    for entity, name in names.items():
        namesakes[get_surname(name)].append(entity)
    for entity in sorted(names, key=lambda e: (e.startswith("Q"), counts[e], e)):
        family = namesakes[get_surname(names[entity])]
        same = [
            e
            for e in family
            if e != entity
            and _is_same_person(names[e], names[entity])
            and not _is_namesake_of_known(e, entity, names)
        ]
        if same:
            keep = max(same, key=lambda e: (e.startswith("Q"), counts[e], e))
            for m in mentions[entity]:
                m.entity_id = keep
            mentions[keep] += mentions.pop(entity)
            counts[keep] += counts[entity]
            family.remove(entity)
            del names[entity]


def _is_namesake_of_known(first: str, second: str, names: dict[str, str]) -> bool:
    """Return True if only one name has a suffix (Jr.) and one of the persons is in the tables without it."""
    known = any(entity.startswith("Q") for entity in (first, second))
    return known and get_generation(names[first]) != get_generation(names[second])


def _is_same_person(first: str, second: str) -> bool:
    """Return True if two full names of one document have the same surname and a similar given name."""
    generations = {get_generation(name) for name in (first, second)} - {""}
    if len(generations) > 1:
        return False
    same_surname = (
        get_surname(first) == get_surname(second)
        and bool(get_given_name(first))
        and bool(get_given_name(second))
    )
    return (
        same_surname
        and JaroWinkler.similarity(get_given_name(first), get_given_name(second)) >= MIN_NAME_SIMILARITY
    )
