"""What the speakers of a transcript or an interview say: each sentence of a turn is a statement of its speaker."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from tasks.attribution.candidates import CLAUSAL_FRAMES, GRAVE_ATTITUDES
from tasks.attribution.colon_layout import SIGNATURE
from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.statement_attributes import find_evidence, is_hedged
from tasks.document.doc import Doc, Token, TokenSpan
from tasks.document.function_words import FIRST_PERSON_SUBJECTS
from tasks.document.layout.document_layout import ANSWER, QUESTION, Turn
from tasks.document.records import Span, Statement
from tasks.document.token_ranges import TokenRange, get_character_spans

TURN = "turn"
"""the rule of what is said in a turn"""
FINITE_TAGS = frozenset(["VBD", "VBZ", "VBP", "MD"])
MAX_ADDRESS_WORDS = 4


def find_turn_statements(doc: Doc, lexicon: CueLexicon, found: Sequence[Statement]) -> list[Statement]:
    """Return the statements of a document with those of its turns.

    A sentence whose own cue has a first-person source (*We deny that*) is that statement only. First-person sources
    get the speaker of the turn.
    """
    if not doc.layout.turns:
        return list(found)
    word_classes = lexicon.reporting_words.word_classes
    speakers = _find_speakers(doc, word_classes["byline"])
    kept, added = list(found), []
    first_person = [i for i, s in enumerate(found) if _has_first_person(doc, s)]
    signed = {s.content for s in found if s.rule == SIGNATURE}
    for turn, speaker in zip(doc.layout.turns, speakers, strict=True):
        own = [i for i in first_person if _is_inside(found[i], turn)]
        if speaker is not None:
            for i in own:
                kept[i] = replace(kept[i], source_token=speaker.i)
        cues = {kept[i].cue_token for i in own if is_whole_statement(kept[i])}
        added += [
            _make_statement(doc, piece, turn, speaker, lexicon)
            for piece in _find_sentences(doc, turn, word_classes["answer"])
            if get_character_spans(doc, [piece]) not in signed
            and not any(doc[i].dep_ == "ROOT" and i in cues for i in range(*piece))
        ]
    return sorted([*kept, *added], key=lambda s: min(s.content[0], s.cue or s.content[0]))


def is_whole_statement(statement: Statement) -> bool:
    """Return True if a statement says all that its sentence does: *We deny that*, not *I did not order a strike*."""
    return statement.rule in CLAUSAL_FRAMES or statement.attitude in GRAVE_ATTITUDES


def _find_sentences(doc: Doc, turn: Turn, answers: Collection[str]) -> Iterator[TokenRange]:
    """Yield the sentences of a turn that say something: those with a finite verb, or a short answer."""
    for span in turn.pieces:
        whole = doc.get_tokens(span)
        for sentence in _split_sentences(doc, whole):
            words = [doc[i] for i in range(*sentence)]
            says = any(token.tag_ in FINITE_TAGS or token.lower_ in answers for token in words)
            if says and not _is_courtesy(words, doc.layout.courtesies):
                yield sentence


def _is_courtesy(words: Sequence[Token], courtesies: Collection[str]) -> bool:
    """Return True if a sentence only greets or thanks: *Thank you, Colonel*."""
    comma = next((i for i, token in enumerate(words) if token.is_punct), len(words))
    opening = " ".join(token.lower_ for token in words[:comma])
    rest = [token for token in words[comma:] if token.is_alpha]
    return opening in courtesies and len(rest) <= MAX_ADDRESS_WORDS


def _split_sentences(doc: Doc, whole: TokenSpan) -> Iterator[TokenRange]:
    """Yield the sentences of a paragraph."""
    starts = [i for i in range(whole.start, whole.end) if i == whole.start or doc[i].is_sent_start]
    yield from zip(starts, [*starts[1:], whole.end], strict=True)


def _make_statement(
    doc: Doc, piece: TokenRange, turn: Turn, speaker: Token | None, lexicon: CueLexicon
) -> Statement:
    """Return the statement that a sentence of a turn is."""
    source = _find_source_span(doc, turn, speaker)
    anchor = doc[piece[0]]
    is_question = doc.text[anchor.idx : doc[piece[1] - 1].idx + 1].rstrip('"”’ ').endswith("?")
    return Statement(
        source=source,
        cue=None,
        content=get_character_spans(doc, [piece]),
        rule=TURN,
        confidence=lexicon.confidence(TURN, "other", "name" if source else "none"),
        cue_lemma=TURN,
        attitude="question" if is_question else "statement",
        source_token=speaker.i if speaker is not None else None,
        source_type="named" if source else "unnamed",
        manner="direct",
        hedged=is_hedged(doc, anchor, [piece], lexicon.reporting_words.hedges),
        evidence=find_evidence(doc, anchor, [piece], lexicon.reporting_words),
    )


def _find_source_span(doc: Doc, turn: Turn, speaker: Token | None) -> Span | None:
    """Return the words that name the speaker: the label, or the name of the interviewee where the label is *A*."""
    if turn.role != ANSWER or speaker is None:
        return turn.label
    name = next((e for e in doc.ents if e.start <= speaker.i < e.end), None)
    return (name.start_char, name.end_char) if name is not None else turn.label


def _has_first_person(doc: Doc, statement: Statement) -> bool:
    """Return True if the source of a statement is *I* or *we*."""
    return (
        statement.source is not None and doc.text[slice(*statement.source)].lower() in FIRST_PERSON_SUBJECTS
    )


def _is_inside(statement: Statement, turn: Turn) -> bool:
    """Return True if the source of a statement is inside a turn."""
    source = statement.source
    return source is not None and any(start <= source[0] < end for start, end in turn.pieces)


def _find_speakers(doc: Doc, byline_words: Collection[str]) -> list[Token | None]:
    """Return for each turn the head of the name of its speaker; None for a question of nobody known."""
    people = _find_people(doc)
    heads = [_find_label_head(doc, turn, people) for turn in doc.layout.turns]
    interviewee = _find_interviewee(doc, people, byline_words)
    return [
        interviewee if head is None and turn.role == ANSWER else head
        for head, turn in zip(heads, doc.layout.turns, strict=True)
    ]


def _find_people(doc: Doc) -> Mapping[int, TokenSpan]:
    """Return the persons that are named outside turns, by their first token."""
    pieces = [piece for turn in doc.layout.turns for piece in turn.pieces]
    labels = [turn.label for turn in doc.layout.turns if turn.label is not None]
    spans = sorted((*pieces, *labels))
    starts = [start for start, _ in spans]
    # The farthest end of the spans up to each: a position is inside one of them if it is before that end.
    ends = [0, *accumulate((end for _, end in spans), max)]
    return {
        entity.start: entity
        for entity in doc.ents
        if entity.label_ == "PERSON" and entity.start_char >= ends[bisect_right(starts, entity.start_char)]
    }


def _find_label_head(doc: Doc, turn: Turn, people: Mapping[int, TokenSpan]) -> Token | None:
    """Return the head of the name in the label of a turn; for initials, that of the person whose name has them."""
    if turn.label is None or turn.role == ANSWER:
        return None
    words = doc.text[slice(*turn.label)]
    if turn.role == QUESTION or (words.isupper() and len(words.replace(".", "")) <= 3):
        letters = words.replace(".", "").replace(" ", "").upper()
        named = next((p for p in people.values() if _get_initials(p) == letters and len(p) > 1), None)
        if named is not None:
            return named[-1]
    tokens = doc.get_tokens(turn.label)
    named_tokens = [token for token in tokens if token.is_alpha]
    bracket = next((token.i for token in tokens if token.text == "("), None)
    before = [token for token in named_tokens if bracket is None or token.i < bracket]
    return (before or named_tokens or [tokens[0]])[-1]


def _get_initials(person: TokenSpan) -> str:
    """Return the first letters of the parts of a name, in capitals."""
    return "".join(token.text[0] for token in person if token.is_alpha).upper()


def _find_interviewee(
    doc: Doc, people: Mapping[int, TokenSpan], byline_words: Collection[str]
) -> Token | None:
    """Return the head of the name that the introduction of an interview mentions most, in full where it does."""
    names = [p for p in people.values() if not (p.start and doc[p.start - 1].lower_ in byline_words)]
    if not names:
        return None
    counts = Counter(p[-1].text for p in names)
    best = max(names, key=lambda p: (counts[p[-1].text], min(len(p), 2), -p.start))
    return best[-1]
