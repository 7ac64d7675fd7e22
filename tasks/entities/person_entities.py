"""Persons of one document: full names, and the surnames and given names by which they come back."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from rapidfuzz.distance import JaroWinkler

from tasks.document.doc import Doc
from tasks.document.records import Mention
from tasks.entities.name_context import Scope
from tasks.entities.names import entity_id, full_name, given_name, is_surname, normalise, surname
from tasks.entities.reference_loader import Reference
from tasks.entities.resolution_methods import settle
from tasks.entities.titles import title_before

# Given names this close (Jaro-Winkler) are one name misspelt: Kristin, Kristen.
ALIKE = 0.9
HYPHENED = re.compile(r"[^\W\d_]-[^\W\d_]+$")


def assign_people(doc: Doc, people: list[Mention], reference: Reference, scope: Scope) -> None:
    """Set the entity of persons: full names first, then the surnames and given names they bear."""
    whole = [m for m in people if not is_surname(m.text)]
    for m in whole:
        if m.entity_id is None:
            settle(m, entity_id("person", m.text), "exact")
    names = {
        m.entity_id: reference.known[m.entity_id].name if m.entity_id in reference.known else m.text
        for m in people
        if m.entity_id is not None
    }
    merge_spellings(whole, names)
    bearers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entity, last in dict.fromkeys(surnames_borne(whole, names, reference)):
        bearers["surname", last].append(entity)
    for entity, name in names.items():
        bearers["given_name", given_name(name)].append(entity)
    genders = {entity: gender_of(entity, name, reference) for entity, name in names.items()}
    for m in people:
        if m.entity_id is None:
            told = title_before(doc, m, reference)[1]
            fitting = {entity for entity, gender in genders.items() if told in ("", gender)}
            settle(m, *(bearer(m.text, bearers, fitting) or alone(m.text, reference, scope)))


def surnames_borne(
    whole: list[Mention], names: dict[str, str], reference: Reference
) -> Iterator[tuple[str, str]]:
    """Yield each person with his surname as the tables spell it and as the document does, in its order."""
    for m in whole:
        if m.entity_id in names:
            for name in (names[m.entity_id], m.text):
                yield from ((m.entity_id, last) for last in family_names(name, reference))


def family_names(name: str, reference: Reference) -> list[str]:
    """Return what may be the family name of a full name: the last word, or in the East of Asia the first.

    "Chen Shui-bian" is Mr. Chen; "Wang Yi" and "Kim Jones" leave both open.
    """
    first, _, rest = full_name(name).partition(" ")
    if first not in reference.family_first:
        return [surname(name)]
    hyphened = bool(HYPHENED.search(name))
    return [first] if hyphened or not rest else [surname(name), first]


def alone(name: str, reference: Reference, scope: Scope) -> tuple[str, str]:
    """Return whom a surname means that no full name in the document bears.

    A few surnames tell enough in a document that speaks of the person's country; any other stands for
    somebody of this document alone.
    """
    known = reference.surnames.get(surname(name))
    if known is not None and scope.home[known.country_code or ""]:
        return known.entity_id, "known_surname"
    return scope.own("person", surname(name)), "own_name"


def gender_of(entity: str, name: str, reference: Reference) -> str:
    """Return the gender that the tables know of a person or of his given name."""
    known = reference.known.get(entity)
    return (known.gender if known else "") or reference.given_names.get(given_name(name), "")


def bearer(
    name: str, bearers: dict[tuple[str, str], list[str]], fitting: set[str]
) -> tuple[str | None, str] | None:
    """Return the person of a surname or given name and the step that found him; None if nobody bears it.

    Of several bearers of a surname the title's gender tells (Mr., Mrs.); else it is the first to be named in
    full, whom the article is about.
    """
    for method, key in (("surname", surname(name)), ("given_name", normalise(name))):
        found = bearers.get((method, key), [])
        if len(found) == 1:
            return found[0], method
        titled = [e for e in found if e in fitting]
        if found and method == "surname":
            return (titled[0], "title_and_surname") if len(titled) == 1 else (found[0], "first_of_surname")
        if found:
            return None, "ambiguous"
    return None


def merge_spellings(whole: list[Mention], names: dict[str, str]) -> None:
    """Give "Mary Ann Smith", "Mary Smith" and a misspelt "Marie Smith" of one document one entity."""
    counts = Counter(m.entity_id for m in whole)
    mentions: dict[str | None, list[Mention]] = defaultdict(list)
    for m in whole:
        mentions[m.entity_id].append(m)
    # Only namesakes are compared: a document may name thousands of persons.
    namesakes: dict[str, list[str]] = defaultdict(list)
    for entity, name in names.items():
        namesakes[surname(name)].append(entity)
    for entity in sorted(names, key=lambda e: (e.startswith("Q"), counts[e], e)):
        family = namesakes[surname(names[entity])]
        same = [e for e in family if e != entity and same_person(names[e], names[entity])]
        if same:
            keep = max(same, key=lambda e: (e.startswith("Q"), counts[e], e))
            for m in mentions[entity]:
                m.entity_id = keep
            mentions[keep] += mentions.pop(entity)
            counts[keep] += counts[entity]
            family.remove(entity)
            del names[entity]


def same_person(first: str, second: str) -> bool:
    """Tell whether two full names of one document share a surname and nearly the given name."""
    same_surname = surname(first) == surname(second) and bool(given_name(first)) and bool(given_name(second))
    return same_surname and JaroWinkler.similarity(given_name(first), given_name(second)) >= ALIKE
