"""Repair of one frequent fault of the parser: a finite verb after an apposition that it takes for a participle.

In *The mayor, Ivan Petrov, denied on Monday that he lied* the sentence then has no finite verb: the subject is its root
and *denied* modifies it. A past participle has neither an object nor a clause with *that*, so the verb is finite.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CLAUSES = frozenset(["relcl", "acl", "ccomp", "advcl"])
OBJECTS = frozenset(["dobj"])
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
