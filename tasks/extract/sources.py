"""Who says it: from a cue to the noun phrase of its source."""

from spacy.tokens import Doc, Token

from tasks.extract.spans import Range, minus, subtree, trimmed

SUBJECTS = frozenset(["nsubj", "nsubjpass", "csubj"])
PASSIVE = frozenset(["nsubjpass", "auxpass"])
CLAUSES_THAT_SHARE = frozenset(["conj", "xcomp", "advcl", "dep", "pcomp"])
REDUCED = frozenset(["acl"])
NOUN_TAGS = ("NN", "PRP", "WP", "DT", "CD", "JJ", "WDT", "EX")
SPEAKER_PREPOSITIONS = frozenset(["by", "from", "of"])
PRONOUNS = frozenset(
    "i me you he him she her it we us they them who that which this these those his hers its their theirs our my your one whom".split()
)


def is_passive(verb: Token) -> bool:
    """Tell whether a verb is in the passive, reduced passives (*the man accused of*) included."""
    if verb.tag_ != "VBN":
        return False
    if any(child.dep_ in PASSIVE for child in verb.children):
        return True
    return verb.dep_ in REDUCED and not any(child.dep_ in ("aux", "nsubj") for child in verb.children)


def subject_of(verb: Token) -> Token | None:
    """Return the head of the verb's subject, shared or controlled ones included, or None.

    *Adding* in "she left, adding that ..." takes the subject of *left*; the second verb of a coordination that
    of the first; an infinitive or participle its controller; a reduced relative clause the noun it modifies.
    """
    seen = verb
    for _ in range(6):
        own = next((child for child in seen.children if child.dep_ in SUBJECTS and child.i != verb.i), None)
        if own is not None and not (own.dep_ == "csubj"):
            return own
        if seen.dep_ in REDUCED:
            return seen.head
        if seen.dep_ == "xcomp" and (controller := object_of(seen.head)) is not None and seen is verb:
            return controller if controller.i < seen.i else subject_of(seen.head)
        if seen.dep_ == "pcomp" and seen.head.dep_ == "prep":
            seen = seen.head.head
        elif seen.dep_ == "prep":
            seen = seen.head
        elif seen.dep_ in CLAUSES_THAT_SHARE:
            seen = seen.head
        else:
            return None
    return None


def object_of(verb: Token) -> Token | None:
    """Return the head of the verb's direct or indirect object, or None."""
    return next((child for child in verb.children if child.dep_ in ("dobj", "dative") and child.dep_ != "prep"), None)


def agent_of(verb: Token) -> Token | None:
    """Return the head of the *by* phrase of a passive, or None."""
    for child in verb.children:
        if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"):
            return next((k for k in child.children if k.dep_ == "pobj"), None)
    return None


def source_of_verb(verb: Token) -> Token | None:
    """Return the head of the noun phrase that a verb names as its source, or None."""
    if is_passive(verb):
        return agent_of(verb)
    return subject_of(verb)


def source_of_noun(noun: Token) -> Token | None:
    """Return who makes the claim that a noun names: possessor, *by* phrase, or subject of its light verb."""
    for child in noun.children:
        if child.dep_ == "poss":
            return child
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ in ("by", "from", "among"):
            if (person := next((k for k in child.children if k.dep_ == "pobj"), None)) is not None:
                return person
    head = noun.head
    if noun.dep_ in ("dobj", "attr") and head.tag_.startswith("VB"):
        return source_of_verb(head)
    if noun.dep_ == "pobj" and head.dep_ == "prep" and head.head.tag_.startswith("VB"):
        return source_of_verb(head.head)
    return None


def source_of_adjective(adjective: Token) -> Token | None:
    """Return who is *confident*, *afraid* or *willing*: the subject of the copula, or the noun described."""
    head = adjective.head
    if adjective.dep_ in ("acomp", "oprd", "conj") and head.tag_.startswith("VB"):
        return subject_of(head)
    return head if adjective.dep_ in ("amod", "acl", "appos") and head.tag_.startswith(("NN", "PRP")) else None


def noun_phrase(doc: Doc, head: Token) -> Range:
    """Return the full noun phrase of a source: title, apposition and names, without its relative clauses."""
    start, end = subtree(head)
    holes = [
        subtree(child)
        for child in head.subtree
        if child.i != head.i and leaves_phrase(child, head)
    ]
    pieces = minus((start, end), holes)
    piece = next((p for p in pieces if p[0] <= head.i < p[1]), (head.i, head.i + 1))
    piece = joined_apposition(doc, piece, pieces)
    return trimmed(doc, cut_outside(doc, piece, head))


def leaves_phrase(child: Token, head: Token) -> bool:
    """Tell whether a dependent is no part of a source's name: relative clauses, asides, stray clauses."""
    if child.head.i == head.i and child.i < head.i and child.dep_ in ("cc", "preconj", "punct", "advmod"):
        return child.dep_ != "advmod" and child.text not in "“\"‘'(" or child.lower_ in ("meanwhile", "however")
    return child.dep_ in ("relcl", "advcl", "ccomp", "parataxis") and child.i > head.i


def joined_apposition(doc: Doc, piece: Range, pieces: list[Range]) -> Range:
    """Return the piece that holds the head; what a cut relative clause parted from it stays out."""
    del doc, pieces
    return piece


def cut_outside(doc: Doc, piece: Range, head: Token) -> Range:
    """Return the phrase without what stands beyond a quotation mark or line break next to its head."""
    start, end = piece
    for i in range(head.i, start - 1, -1):
        if doc[i].text in ("”", "''") or "\n" in doc[i].text:
            start = i + 1
            break
    for i in range(head.i, end):
        if doc[i].text == "“" and not any(t.text == "”" for t in doc[i:end]) or "\n" in doc[i].text:
            end = i
            break
    return start, end
