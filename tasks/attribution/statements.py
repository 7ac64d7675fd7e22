"""A parsed document becomes statements: cues are found, each with its source and content."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tasks.attribution.authority_phrases import according_to
from tasks.attribution.candidates import GRAVE, Candidate, find_nested_cues, refusal
from tasks.attribution.colon_layout import after_colon
from tasks.attribution.content_glosses import without_gloss
from tasks.attribution.cue_frames import FRAMES, Content, prepositional
from tasks.attribution.cue_lexicon import Cue, Lexicon
from tasks.attribution.quotation_cues import Attributed, attribute_quotations
from tasks.attribution.quotations import Quotation, find_quotations, is_fragment, is_speech
from tasks.attribution.source_phrases import (
    PRONOUNS,
    follows_comma,
    is_passive,
    noun_phrase,
    reporting_clause,
    source_of_adjective,
    source_of_noun,
    source_of_verb,
)
from tasks.attribution.statement_attributes import addressee, evidence, is_hedged, with_parents
from tasks.document.doc import Doc, Token
from tasks.document.records import Manner, SourceType, Span, Statement
from tasks.document.token_ranges import Range, character_span, characters, merged, minus
from tasks.seeds import seed_words

SENTENCE_EDGES = frozenset(["?", "!", ".", ";", ":", "”"])
REQUESTED = ("inf", "for")
"""What one asks somebody to do, or asks for, is no question."""
IMPLICIT_FRAMES = ("before", "around", "as-aside")


SOURCES: dict[str, Callable[[Token], Token | None]] = {
    "verb": source_of_verb,
    "noun": source_of_noun,
    "adjective": source_of_adjective,
    "adverb": lambda _: None,
}


def find_statements(doc: Doc, lexicon: Lexicon) -> list[Statement]:
    """Return the statements of a document in the order of their cues."""
    return with_parents([s for s, reason in examine(doc, lexicon) if reason is None])


def examine(doc: Doc, lexicon: Lexicon) -> Iterator[tuple[Statement, str | None]]:
    """Yield each statement that a cue could make, with the reason for which it is not taken, or None."""
    quotations = find_quotations(doc)
    quoted = inside_speech(doc, quotations)
    words = (t for t in doc if t.lower_ in lexicon.words and not quoted[t.i])
    cues = {t.i: entry for t in words if (entry := lexicon.find(t)) is not None}
    speakers = {i: doc[i] for i, entry in cues.items() if "quote" in entry.frames}
    others = {i for i, entry in cues.items() if entry.pos == "verb" and i not in speakers}
    attributed = attribute_quotations(doc, quotations, doc.paragraphs, speakers, others)
    speech = {a.cue.i: a for a in attributed}
    candidates = [c for i, entry in cues.items() for c in of_cue(doc, doc[i], entry, speech.get(i))]
    candidates += according_to(doc, quoted)
    candidates += after_colon(doc, {c.cue.i for c in candidates})
    candidates.sort(key=lambda c: c.cue.i)
    candidates = without_crossings(doc, candidates)
    marked = [character_span(doc, quotation.range) for quotation in quotations]
    nested = find_nested_cues(candidates)
    for candidate in candidates:
        yield to_statement(doc, candidate, marked, lexicon), refusal(candidate, nested)


def untaken(doc: Doc, lexicon: Lexicon) -> list[tuple[Span, str]]:
    """Return the cue words that made no statement, each with the reason, in the order of the text."""
    examined = list(examine(doc, lexicon))
    taken = {s.cue_token for s, reason in examined if reason is None}
    refused = {s.cue_token: reason for s, reason in examined if reason is not None}
    quotations = find_quotations(doc)
    quoted = inside_speech(doc, quotations)
    found = []
    for token in doc:
        if token.i not in taken and (token.i in refused or lexicon.find(token) is not None):
            why = "inside quoted speech" if quoted[token.i] else "no content that it takes"
            found.append((character_span(doc, (token.i, token.i + 1)), refused.get(token.i) or why))
    return found


def inside_speech(doc: Doc, quotations: list[Quotation]) -> list[bool]:
    """Return, for each token, whether it stands inside quoted speech."""
    inside = [False] * len(doc)
    for quotation in quotations:
        if is_speech(doc, quotation):
            for i in range(quotation.start + 1, quotation.end - (not quotation.open)):
                inside[i] = True
    return inside


def of_cue(doc: Doc, token: Token, entry: Cue, speech: Attributed | None) -> Iterator[Candidate]:
    """Yield the statement that a cue makes, by the first of its frames that it stands in."""
    source = SOURCES[entry.pos](token)
    if entry.attitude in ("appearance", "verdict"):
        source = None
    if speech is not None:
        said = quoted_content(doc, token, entry, speech)
        if source is None or any(a <= source.i < b for a, b in speech.ranges):
            source = None if is_passive(token) else beside(doc, token)
        yield Candidate(token, entry, source, tuple(said), "quote")
        return
    for name in entry.frames:
        frame = FRAMES.get(name)
        if frame is not None and (content := frame(doc, token) or phrasal(doc, token, entry, name)):
            content = with_coordination(doc, token, content)
            if name in REQUESTED and entry.attitude == "question":
                entry = replace(entry, attitude="request")
            if entry.attitude not in GRAVE:
                content = without_gloss(doc, name, content)
            yield Candidate(token, entry, source, tuple(content), name)
            return


def phrasal(doc: Doc, token: Token, entry: Cue, frame: str) -> Content | None:
    """Return the object of a phrasal verb whose particle the parser took for a preposition: *brushed off*."""
    return prepositional(entry.particle)(doc, token) if frame == "np" and entry.particle else None


def with_coordination(doc: Doc, cue: Token, content: Sequence[Range]) -> list[Range]:
    """Return the content with a noun that the parser took for a second verb: *of theft and forged papers*."""
    end = content[-1][1]
    for verb in cue.children:
        objects = [
            k for k in verb.children if k.dep_ == "dobj" and not any(d.dep_ == "det" for d in k.children)
        ]
        bare = verb.dep_ == "conj" and verb.tag_ == "VBN" and verb.left_edge.i == verb.i
        if bare and objects and verb.i == end + 1 and doc[end - 1].tag_.startswith("NN"):
            return [*content[:-1], (content[-1][0], verb.right_edge.i + 1)]
    return list(content)


def quoted_content(doc: Doc, token: Token, entry: Cue, speech: Attributed) -> list[Range]:
    """Return the quotations of a cue, joined with the clause that they are part of."""
    ranges = [whole_sentence(doc, token, piece) for piece in speech.ranges]
    for name in entry.frames:
        if name in FRAMES and name not in IMPLICIT_FRAMES:
            content = FRAMES[name](doc, token)
            if content and any(a < y and x < b for a, b in content for x, y in ranges):
                ranges += content
                break
    return merged(ranges)


def whole_sentence(doc: Doc, cue: Token, piece: Range) -> Range:
    """Return a quoted fragment with the words of the sentence that it completes, as far as its cue."""
    quotation = Quotation(*piece, paragraph=0, open=False)
    if not is_fragment(doc, quotation):
        return piece
    start = piece[0]
    floor = cue.i + 1 if cue.i < start else 0
    while start > floor and not (doc[start - 1].text in SENTENCE_EDGES or "\n" in doc[start - 1].text):
        start -= 1
        if doc[start - 1].text == "”" and doc[start - 2].is_alpha:
            # A quoted word of the same sentence.
            start -= 1
    return start, piece[1]


def beside(doc: Doc, cue: Token) -> Token | None:
    """Return the head of the noun phrase next to a quotation's cue, where the parse gives it no subject."""
    after = range(cue.i + 1, min(cue.i + 8, len(doc)))
    before = range(cue.i - 1, max(cue.i - 8, -1), -1)
    # Who stands after *told* is told.
    told = cue.lower_ in seed_words("cues/hearer_verbs.csv", "form")
    sides = [before] if told else [after, before]
    return next((noun for side in sides if (noun := first_noun(doc, side)) is not None), None)


def first_noun(doc: Doc, places: range) -> Token | None:
    """Return the first noun or pronoun of these places, none beyond a mark; going on, the head of a compound."""
    for i in places:
        token = doc[i]
        if token.tag_.startswith(("NN", "PRP")) and (places.step < 0 or token.dep_ != "compound"):
            return token
        if token.is_punct:
            return None
    return None


def without_crossings(doc: Doc, candidates: list[Candidate]) -> list[Candidate]:
    """Return the candidates, each content cut where a later statement of the same speaker begins."""
    later = [c.cue for c in candidates if is_next_statement(c.cue)]
    cut = [replace(c, content=tuple(cut_at_next(doc, c, later))) for c in candidates]
    return [c for c in cut if c.content]


def cut_at_next(doc: Doc, candidate: Candidate, later: Sequence[Token]) -> list[Range]:
    """Return the content without a participial clause that starts a statement of its own (*..., adding that*)."""
    holes = []
    within = {
        token.i: token
        for start, end in candidate.content
        for token in later[bisect_left(later, start, key=_index) : bisect_left(later, end, key=_index)]
    }
    for token in within.values():
        if token.i != candidate.cue.i:
            start = token.left_edge.i
            holes.append((start - (doc[start - 1].lower_ in ("and", "but", "or")), token.right_edge.i + 1))
    return [piece for whole in candidate.content for piece in minus(whole, holes)]


def _index(token: Token) -> int:
    return token.i


def is_next_statement(token: Token) -> bool:
    """Tell whether a cue starts a statement of the same speaker rather than one inside the content."""
    if token.dep_ == "advcl" and token.tag_ == "VBG":
        return follows_comma(token)
    return token.dep_ == "conj" and reporting_clause(token).i != token.i


def inside(i: int, ranges: Sequence[Range]) -> bool:
    """Tell whether a token stands in one of the ranges."""
    return any(a <= i < b for a, b in ranges)


def to_statement(doc: Doc, c: Candidate, marked: Sequence[Span], lexicon: Lexicon) -> Statement:
    """Return the statement of a candidate, in character spans; ``marked`` are those of the quotations."""
    content = characters(doc, c.content)
    phrase = noun_phrase(doc, c.source, c.cue) if c.source is not None else None
    source = character_span(doc, phrase) if phrase else None
    heard = addressee(c.cue, c.rule, c.content)
    return Statement(
        source=source,
        cue=character_span(doc, cue_range(c)),
        content=content,
        rule=c.rule,
        confidence=lexicon.confidence(c.rule, c.entry.pos if c.entry else "other", source_kind(c)),
        cue_lemma=c.entry.lemma if c.entry else c.rule,
        attitude=c.entry.attitude if c.entry else "statement",
        cue_token=c.cue.i,
        source_token=c.source.i if c.source is not None else None,
        source_type=source_type(doc, c, phrase),
        manner=manner(content, marked),
        negated=any(k.dep_ == "neg" for k in c.cue.children),
        hedged=is_hedged(doc, c.cue, c.content, lexicon.marks.hedges),
        addressee=character_span(doc, heard) if heard else None,
        evidence=evidence(doc, c.cue, c.content, lexicon.marks.evidence),
    )


def cue_range(c: Candidate) -> Range:
    """Return the cue with its negation and particle, but without its plain auxiliaries."""
    start, end = c.cue.i, c.cue.i + 1
    if c.rule == "according" and c.source is not None:
        first = c.source.left_edge.i
        return start, first if first > start else end
    if c.entry is None:
        return start, end
    if negation := [k.i for k in c.cue.children if k.dep_ == "neg" and k.i < start]:
        auxiliaries = [k.i for k in c.cue.children if k.dep_ in ("aux", "auxpass")]
        start = min([*negation, *auxiliaries])
    particle = [k.i for k in c.cue.children if k.i == end and k.lower_ == c.entry.particle]
    return start, max([end, *(i + 1 for i in particle)])


def source_type(doc: Doc, c: Candidate, phrase: Range | None) -> SourceType:
    """Return how the source is given: by name, by pronoun, without a name, or not at all."""
    if c.source is None or phrase is None:
        return "author" if c.attitude in ("appearance", "verdict") else "hearsay"
    if c.source.lower_ in PRONOUNS:
        return "pronoun"
    return "named" if any(t.tag_ in ("NNP", "NNPS") for t in doc[phrase[0] : phrase[1]]) else "unnamed"


def source_kind(c: Candidate) -> str:
    """Return the kind of source by which confidence is told apart: name, pronoun or none."""
    if c.source is None:
        return "none"
    return "pronoun" if c.source.lower_ in PRONOUNS else "name"


def manner(content: tuple[Span, ...], marked: Sequence[Span]) -> Manner:
    """Return direct, mixed or indirect, by the share of the content that stands in quotation marks."""
    total = sum(b - a for a, b in content)
    share = sum(min(b, y) - max(a, x) for a, b in content for x, y in marked if a < y and x < b) / max(
        total, 1
    )
    return "direct" if share > 0.9 else "mixed" if share > 0 else "indirect"
