"""Entities of one document: which names mean the same, by a sieve from the surest step to the least sure."""

import math
from collections import defaultdict
from itertools import pairwise

from tasks.document.char_spans import tokens_of
from tasks.document.doc import Doc
from tasks.document.records import Mention
from tasks.entities.name_context import Scope, is_common, scope_of
from tasks.entities.names import (
    abbreviates,
    entity_id,
    initials,
    normalise,
)
from tasks.entities.person_entities import assign_people
from tasks.entities.reference_loader import Entry, Known, Reference
from tasks.entities.reference_tables import words_of
from tasks.entities.resolution_methods import settle
from tasks.entities.titles import LONGEST_TITLE

# A namesake in a country the document speaks of is preferred to one that is up to this many times larger.
HOME = math.log10(16)


def assign(doc: Doc, mentions: list[Mention], reference: Reference, doc_id: str) -> None:
    """Set the entity of every name, in place; pronouns are left for :mod:`tasks.speakers.speaker_sieve`."""
    named = [m for m in mentions if not m.pronoun]
    scope = scope_of(doc_id, named, reference)
    for m in named:
        if known := choose(candidates(doc, m, reference), scope):
            settle(m, known.entity_id, "reference")
            m.label = m.label if m.label == "nationality" else known.entity_type
        elif m.label == "weapon":
            settle(m, entity_id("weapon", m.text.removesuffix("s")), "exact")
    assign_people(doc, [m for m in named if m.label == "person"], reference, scope)
    acronyms(doc, named)
    assign_others([m for m in named if m.entity_id is None and m.label != "person"], reference, scope)
    for m in named:
        m.entity_id = reference.merge.get(m.entity_id or "", m.entity_id)


def candidates(doc: Doc, mention: Mention, reference: Reference) -> list[Known]:
    """Return what the tables know by this name, by this name with its title, or as a city.

    A name that shares its last word ("North" in "North and South Korea") brings what it is.
    """
    if mention.entity_id is not None:
        return [reference.known[mention.entity_id]]
    entries = [
        e
        for e in reference.lookup(mention.text)
        if (e.known.entity_type == "person") == (mention.label == "person")
    ]
    if not entries and mention.label == "person":
        entries = titled_person(doc, mention, reference)
    if entries:
        return [e.known for e in entries]
    return list(reference.cities.get(normalise(mention.text), ())) if mention.label == "place" else []


def titled_person(doc: Doc, mention: Mention, reference: Reference) -> list[Entry]:
    """Return the persons whom the tables know by the name with the title before it: "President Obama"."""
    start = tokens_of(doc, mention.span).start
    for first in range(max(0, start - LONGEST_TITLE), start):
        words = words_of(doc[first].text)
        if not words or words[0] not in reference.longest:
            continue
        entries = reference.lookup(f"{doc[first:start].text} {mention.text}")
        if found := [e for e in entries if e.known.entity_type == "person"]:
            return found
    return []


def choose(known: list[Known], scope: Scope) -> Known | None:
    """Return the most likely namesake: by population, and by whether the document speaks of its country."""

    def likely(one: Known) -> float:
        return math.log10(one.population + 1e6 * (not one.population)) + HOME * (
            scope.home[one.country_code or ""] > 1
        )

    return max(filter(scope.allows, known), key=likely, default=None)


def acronyms(doc: Doc, named: list[Mention]) -> None:
    """Join "long form (ABC)" and "ABC (long form)", and give the acronym's other mentions the same entity."""
    meaning: dict[str, str] = {}
    text = doc.text
    for first, second in pairwise(named):
        between = text[first.span[1] : second.span[0]]
        if between.strip(" ’s'") == "(":
            short, long = sorted((first, second), key=lambda m: len(m.text))
            if abbreviates(short.text, long.text):
                known = long.entity_id or short.entity_id or entity_id(long.label, long.text)
                meaning[normalise(short.text)] = meaning[normalise(long.text)] = known
                short.label = long.label
    for m in named:
        if (entity := meaning.get(normalise(m.text))) and (m.entity_id is None or m.resolution == "own_name"):
            settle(m, entity, "acronym")


def assign_others(others: list[Mention], reference: Reference, scope: Scope) -> None:
    """Set the entity of organisations, places and the rest: the same name, its initials, its beginning."""
    longer: dict[tuple[str, str], set[str]] = defaultdict(set)
    for m in others:
        if " " in (name := normalise(m.text)):
            for short in {name.partition(" ")[0], *initials(name)}:
                longer[m.label, short].add(name)
    for m in others:
        name = normalise(m.text)
        found = [n for n in longer[m.label, name] if shortens(m.text, n)] if " " not in name else []
        if len(found) == 1:
            settle(m, entity_id(m.label, found[0]), "acronym" if name in initials(found[0]) else "short_form")
        elif m.label == "organisation" and is_common(m.text, reference):
            settle(m, scope.body(name), "common_name")
        else:
            settle(m, entity_id(m.label, m.text), "exact" if " " in name else "own_name")


def shortens(short: str, long: str) -> bool:
    """Tell whether a name is the initials or the beginning of a longer one.

    An acronym with more words after it is another thing: the UEFA Champions League is not the UEFA.
    """
    name = normalise(short)
    return name in initials(long) or (long.startswith(f"{name} ") and not short.isupper())
