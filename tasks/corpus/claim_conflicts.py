"""Conflicts between two claims: what shows that they state different things, however many words they share."""

from rapidfuzz.distance import Levenshtein

from tasks.corpus.claim_propositions import Proposition, Wording, read_opposites

MAX_EXCHANGED_STEMS = 2
END_OF_CONTENT = ("equal", 0, 0, 0, 0)


def has_conflict(one: Proposition, other: Proposition) -> bool:
    """Return True if accused, event, numbers, polarity or a word show that two propositions differ."""
    a, b = one.wording, other.wording
    return (
        bool(one.accused and other.accused and not one.accused & other.accused)
        or _are_events_apart(one, other)
        or not (a.numbers <= b.numbers or b.numbers <= a.numbers)
        or _differ_in_polarity(one, other)
        or _have_opposites(a, b)
        or _have_names_swapped(a, b)
        or _overlap_in_document(one, other)
    )


def _are_events_apart(one: Proposition, other: Proposition) -> bool:
    """Return True if both say when, and at different times."""
    if one.event is None or other.event is None:
        return False
    return one.event[1] < other.event[0] or other.event[1] < one.event[0]


def _differ_in_polarity(one: Proposition, other: Proposition) -> bool:
    """Return True if one claim negates what the other asserts.

    A longer quotation may negate something else after the words that both have.
    """
    a, b = one.wording, other.wording
    if one.is_cue_negative == other.is_cue_negative:
        return a.is_negative != b.is_negative and not _is_excerpt(a, b)
    return a.is_negative == b.is_negative


def _is_excerpt(a: Wording, b: Wording) -> bool:
    """Return True if one content holds all words of the other in the same order, as an excerpt of a quotation."""
    shorter, longer = sorted((a.words, b.words), key=len)
    return f" {' '.join(shorter)} " in f" {' '.join(longer)} "


def _have_opposites(a: Wording, b: Wording) -> bool:
    """Return True if a word that only one has is the opposite of a word that only the other has."""
    opposites = read_opposites()
    ours, theirs = set(a.words), set(b.words)
    return any(opposites[word] & (theirs - ours) for word in ours - theirs if word in opposites)


def _have_names_swapped(a: Wording, b: Wording) -> bool:
    """Return True if names occur in another order: *A struck B* and *B struck A*, but not *B was struck by A*."""
    ours, theirs = ([n for n in x.names if n in y.names] for x, y in ((a, b), (b, a)))
    return ours != theirs and ("by" in a.words) == ("by" in b.words)


def have_words_exchanged(a: Wording, b: Wording) -> bool:
    """Return True if one or two content words of the claims differ: *a new school*, *a new prison*.

    They may be synonyms. Of pairs that were annotated, too many were not.
    """
    only_ours = only_theirs = 0
    for tag, i1, i2, j1, j2 in (*Levenshtein.opcodes(a.stem_order, b.stem_order), END_OF_CONTENT):
        if tag != "equal":
            # A word that both have was moved, as in a passive, and not exchanged.
            only_ours += sum(stem not in b.stems for stem in a.stem_order[i1:i2])
            only_theirs += sum(stem not in a.stems for stem in b.stem_order[j1:j2])
            continue
        if 0 < only_ours <= MAX_EXCHANGED_STEMS and 0 < only_theirs <= MAX_EXCHANGED_STEMS:
            return True
        only_ours = only_theirs = 0
    return False


def _overlap_in_document(one: Proposition, other: Proposition) -> bool:
    """Return True if claims of one document overlap, as a statement does with one that is nested in it."""
    spans = {o.doc_id: o.spans for o in one.occurrences}
    return any(
        any(s < f and t < e for s, e in spans.get(o.doc_id, ()) for t, f in o.spans)
        for o in other.occurrences
    )
