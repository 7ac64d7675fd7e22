"""Mentions: the names and personal pronouns of a document.

Candidates come from the entity recogniser and the reference tables; :func:`_has_priority` decides where they
overlap. Titles are removed, and the majority over the document decides the label of each name.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from tasks.document.doc import Doc, Token, TokenSpan
from tasks.document.function_words import LIST_CONJUNCTIONS
from tasks.document.records import Mention
from tasks.entities.entity_names import MENTION_LABELS, find_entity_names
from tasks.entities.gazetteer import NameMatch, find_known_names
from tasks.entities.label_vote import assign_majority_labels
from tasks.entities.names import make_acronyms, normalise_name
from tasks.entities.reference_loader import ReferenceTables
from tasks.entities.spelt_out_bodies import find_spelt_out_names
from tasks.entities.titles import find_title_range

NOUN_TAGS = frozenset({"NNP", "NNPS", "NN", "NNS"})
MIN_HEADLINE_NAME_WORDS = 3
MAX_HEADLINE_CHARS = 300
MIN_TITLE_WORD = 4
"""letters of a word that has a capital in a headline in title case"""
REPEATED_LABELS = frozenset({"person", "organisation", "place", "event"})
PRONOUN_LABELS = {
    **dict.fromkeys(("he", "him", "himself", "she", "her", "herself", "i", "me", "myself"), "person"),
    **dict.fromkeys(("they", "them", "themselves", "we", "us", "ourselves", "it", "itself"), "other"),
}


def find_mentions(doc: Doc, reference: ReferenceTables) -> list[Mention]:
    """Return the mentions of one document in order, without overlaps."""
    matches = find_known_names(doc.text, reference)
    named = list(_find_coordinated_names(doc, reference))
    named += _find_spelt_out_bodies(doc, named)
    taken = _get_covered_tokens(doc, named)
    recognised = [
        m
        for m in _find_recognised_mentions(doc, matches, reference)
        if taken.isdisjoint(doc.get_tokens(m.span).indices)
    ]
    taken |= _get_covered_tokens(doc, recognised)
    known = [m for match in matches if (m := _convert_match(doc, match, taken, reference)) is not None]
    taken |= _get_covered_tokens(doc, known)
    named += recognised + known
    repeated = [*_find_repeated_full_names(doc, named, taken)]
    taken |= _get_covered_tokens(doc, repeated)
    repeated += _find_repeated_names(doc, named, taken)
    named = _join_divided_names(doc, [*named, *repeated], reference)
    named = _cut_headline_names(doc, named, reference)
    assign_majority_labels(doc, named, reference)
    return sorted([*named, *_find_pronouns(doc, taken | {m.head for m in repeated})], key=lambda m: m.span)


def _get_covered_tokens(doc: Doc, mentions: Iterable[Mention]) -> set[int]:
    """Return the indices of the tokens that lie in a mention."""
    spans = (doc.char_span(*m.span) for m in mentions)
    return {i for span in spans if span is not None for i in span.indices}


def _make_mention(span: TokenSpan, label: str) -> Mention:
    """Return the mention of a token span."""
    return Mention((span.start_char, span.end_char), span.text, label, span.root.i)


def _find_coordinated_names(doc: Doc, reference: ReferenceTables) -> Iterator[Mention]:
    """Yield both names of "North and South Korea" if the tables know both; the first shares the last word."""
    tokens = doc.tokens
    links = [token.i for token in tokens[1:-2] if token.lower_ in LIST_CONJUNCTIONS]
    for first, second, last in ((tokens[i - 1], tokens[i + 1], tokens[i + 2]) for i in links):
        if first.text[:1].isupper() and second.text[:1].isupper():
            whole = reference.find_forms(f"{first.text} {last.text}")
            other = reference.find_forms(f"{second.text} {last.text}")
            if whole and other and last.tag_.startswith("NN"):
                known = whole[0].entity
                yield replace(
                    _make_mention(doc[first.i : first.i + 1], whole[0].label), entity_id=known.entity_id
                )
                yield _make_mention(doc[second.i : last.i + 1], other[0].label)


def _find_spelt_out_bodies(doc: Doc, named: Iterable[Mention]) -> Iterator[Mention]:
    """Yield the organisations whose acronyms the text has and that the recogniser cuts or does not see."""
    taken = _get_covered_tokens(doc, named)
    for span in find_spelt_out_names(doc.text):
        tokens = doc.char_span(*span)
        if tokens is None or not taken.isdisjoint(tokens.indices):
            continue
        inside = [e for e in doc.ents if e.start < tokens.end and tokens.start < e.end]
        is_whole = any(e.start <= tokens.start and tokens.end <= e.end for e in inside)
        if not is_whole and not any(e.label_ == "PERSON" and len(e) > 1 for e in inside):
            yield _make_mention(tokens, "organisation")


def _find_recognised_mentions(
    doc: Doc, matches: list[NameMatch], reference: ReferenceTables
) -> Iterator[Mention]:
    """Yield the names in the recogniser's entities, except where a match of the tables has priority."""
    starts, ends = [m.span[0] for m in matches], [m.span[1] for m in matches]
    for entity in doc.ents:
        if entity.label_ not in MENTION_LABELS:
            continue
        for part, label in find_entity_names(entity, reference):
            inside = matches[bisect_right(ends, part.start_char) : bisect_left(starts, part.end_char)]
            if not any(_has_priority(match, part, label) for match in inside):
                yield _make_mention(part, label)


def _has_priority(match: NameMatch, part: TokenSpan, label: str) -> bool:
    """Return True if a match of the tables replaces the recogniser's name.

    A match replaces a name that it covers. A country inside a longer name does not ("Chad Smith", "Russian Foreign
    Ministry"); a weapon or a known person does.
    """
    covers = match.span[0] <= part.start_char and part.end_char <= match.span[1]
    known = match.forms[0].label if match.forms else "weapon"
    return covers or (known == "weapon" and label == "other") or (known == "person" and label != "person")


def _convert_match(doc: Doc, match: NameMatch, taken: set[int], reference: ReferenceTables) -> Mention | None:
    """Return the mention of a known name without its title, or None if one of its tokens is taken."""
    span = doc.char_span(*match.span)
    if span is None or not taken.isdisjoint(span.indices):
        return None
    label = match.forms[0].label if match.forms else "weapon"
    cut = find_title_range(span, label, reference) if label == "person" else None
    # The title in "Pope Francis" is part of the name.
    if cut is None or cut[0] > 0 or match.forms[0].entity.name == match.forms[0].text:
        start, end = match.span
        return Mention((start, end), doc.text[start:end], label, span.root.i)
    return _make_mention(span[cut[1] :], label)


def _find_repeated_names(doc: Doc, named: list[Mention], taken: set[int]) -> list[Mention]:
    """Return the missed repetitions of a surname, a single-word name or an organisation's initials."""
    people = {m.text.split()[-1] for m in named if m.label == "person" and " " in m.text}
    labels = {m.text: m.label for m in named if " " not in m.text and len(m.text) > 2 and m.label != "other"}
    bodies = [m.text for m in named if m.label == "organisation" and " " in m.text]
    labels |= {
        short.upper(): "organisation" for name in bodies for short in make_acronyms(name) if len(short) > 2
    }
    labels |= {name: "person" for name in people if len(name) > 2 and name[0].isupper()}
    # *RUIZ: We left*: a transcript names its speakers in capitals.
    turns = {name.upper() for name in people if len(name) > 2}
    return [
        _make_mention(doc[t.i : t.i + 1], labels.get(t.text, "person"))
        for t in doc
        if t.i not in taken and ((t.text in labels and t.tag_ in NOUN_TAGS) or _is_turn_label(t, turns))
    ]


def _is_turn_label(token: Token, names: Collection[str]) -> bool:
    """Return True if a name in capitals stands at the beginning of a line before a colon."""
    if token.text not in names or token.i + 1 >= len(token.doc) or token.nbor(1).text != ":":
        return False
    return token.i == 0 or "\n" in token.nbor(-1).text


def _find_repeated_full_names(doc: Doc, named: list[Mention], taken: set[int]) -> Iterator[Mention]:
    """Yield the missed repetitions of the names of several words."""
    by_start: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for m in named:
        if " " in m.text and m.label in REPEATED_LABELS:
            by_start[doc.get_tokens(m.span)[0].text].add((m.text, m.label))
    for token in doc:
        if token.i in taken or token.text not in by_start:
            continue
        for text, label in sorted(by_start[token.text], key=lambda name: (-len(name[0]), name)):
            span = doc.char_span(token.idx, token.idx + len(text))
            if span is None or span.text != text or span[-1].tag_ not in NOUN_TAGS:
                continue
            if taken.isdisjoint(span.indices):
                taken = taken | set(span.indices)
                yield _make_mention(span, label)
                break


def _join_divided_names(doc: Doc, named: list[Mention], reference: ReferenceTables) -> list[Mention]:
    """Return the mentions with the parts of a divided name joined.

    Two neighbours are one name if the document or the table of cities has it: *San Pedro* and *Sula*. Two nationalities
    with a hyphen between them are one: *Orlandish-Lehmish* belongs neither to the one country nor to the other.
    """
    names = {(m.text, m.label) for m in named if " " in m.text}
    joined: list[Mention] = []
    for m in sorted(named, key=lambda m: m.span):
        before = joined[-1] if joined else None
        if before is not None and before.label == m.label and before.span[1] + 1 == m.span[0]:
            whole = doc.text[before.span[0] : m.span[1]]
            is_city = m.label == "place" and normalise_name(whole) in reference.cities
            span = doc.char_span(before.span[0], m.span[1])
            is_double = m.label == "nationality" and doc.text[before.span[1]] == "-"
            is_known = " " in whole and ((whole, m.label) in names or is_city)
            if span is not None and (is_known or is_double):
                joined[-1] = _make_mention(span, m.label)
                continue
        joined.append(m)
    return joined


def _cut_headline_names(doc: Doc, named: list[Mention], reference: ReferenceTables) -> list[Mention]:
    """Return the mentions; of a name that the recogniser runs on in a headline, the name that the text or a table has.

    *Ana Ruiz Slams Bank*: each word has a capital, so that the verb looks like a part of the name.
    """
    people = {m.text for m in named if m.label == "person" and " " in m.text}
    return [
        cut
        if m.text.count(" ") >= MIN_HEADLINE_NAME_WORDS - 1
        and (cut := _find_shorter_name(doc, m, people, reference)) is not None
        and _is_in_title_case(doc, m)
        else m
        for m in named
    ]


def _find_shorter_name(
    doc: Doc, mention: Mention, people: Collection[str], reference: ReferenceTables
) -> Mention | None:
    """Return the full name of a known person, or of one of ``people``, with which a longer name begins, or None."""
    span = doc.get_tokens(mention.span)
    for end in range(span.end - 1, span.start + 1, -1):
        part = doc[span.start : end]
        if part.text in people or any(form.label == "person" for form in reference.find_forms(part.text)):
            return _make_mention(part, "person")
    return None


def _is_in_title_case(doc: Doc, mention: Mention) -> bool:
    """Return True if most longer words of a name's short line have a capital, and it does not end as a sentence."""
    before = doc.text[max(0, mention.span[0] - MAX_HEADLINE_CHARS) : mention.span[0]]
    after = doc.text[mention.span[1] : mention.span[1] + MAX_HEADLINE_CHARS]
    line = before.rpartition("\n")[2] + mention.text + after.partition("\n")[0]
    words = [word for word in line.split() if len(word) >= MIN_TITLE_WORD]
    is_title = 4 * sum(word[0].isupper() for word in words) >= 3 * len(words)
    return is_title and len(line) <= MAX_HEADLINE_CHARS and not line.rstrip().endswith((".”", '."'))


def _find_pronouns(doc: Doc, taken: set[int]) -> Iterator[Mention]:
    """Yield the personal pronouns, unresolved."""
    for token in doc:
        if (
            token.tag_ == "PRP"
            and token.lower_ in PRONOUN_LABELS
            and token.i not in taken
            and not _is_expletive(token)
        ):
            yield Mention(
                (token.idx, token.idx + len(token)),
                token.text,
                PRONOUN_LABELS[token.lower_],
                token.i,
                pronoun=True,
            )


def _is_expletive(token: Token) -> bool:
    """Return True if "it" refers to nothing, as in "it rains"."""
    return bool(token.dep_ == "expl")
