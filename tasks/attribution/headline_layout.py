"""Statements of headlines whose speaker comes last: *Bridge unsafe, minister says*, *Bridge unsafe: report*.

Only lines without a full stop are read so. Where nothing shows that a line reports, it makes no statement: what
precedes a colon or dash needs a predicate, and what follows it has to be a noun of the tables of speakers
(``seeds/layouts``), since names there are mostly those of publishers.
"""

from collections.abc import Iterator, Sequence

from tasks.attribution.candidates import StatementCandidate
from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.quoting.quotations import SENTENCE_STOPS
from tasks.attribution.reporting_words import ReportingWords
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange, make_overlap_test

MAX_HEADLINE_TOKENS = 30
MAX_SOURCE_TOKENS = 6
MAX_HEARER_TOKENS = 4
SEPARATORS = frozenset([":", "-", "--", "–", "—"])
NOMINAL_TAGS = ("NN", "JJ", "DT", "POS", "CD", "HYPH", "PRP$")
PREDICATE_TAGS = frozenset(["VBZ", "VBP", "VBD", "VBN", "VBG", "MD"])
OTHER_FIRST_TAGS = frozenset(["IN", "RB", "WRB", "WP", "CC", "VB", "VBP"])
"""tags of first words of adjuncts and requests: *After the vote, mayor says*, *Read more: report*"""


def find_headline_candidates(
    doc: Doc, lexicon: CueLexicon, taken: Sequence[TokenRange]
) -> Iterator[StatementCandidate]:
    """Yield the statements of the headlines that end with their speaker; ``taken`` are the contents found before."""
    is_taken = make_overlap_test(taken)
    for start, end in doc.paragraphs:
        while end > start and doc[end - 1].is_space:
            end -= 1
        if not 4 <= end - start <= MAX_HEADLINE_TOKENS or doc[end - 1].text in SENTENCE_STOPS:
            continue
        found = _find_reported_line(doc, (start, end), lexicon) or _find_named_line(
            doc, (start, end), lexicon.reporting_words
        )
        if found is not None and not is_taken(found.content[0]):
            yield found


def has_predicate(tokens: Sequence[Token]) -> bool:
    """Return True for words that state something: a verb, or an adjective after its noun (*bridge unsafe*)."""
    return any(token.tag_ in PREDICATE_TAGS for token in tokens) or (
        len(tokens) > 1 and tokens[-1].tag_ == "JJ" and tokens[-2].tag_.startswith("NN")
    )


def _find_reported_line(doc: Doc, piece: TokenRange, lexicon: CueLexicon) -> StatementCandidate | None:
    """Return the statement of a line that ends with a comma, a speaker and a cue, or None."""
    start, end = piece
    comma = next((i for i in range(end - 1, start, -1) if doc[i].text == ","), start)
    cue = next((i for i in range(comma + 1, end) if lexicon.is_quoting_form(doc[i].lower_)), comma)
    source, hearer = doc.tokens[comma + 1 : cue], doc.tokens[cue + 1 : end]
    if comma - start < 2 or not 0 < len(source) <= MAX_SOURCE_TOKENS or doc[start].tag_ in OTHER_FIRST_TAGS:
        return None
    is_told = doc[cue].lower_ in lexicon.reporting_words.hearer_verbs and len(hearer) <= MAX_HEARER_TOKENS
    if (hearer and not is_told) or not all(t.tag_.startswith(NOMINAL_TAGS) for t in (*source, *hearer)):
        return None
    entry = lexicon.find_quoting(doc[cue])
    return StatementCandidate(doc[cue], entry, source[-1], ((start, comma),), "before")


def _find_named_line(doc: Doc, piece: TokenRange, words: ReportingWords) -> StatementCandidate | None:
    """Return the statement of a line that ends with a colon or dash and a noun that speaks, or None."""
    start, end = piece
    places = range(end - 2, max(end - MAX_SOURCE_TOKENS, start), -1)
    mark = next((i for i in places if _is_separator(doc, i)), None)
    if mark is None or doc[start].tag_ in OTHER_FIRST_TAGS:
        return None
    source, said = doc.tokens[mark + 1 : end], doc.tokens[start:mark]
    is_speaker = source[-1].lower_ in words.speaking_documents | words.speaking_people
    if not is_speaker or not all(t.tag_.startswith(NOMINAL_TAGS) for t in source):
        return None
    if not has_predicate([token for token in said if not token.is_punct]):
        return None
    return StatementCandidate(doc[mark], None, source[-1], ((start, mark),), "colon")


def _is_separator(doc: Doc, i: int) -> bool:
    """Return True for a colon, or a dash between spaces."""
    return doc[i].text == ":" or (
        doc[i].text in SEPARATORS and bool(doc[i].whitespace_ and doc[i - 1].whitespace_)
    )
