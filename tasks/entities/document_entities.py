"""Entities within one document: a sieve that resolves names from the surest rule to the least sure."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

from tasks.document.doc import Doc
from tasks.document.records import Mention
from tasks.entities.name_context import NameContext, build_name_context, has_preceding_article, is_common_name
from tasks.entities.names import (
    ACRONYM_FUNCTION_WORDS,
    is_abbreviation,
    make_acronyms,
    make_entity_id,
    normalise_name,
    split_name,
)
from tasks.entities.person_entities import assign_person_entities
from tasks.entities.reference_loader import KnownEntity, NameForm, ReferenceTables
from tasks.entities.reference_tables import make_form_key
from tasks.entities.resolution_methods import set_mention_entity
from tasks.entities.titles import MAX_TITLE_TOKENS

MAX_COUNTRY_WORDS, MIN_BODY_WORDS = 4, 2
EARLY_SHORT_FORMS = 2
"""mentions of a short form that may precede its long form"""
# A city in a country that the document mentions twice is preferred to a namesake with up to 16 times its population.
MENTIONED_COUNTRY_BONUS = math.log10(16)


def assign_entities(
    doc: Doc, mentions: Sequence[Mention], reference: ReferenceTables, doc_id: str
) -> list[Mention]:
    """Return the mentions with the entity of every name; :mod:`tasks.speakers.speaker_sieve` resolves pronouns."""
    assigned = [m.copy() for m in mentions]
    named = [m for m in assigned if not m.pronoun]
    context = build_name_context(doc_id, named, reference)
    for m in named:
        if known := _choose_namesake(_find_candidates(doc, m, reference), normalise_name(m.text), context):
            set_mention_entity(m, known.entity_id, "reference")
            m.label = m.label if m.label == "nationality" else known.entity_type
        elif m.label == "weapon":
            set_mention_entity(m, make_entity_id("weapon", m.text.removesuffix("s")), "exact")
    assign_person_entities(doc, [m for m in named if m.label == "person"], reference, context)
    _join_acronyms(doc, named, reference, context)
    _assign_other_entities(doc, named, reference, context)
    for m in named:
        m.entity_id = reference.merged_into.get(m.entity_id or "", m.entity_id)
    return assigned


def _find_candidates(doc: Doc, mention: Mention, reference: ReferenceTables) -> list[KnownEntity]:
    """Return the entities of the reference tables with this name, with this name and its title, or the cities.

    A name that shares its last word ("North" in "North and South Korea") has its entity already.
    """
    if mention.entity_id is not None:
        return [reference.known_entities[mention.entity_id]]
    forms = [
        form
        for form in reference.find_forms(mention.text)
        if (form.entity.entity_type == "person") == (mention.label == "person")
    ]
    if not forms and mention.label == "person":
        forms = _find_titled_persons(doc, mention, reference)
    if forms:
        return [form.entity for form in forms]
    return list(reference.cities.get(normalise_name(mention.text), ())) if mention.label == "place" else []


def _find_titled_persons(doc: Doc, mention: Mention, reference: ReferenceTables) -> list[NameForm]:
    """Return the known persons whose form is the name with the title before it: "President Obama"."""
    start = doc.get_tokens(mention.span).start
    for first in range(max(0, start - MAX_TITLE_TOKENS), start):
        words = make_form_key(doc.tokens[first].text)
        if not words or words[0] not in reference.max_form_words:
            continue
        forms = reference.find_forms(f"{doc[first:start].text} {mention.text}")
        if found := [form for form in forms if form.entity.entity_type == "person"]:
            return found
    return []


def _choose_namesake(candidates: list[KnownEntity], name: str, context: NameContext) -> KnownEntity | None:
    """Return the most likely candidate by population, with a bonus if its country is mentioned at least twice.

    A city that has the name only as an alias must be larger in the same proportion.
    """

    def score_candidate(entity: KnownEntity) -> float:
        return math.log10(entity.population + 1e6 * (not entity.population)) + MENTIONED_COUNTRY_BONUS * (
            (context.country_counts[entity.country_code or ""] > 1)
            - (entity.entity_type == "place" and normalise_name(entity.name) != name)
        )

    return max(filter(context.is_possible, candidates), key=score_candidate, default=None)


def _join_acronyms(doc: Doc, named: list[Mention], reference: ReferenceTables, context: NameContext) -> None:
    """Give "long form (ABC)" and "ABC (long form)" one entity, and the acronym's other mentions the same; in place."""
    entity_by_name: dict[str, str] = {}
    text = doc.text
    for first, second in pairwise(named):
        between = text[first.span[1] : second.span[0]]
        if between.strip(" ’s'") == "(":
            short, long = sorted((first, second), key=lambda m: len(m.text))
            if is_abbreviation(short.text, long.text):
                entity_id = long.entity_id
                if entity_id is None and _is_abbreviated_entity(short.entity_id, long.text, reference):
                    entity_id = short.entity_id
                entity_id = entity_id or _make_name_id(long.label, long.text, reference, context)
                entity_by_name |= {normalise_name(m.text): entity_id for m in (short, long)}
                short.label = long.label
    entity_by_name |= _find_spelt_out_acronyms(named, reference, context) | entity_by_name
    for m in named:
        if (joined_id := entity_by_name.get(normalise_name(m.text))) and (
            m.entity_id is None
            or m.resolution == "own_name"
            or (m.text.isupper() and m.entity_id != joined_id)
        ):
            set_mention_entity(m, joined_id, "acronym")


def _is_abbreviated_entity(entity_id: str | None, long: str, reference: ReferenceTables) -> bool:
    """Return True if an acronym's entity of the tables may be the one that the text spells out.

    An acronym has many meanings: that of the tables shares half of its words with the long form.
    """
    known = reference.known_entities.get(entity_id or "")
    if known is None:
        return entity_id is not None
    words = {word for word in split_name(known.name) if word not in ACRONYM_FUNCTION_WORDS}
    return 2 * len(words & set(split_name(long))) >= len(words)


def _make_name_id(label: str, name: str, reference: ReferenceTables, context: NameContext) -> str:
    """Return the id of a name that is in no table; a body that many countries have is one of its country."""
    if label == "organisation" and is_common_name(name, reference):
        return context.make_body_id(normalise_name(name))
    return make_entity_id(label, name)


def _find_spelt_out_acronyms(
    named: Sequence[Mention], reference: ReferenceTables, context: NameContext
) -> dict[str, str]:
    """Return the entity by acronym where the text has one full name with these initials.

    The full name in the text takes precedence over the tables, except over countries: an acronym has many meanings.
    """
    known = {m.entity_id for m in named if m.entity_id is not None and " " in normalise_name(m.text)}
    entity_by_name: dict[str, str] = {}
    for m in named:
        if not m.text.isupper() or not m.text.isalpha() or m.entity_id in known or m.label == "country":
            continue
        short = normalise_name(m.text)
        full = {
            n.entity_id or _make_name_id(n.label, n.text, reference, context)
            for n in named
            if _is_full_name(short, n)
        }
        if len(full) == 1:
            entity_by_name[short] = full.pop()
    return entity_by_name


def _is_full_name(short: str, mention: Mention) -> bool:
    """Return True if a mention is a body or a thing of several words with these initials."""
    name = normalise_name(mention.text)
    return (
        mention.label in ("organisation", "other", "event") and " " in name and short in make_acronyms(name)
    )


def _assign_other_entities(
    doc: Doc, named: list[Mention], reference: ReferenceTables, context: NameContext
) -> None:
    """Set the entity of other names in place: that of the same name, or of the one name that they abbreviate."""
    others = [m for m in named if m.entity_id is None and m.label != "person"]
    national_bodies = _index_national_bodies(named, reference)
    long_forms: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    starts: dict[str, list[int]] = defaultdict(list)
    for m in named:
        name = normalise_name(m.text)
        starts[name].append(m.span[0])
        if " " in name and m.label != "person":
            entity_id = m.entity_id or _make_name_id(m.label, name, reference, context)
            for short in _make_short_forms(m, name, reference):
                long_forms[m.label, short][name] = entity_id
    for m in others:
        name = normalise_name(m.text)
        found = {} if " " in m.text else long_forms[m.label, name]
        found = {
            long: entity_id
            for long, entity_id in found.items()
            if _is_short_form(m.text, long)
            or (_is_last_word(m.text, long) and _is_written_with_article(doc, m))
            if name in make_acronyms(long) or _is_introduced(starts[long], starts[name])
        }
        if found and len({*found.values()}) > 1:
            found = _choose_common_beginning(found)
        if found:
            long, entity_id = next(iter(found.items()))
            set_mention_entity(m, entity_id, "acronym" if name in make_acronyms(long) else "short_form")
        else:
            set_mention_entity(m, *_choose_own_entity(m, national_bodies, reference, context))


def _choose_own_entity(
    mention: Mention,
    national_bodies: Mapping[str, Set[str]],
    reference: ReferenceTables,
    context: NameContext,
) -> tuple[str, str]:
    """Return entity and method for a name that abbreviates no other."""
    bodies = national_bodies.get(normalise_name(mention.text), set())
    if mention.label == "organisation" and len(bodies) == 1:
        return next(iter(bodies)), "short_form"
    if mention.label == "organisation" and is_common_name(mention.text, reference):
        return _make_name_id(mention.label, mention.text, reference, context), "common_name"
    method = "exact" if " " in normalise_name(mention.text) else "own_name"
    return make_entity_id(mention.label, mention.text), method


def _index_national_bodies(named: Sequence[Mention], reference: ReferenceTables) -> dict[str, set[str]]:
    """Return the entities of names that begin with a country, by the rest: *Supreme Court* of *US Supreme Court*."""
    bodies: dict[str, set[str]] = defaultdict(set)
    for m in named:
        words = normalise_name(m.text).split() if m.entity_id is not None else []
        for n in range(1, min(MAX_COUNTRY_WORDS, len(words) - MIN_BODY_WORDS) + 1):
            forms = reference.find_forms(" ".join(words[:n]))
            if forms and forms[0].label in ("country", "nationality"):
                bodies[" ".join(words[n:])].add(m.entity_id or "")
    return bodies


def _make_short_forms(mention: Mention, name: str, reference: ReferenceTables) -> set[str]:
    """Return the short forms of a name of several words: the first word, the initials, and the last word of a body."""
    first = name.partition(" ")[0]
    last = normalise_name(mention.text.split()[-1])
    is_body = mention.label == "organisation"
    # *South* is not short for *South Carolina*.
    is_whole = is_body or mention.label == "country" or mention.entity_id is None
    words = {first} if is_whole else set[str]()
    if is_body and last not in reference.common_words:
        words.add(last)
    return words | make_acronyms(name)


def _choose_common_beginning(found: dict[str, str]) -> dict[str, str]:
    """Return the shortest of several long forms if it begins all others, else none."""
    shortest = min(found, key=len)
    return {shortest: found[shortest]} if all(f"{n} ".startswith(f"{shortest} ") for n in found) else {}


def _is_last_word(short: str, long: str) -> bool:
    """Return True if a name in mixed case is the last word of a longer one: *the Courier* for *Orland Courier*."""
    return not short.isupper() and long.endswith(f" {normalise_name(short)}")


def _is_written_with_article(doc: Doc, mention: Mention) -> bool:
    """Return True if "the" directly precedes a name or begins it."""
    return mention.text[:4].lower() == "the " or has_preceding_article(doc, doc.get_tokens(mention.span))


def _is_introduced(long: Sequence[int], short: Sequence[int]) -> bool:
    """Return True if the long form stands near the first short forms: *Velcom* is not short for a later *Velcom Films*.

    A headline and the first sentence may have the short form before it.
    """
    return min(long) < sorted(short)[min(EARLY_SHORT_FORMS, len(short) - 1)]


def _is_short_form(short: str, long: str) -> bool:
    """Return True if a name is the initials or the beginning of a longer one.

    An acronym is not short for a name that begins with it: the UEFA Champions League is not the UEFA.
    """
    name = normalise_name(short)
    return name in make_acronyms(long) or (long.startswith(f"{name} ") and not short.isupper())
