"""Repair of frequent faults of the parser: a finite verb, a subject and a prefix that it takes for something else.

In *The mayor, Ivan Petrov, denied on Monday that he lied* the sentence has no finite verb: the subject is its root
and *denied* modifies it. A past participle has neither an object nor a clause with *that*, so the verb is finite.
In *At the rally, Petrov, a doctor, accused the firm* the verb has no subject: *Petrov* is an apposition to the rally.
In *backed the re-election of Petrov* there are three objects: *re*, the hyphen and *election*.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.document.function_words import WORD_PREFIXES

CLAUSES = frozenset(["relcl", "acl", "ccomp", "advcl"])
OBJECTS = frozenset(["dobj"])
SUBJECTS = frozenset(["nsubj", "nsubjpass", "expl", "csubj"])
NOMINAL_RELATIONS = frozenset(["dobj", "pobj", "attr"])
COMPLEMENTS = frozenset(["dobj", "ccomp"])
FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP"])
MAX_DISTANCE = 60
"""words before and after a root within which its dependents are looked for"""
PREFIXES = WORD_PREFIXES | {"re", "co", "self", "counter"}
AUXILIARIES = frozenset(["aux", "auxpass"])


@dataclass(slots=True)
class ParsedWords:
    """The words of a paragraph with their tags, relations and the positions of their heads."""

    words: Sequence[str]
    tags: list[str]
    relations: list[str]
    heads: list[int]


def repair_finite_verbs(parsed: ParsedWords) -> None:
    """Make the verb the root of each sentence that has a noun for root and a finite verb taken for a participle.

    Tags, relations and heads are changed in place.
    """
    for verb, (tag, relation) in enumerate(zip(parsed.tags, parsed.relations, strict=True)):
        if tag != "VBN" or relation != "acl":
            continue
        noun = parsed.heads[verb]
        if parsed.relations[noun] == "ROOT" and parsed.tags[noun].startswith("NN") and noun < verb - 1:
            _repair_sentence(parsed, noun, verb)


def repair_fronted_subjects(parsed: ParsedWords) -> None:
    """Make the name after a fronted phrase the subject of a finite root that has none, in place."""
    for verb, (tag, relation) in enumerate(zip(parsed.tags, parsed.relations, strict=True)):
        if relation != "ROOT" or tag not in FINITE_TAGS or parsed.words[verb - 1] != ",":
            continue
        window = range(max(0, verb - MAX_DISTANCE), min(len(parsed.heads), verb + MAX_DISTANCE))
        children = [i for i in window if parsed.heads[i] == verb and i != verb]
        relations = {parsed.relations[i] for i in children}
        fronted = [i for i in children if i < verb and parsed.relations[i] == "prep"]
        if not fronted or relations & SUBJECTS or not relations & COMPLEMENTS:
            continue
        name = _find_fronted_name(parsed, fronted[-1], verb)
        if name is not None:
            parsed.heads[name], parsed.relations[name] = verb, "nsubj"


def repair_prefixed_nouns(parsed: ParsedWords) -> None:
    """Make a prefix and its hyphen depend on the noun after them where the parser has three nouns, in place."""
    for hyphen in [i for i, word in enumerate(parsed.words[:-1]) if word == "-" and i]:
        prefix, noun = hyphen - 1, hyphen + 1
        if parsed.words[prefix].lower() not in PREFIXES:
            continue
        siblings = (
            parsed.heads[prefix] == parsed.heads[noun] and parsed.relations[prefix] in NOMINAL_RELATIONS
        )
        if not siblings or not parsed.tags[noun].startswith("NN"):
            continue
        for i in range(max(0, prefix - MAX_DISTANCE), prefix):
            if parsed.heads[i] == prefix:
                parsed.heads[i] = noun
        parsed.heads[prefix], parsed.heads[hyphen] = noun, noun
        parsed.relations[prefix], parsed.relations[hyphen] = "compound", "punct"
        parsed.tags[hyphen] = "HYPH"


def _find_fronted_name(parsed: ParsedWords, start: int, verb: int) -> int | None:
    """Return the name between commas that the parser takes for an apposition to the fronted phrase."""
    return next(
        (
            i
            for i in range(start + 1, verb)
            if parsed.relations[i] == "appos"
            and parsed.tags[i] == "NNP"
            and start < parsed.heads[i] < i
            and _is_after_comma(parsed, i)
            and any(parsed.heads[k] == i and parsed.relations[k] == "appos" for k in range(i, verb))
        ),
        None,
    )


def _is_after_comma(parsed: ParsedWords, noun: int) -> bool:
    """Return True if a comma precedes a noun and the compounds before it."""
    first = noun
    while first and parsed.heads[first - 1] == noun and parsed.relations[first - 1] == "compound":
        first -= 1
    return first > 0 and parsed.words[first - 1] == ","


def _repair_sentence(parsed: ParsedWords, noun: int, verb: int) -> None:
    """Make a verb the root of the sentence of a noun, if it is finite and an apposition separates the two."""
    if parsed.words[verb - 1] != "," or any(
        parsed.heads[i] == verb and parsed.relations[i] in AUXILIARIES for i in range(noun, verb)
    ):
        return
    clause = _find_clause(parsed, noun, verb)
    objects = [
        i
        for i in range(verb + 1, len(parsed.heads))
        if parsed.heads[i] == verb and parsed.relations[i] in OBJECTS
    ]
    if clause is None and not objects:
        return
    for i in range(verb + 1, len(parsed.heads)):
        if parsed.heads[i] == noun:
            parsed.heads[i] = verb
    if clause is not None:
        parsed.heads[clause], parsed.relations[clause] = verb, "ccomp"
    parsed.heads[verb], parsed.relations[verb], parsed.tags[verb] = verb, "ROOT", "VBD"
    parsed.heads[noun], parsed.relations[noun] = verb, "nsubj"


def _find_clause(parsed: ParsedWords, noun: int, verb: int) -> int | None:
    """Return the head of the clause with *that* after a verb which hangs on the verb, its subject or a day."""
    for i in range(verb + 1, len(parsed.words)):
        if parsed.words[i].lower() != "that" or parsed.relations[i] != "mark":
            continue
        head = parsed.heads[i]
        governor = parsed.heads[head]
        if parsed.relations[head] in CLAUSES and (governor == noun or verb <= governor < i):
            return head
    return None
