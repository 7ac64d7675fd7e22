"""Entities of one document: which names mean the same, by a sieve from the surest step to the least sure."""

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from tasks.normalise.names import (
    abbreviates,
    entity_id,
    initials,
    normalise,
)
from tasks.normalise.people import assign_people
from tasks.normalise.reference import Known, Reference
from tasks.normalise.settle import settle
from tasks.normalise.spans import tokens_of
from tasks.parsed import Doc
from tasks.records import Mention

# A namesake in a country the document speaks of is preferred to one that is up to this many times larger.
HOME = math.log10(16)


def assign(doc: Doc, mentions: list[Mention], reference: Reference) -> None:
    """Set the entity of every name, in place; pronouns are left for :mod:`tasks.normalise.speakers`."""
    named = [m for m in mentions if not m.pronoun]
    home = countries_of(named, reference)
    for m in named:
        if known := choose(candidates(doc, m, reference), home):
            settle(m, known.entity_id, "reference")
            m.label = m.label if m.label == "nationality" else known.entity_type
        elif m.label == "weapon":
            settle(m, entity_id("weapon", m.text.removesuffix("s")), "exact")
    assign_people(doc, [m for m in named if m.label == "person"], reference)
    acronyms(doc, named)
    assign_others([m for m in named if m.entity_id is None and m.label != "person"])


def countries_of(named: Iterable[Mention], reference: Reference) -> Counter[str]:
    """Count the document's unambiguous mentions of each country."""
    found = (reference.lookup(m.text) for m in named)
    return Counter(e[0].known.country_code for e in found if len(e) == 1 and e[0].known.country_code)


def candidates(doc: Doc, mention: Mention, reference: Reference) -> list[Known]:
    """Return what the tables know by this name, by this name with its title, or as a city."""
    entries = [
        e
        for e in reference.lookup(mention.text)
        if (e.known.entity_type == "person") == (mention.label == "person")
    ]
    if not entries and mention.label == "person":
        start = tokens_of(doc, mention.span).start
        before = doc[max(0, start - 1) : start].text
        entries = [e for e in reference.lookup(f"{before} {mention.text}") if e.known.entity_type == "person"]
    if entries:
        return [e.known for e in entries]
    return list(reference.cities.get(normalise(mention.text), ())) if mention.label == "place" else []


def choose(known: list[Known], home: Counter[str]) -> Known | None:
    """Return the most likely namesake: by population, and by whether the document speaks of its country."""

    def likely(one: Known) -> float:
        return math.log10(one.population + 1e6 * (not one.population)) + HOME * (
            home[one.country_code or ""] > 1
        )

    return max(known, key=likely, default=None)


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


def assign_others(others: list[Mention]) -> None:
    """Set the entity of organisations, places and the rest: the same name, its initials, its beginning."""
    counts = Counter((m.label, normalise(m.text)) for m in others)
    long = {(label, name) for label, name in counts if " " in name}
    for m in others:
        name = normalise(m.text)
        found = [n for label, n in long if label == m.label and n != name and shortens(name, n)]
        if len(found) == 1 and " " not in name:
            settle(m, entity_id(m.label, found[0]), "acronym" if name in initials(found[0]) else "short_form")
        else:
            settle(m, entity_id(m.label, m.text), "exact" if " " in name else "own_name")


def shortens(short: str, long: str) -> bool:
    """Tell whether a name is the initials or the beginning of a longer one."""
    return short in initials(long) or long.startswith(f"{short} ")
