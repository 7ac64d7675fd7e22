"""One label for each name of a document, by majority over its mentions."""

import re
from collections import Counter, defaultdict

from tasks.document.doc import Doc, TokenSpan
from tasks.document.records import Mention
from tasks.entities.name_context import has_preceding_article
from tasks.entities.names import (
    get_case_context,
    get_given_name,
    get_surname,
    make_name_parts,
    normalise_name,
    split_name,
)
from tasks.entities.reference_loader import ReferenceTables
from tasks.entities.titles import has_preceding_title, is_office

MAX_PERSON_TOKENS = 3
MAX_AGE = 110
MIN_LISTED = 3
REGION_LENGTHS = (1, 2)
REGION_ENDS = frozenset({",", ".", ")", ";", "", "—", "–", "-", "--", "("})
MIN_SURNAME_IN_CAPITALS = 4
"""letters of a surname that a transcript writes in capitals, and that is no acronym: *RUIZ: Yes*"""
LONG_THING_NAME = 3
"""words of *Space Shuttle Aurora*"""
MODIFYING_RELATIONS = frozenset({"amod", "compound", "nmod"})
NAMING_PARTICIPLES = frozenset({"named", "called"})
NAME_LABELS = frozenset({"person", "organisation", "place"})
THING_CANDIDATES = NAME_LABELS
PLACE_CANDIDATES = frozenset({"person", "organisation", "other"})
MODEL_NUMBER = re.compile(r"[A-Z]{2,}-\d+")
"""the name of a machine or mission: *QRX-41*"""
BODY_CANDIDATES = frozenset({"person", "place", "nationality", "other"})


def assign_majority_labels(doc: Doc, named: list[Mention], reference: ReferenceTables) -> None:
    """Set the label of every name to its majority label in place; tables and full names of persons take precedence."""
    found = [(m, reference.find_forms(m.text)) for m in named]
    known = [(m, forms) for m, forms in found if forms]
    others = [m for m, forms in found if not forms]
    for m in others:
        m.label = _correct_label(doc, m, reference)
    people = {get_surname(m.text) for m in named if m.label == "person" and " " in m.text}
    people |= _find_short_names(named)
    people |= {normalise_name(m.text) for m in others if _is_followed_by_age(doc, m)}
    things = _find_things(doc, named, reference) | _find_places(doc, others, people, reference)
    ballots: dict[str, Counter[str]] = defaultdict(Counter)
    for m in named:
        ballots[normalise_name(m.text)][m.label] += 1
    for m, forms in known:
        is_person = m.label == "person" or _is_namesake_of_nationality(doc, m, forms[0].label, people)
        m.label = "person" if is_person else forms[0].label
    for m in others:
        name = normalise_name(m.text)
        if name in reference.other_names:
            m.label = reference.other_names[name]
            continue
        if _is_surname(doc, m, people, reference):
            m.label = "person"
        else:
            majority = _choose_majority_label(ballots[name], is_city=name in reference.cities)
            m.label = _restrict_label_by_case(doc, m, majority)
        thing = things.get(name)
        if thing == "organisation" and m.label == "person" and _is_certain_person(doc, m, reference):
            continue
        m.label = _choose_thing_label(m.label, thing)
    _agree_in_lists(doc, others)


def _is_namesake_of_nationality(doc: Doc, mention: Mention, label: str, people: set[str]) -> bool:
    """Return True if the adjective of a country is a surname of the document: *Mark English … English said*."""
    is_name = label == "nationality" and normalise_name(mention.text) in people
    return is_name and doc[mention.head].dep_ not in MODIFYING_RELATIONS and doc[mention.head].tag_ != "NNPS"


def _is_surname(doc: Doc, mention: Mention, people: set[str], reference: ReferenceTables) -> bool:
    """Return True if a name is a surname of the document or of a well-known person, and no acronym."""
    name = normalise_name(mention.text)
    after = doc.tokens[mention.head + 1 : mention.head + 2]
    if name in people and len(name) >= MIN_SURNAME_IN_CAPITALS and any(t.text == ":" for t in after):
        return True
    return (name in people or name in reference.surnames) and not _is_acronym(doc, mention)


def _is_certain_person(doc: Doc, mention: Mention, reference: ReferenceTables) -> bool:
    """Return True if a name of two words has a known given name or a title: *the party’s Ana Ruiz* is a person."""
    is_full = mention.text.count(" ") == 1 and get_given_name(mention.text) in reference.given_names
    return is_full or has_preceding_title(doc, doc.get_tokens(mention.span), reference)


def _find_places(
    doc: Doc, others: list[Mention], people: set[str], reference: ReferenceTables
) -> dict[str, str]:
    """Return the label of the cities that the document puts in their region once: *Greytown, Ontario*.

    A surname of the document is none: *Greytown* may be somebody.
    """
    names = {
        normalise_name(m.text)
        for m in others
        if m.label in PLACE_CANDIDATES | {"place"} and _is_followed_by_region(doc, m, reference)
    }
    return dict.fromkeys(names - people, "place")


def _choose_thing_label(label: str, thing: str | None) -> str:
    """Return the label of a thing or body that is named by its noun, or the label that the name had."""
    changed = {"organisation": BODY_CANDIDATES, "other": THING_CANDIDATES, "place": PLACE_CANDIDATES}
    return thing if thing is not None and label in changed.get(thing, NAME_LABELS) else label


def _agree_in_lists(doc: Doc, others: list[Mention]) -> None:
    """Set the label of a place among other names to that of most names of its list, in place.

    The recogniser takes single words for places: *wrote for the Aurora, the Courier and the Harbour Times*.
    """
    by_head = {m.head: m for m in others}
    for first in others:
        if doc[first.head].dep_ == "conj" and doc[first.head].head.i in by_head:
            continue
        listed, token = [first], doc[first.head]
        while following := [k for k in token.rights if k.dep_ == "conj" and k.i in by_head]:
            token = following[0]
            listed.append(by_head[token.i])
        label, votes = Counter(m.label for m in listed).most_common(1)[0]
        if len(listed) < MIN_LISTED or 2 * votes <= len(listed) or label not in NAME_LABELS:
            continue
        for m in listed:
            m.label = label if m.label == "place" and " " not in m.text else m.label


def _find_things(doc: Doc, named: list[Mention], reference: ReferenceTables) -> dict[str, str]:
    """Return the labels of the names that are given to things and bodies: *the ship Aurora*, *the airline Aurora*.

    A thing has the same name wherever the document uses it without its noun.
    """
    phrased = ((m, _get_phrase_label(doc, m, reference)) for m in named)
    things = {normalise_name(m.text): label for m, label in phrased if label}
    for mention in named:
        words = split_name(mention.text)
        start = doc.get_tokens(mention.span).start
        before = _get_noun_before(doc, start)
        if len(words) > 1 and (label := _get_last_noun_label(words, reference)):
            things[normalise_name(mention.text)] = label
        label = reference.thing_nouns.get(("before", before))
        if label == "organisation" and doc[start - 1].head.i != mention.head:
            label = None  # *The company Ruiz founded*.
        if label is None and doc[mention.head].dep_ == "appos":
            described = reference.thing_nouns.get(("before", doc[mention.head].head.lower_))
            label = described if described == "organisation" else None
        if label:
            things[normalise_name(mention.text)] = label
        if len(words) > 1 and (label := reference.thing_nouns.get(("before", words[0]))):
            things |= {normalise_name(mention.text): label, " ".join(words[1:]): label}
        if (
            len(words) == LONG_THING_NAME
            and (label := reference.thing_nouns.get(("before", words[1]))) == "other"
        ):
            things |= {normalise_name(mention.text): label, words[2]: label}
    return things


def _get_last_noun_label(words: tuple[str, ...], reference: ReferenceTables) -> str | None:
    """Return the label of the last two words of a name, or of the last: *National Convention*, *Convention*."""
    nouns = reference.thing_nouns
    return nouns.get(("last", " ".join(words[-2:]))) or nouns.get(("last", words[-1]))


def _get_phrase_label(doc: Doc, mention: Mention, reference: ReferenceTables) -> str | None:
    """Return the label of a name in a phrase of its noun: *the town of Aurora*, *the Aurora party*."""
    span = doc.get_tokens(mention.span)
    if span.start > 1 and doc[span.start - 1].lower_ == "of":
        return reference.thing_nouns.get(("of", doc[span.start - 2].lower_))
    noun = doc[mention.head].head
    if (
        noun.i != span.end
        or not has_preceding_article(doc, span)
        or normalise_name(mention.text) in reference.surnames
    ):
        return None
    return reference.thing_nouns.get(("after", noun.text))


def _get_noun_before(doc: Doc, start: int) -> str:
    """Return the word before a name in lower case, without *named* or *called* between them."""
    before = start - 2 if start > 1 and doc[start - 1].lower_ in NAMING_PARTICIPLES else start - 1
    return doc[before].lower_ if before >= 0 else ""


def _find_short_names(named: list[Mention]) -> set[str]:
    """Return the forms of two or more words that are part of a person's longer name: *de la Vega*, *Ruiz Soto*."""
    names = {m.text for m in named if m.label == "person" and " " in m.text}
    parts = {" ".join(part) for name in names for part in make_name_parts(name)}
    return parts - {normalise_name(name) for name in names}


def _restrict_label_by_case(doc: Doc, mention: Mention, label: str) -> str:
    """Return the label that the spelling allows: an acronym is not a person, a name without words not a nationality.

    A model number is no organisation.
    """
    if label == "person" and _is_acronym(doc, mention):
        return "other" if any(c.isdigit() for c in mention.text) else "organisation"
    if label == "organisation" and MODEL_NUMBER.fullmatch(mention.text):
        return "other"
    return "other" if label == "nationality" and not split_name(mention.text) else label


def _choose_majority_label(ballot: Counter[str], *, is_city: bool) -> str:
    """Return the label of most mentions of a form; in a tie person, place for a city, or the first in the alphabet."""
    return min(
        ballot, key=lambda label: (-ballot[label], label != "person", is_city and label != "place", label)
    )


def _correct_label(doc: Doc, mention: Mention, reference: ReferenceTables) -> str:
    """Return the label by context: a name with a title or an office is a person, one with an article is not."""
    span = doc.get_tokens(mention.span)
    if mention.label in {"organisation", "place", "other"} and len(span) <= MAX_PERSON_TOKENS:
        office = any(t.dep_ == "appos" and is_office(t, reference) for t in doc[mention.head].rights)
        return "person" if office or has_preceding_title(doc, span, reference) else mention.label
    if mention.label in {"person", "organisation"} and _is_followed_by_region(doc, mention, reference):
        return "place"
    if mention.label in BODY_CANDIDATES and _is_described_as_body(doc, mention, reference):
        titled = mention.label == "person" and has_preceding_title(doc, span, reference)
        return "person" if titled else "organisation"
    if mention.label == "person" and _is_phrase_with_article(doc, mention, span):
        return "other"
    return mention.label


def _is_followed_by_region(doc: Doc, mention: Mention, reference: ReferenceTables) -> bool:
    """Return True if a name of a city stands before its region between commas: *in Greytown, Ontario, where*."""
    end = doc.get_tokens(mention.span).end
    if normalise_name(mention.text) not in reference.cities or doc[end : end + 1].text != ",":
        return False
    for length in REGION_LENGTHS:
        region, after = doc[end + 1 : end + 1 + length], doc[end + 1 + length : end + 2 + length].text
        forms = reference.find_forms(region.text) if len(region) == length else ()
        if forms and forms[0].label in ("place", "country"):
            return after in REGION_ENDS
    return False


def _is_followed_by_age(doc: Doc, mention: Mention) -> bool:
    """Return True if the age of a person follows a name: *Ana Ruiz, 43, said*, *Ana Ruiz, aged 43*."""
    end = doc.get_tokens(mention.span).end
    after = [t.lower_ for t in doc.tokens[end : end + 4]]
    match after:
        case [",", "aged", age, *_]:
            return age.isdecimal()
        case [",", age, "," | ";" | ")" | ".", *_]:
            return age.isdecimal() and int(age) <= MAX_AGE
    return False


def _is_described_as_body(doc: Doc, mention: Mention, reference: ReferenceTables) -> bool:
    """Return True if a word for a body is in apposition to a name: *Velcom, a satellite company, said*."""
    appositions = (t for t in doc[mention.head].rights if t.dep_ == "appos")
    roles = (reference.roles.get(t.lower_) for t in appositions)
    return any(role is not None and role.category == "organisation" for role in roles)


def _is_phrase_with_article(doc: Doc, mention: Mention, span: TokenSpan) -> bool:
    """Return True if "the" directly precedes a name that heads its phrase, as it does a ship's but not a person's."""
    head = doc[mention.head]
    is_head = head.dep_ not in MODIFYING_RELATIONS | {"poss"} and head.tag_ == "NNP"
    return is_head and has_preceding_article(doc, span)


def _is_acronym(doc: Doc, mention: Mention) -> bool:
    """Return True if a name is one word in capitals within text that has lower case: an acronym."""
    start, end = mention.span
    around = get_case_context(doc.text, start, end)
    return " " not in mention.text and mention.text.isupper() and any(c.islower() for c in around)
