"""The statement that a cue makes: the content in the first of its frames that matches, and the source."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tasks.attribution.candidates import GRAVE_ATTITUDES, StatementCandidate
from tasks.attribution.content_glosses import remove_gloss
from tasks.attribution.cue_lexicon import CueEntry
from tasks.attribution.frames.aside_frames import (
    find_clause_around_aside,
    find_clause_before_comma,
    find_clause_before_cue,
)
from tasks.attribution.frames.clause_frames import find_clause_on_hearer
from tasks.attribution.frames.frame_table import FRAMES
from tasks.attribution.frames.frame_types import ContentRanges
from tasks.attribution.frames.phrase_frames import make_prepositional_frame
from tasks.attribution.quoting.quotation_attribution import AttributedQuotations
from tasks.attribution.quoting.quotations import Quotation, is_quoted_fragment
from tasks.attribution.reporting_words import ReportingWords
from tasks.attribution.source_phrases import (
    find_adjective_source,
    find_noun_source,
    find_verb_source,
    is_after_comma,
    is_passive,
)
from tasks.document.doc import Doc, Token
from tasks.document.token_ranges import TokenRange, is_in_ranges, merge_ranges

SENTENCE_EDGES = frozenset(["?", "!", ".", ";", ":", "”"])
CLOSED_BY_MARK = frozenset(["?", "!", ".", ","])
"""ends of what is said, before a straight quotation mark that closes it"""
REQUEST_FRAMES = ("inf", "for")
"""frames in which *ask* makes a request, not a question"""
IMPLICIT_FRAMES = ("before", "around", "as-aside")
NOT_NOMINAL_TAGS = ("VB", "MD", "IN", "TO", "CC", "DT", "RB", "W", "PRP$", "EX", "POS", "RP")
ADJUNCT_WORDS = frozenset(["when", "after", "as", "while", "before", "during", "in", "on", "at"])
"""words after a quotation with which the author goes on"""
COURT_PREPOSITIONS = frozenset(["at", "in", "before", "by"])
BRACKETS = frozenset(["(", ")"])

SOURCE_FINDERS: dict[str, Callable[[Token, ReportingWords], Token | None]] = {
    "verb": find_verb_source,
    "noun": find_noun_source,
    "adjective": find_adjective_source,
    "adverb": lambda _, __: None,
}


def find_cue_candidates(
    token: Token, entry: CueEntry, speech: AttributedQuotations | None, words: ReportingWords
) -> Iterator[StatementCandidate]:
    """Yield the statement that a cue makes, by the first of its frames that matches."""
    doc, source = token.doc, _find_cue_source(token, entry, words)
    if speech is not None and speech.ranges:
        said = _get_quoted_content(token, entry, speech, words)
        if source is None or is_in_ranges(source.i, speech.ranges):
            source = _find_quotation_source(doc, token, speech, words)
        if source is not None and is_in_ranges(source.i, said):
            if token.tag_ == "VBG":
                # *The mayor criticised it, saying the plan goes “too far”*: the parse makes the plan the speaker.
                source = _find_main_subject(token, words)
            else:
                # *“The point,” said Ann Lee, who runs it, “is that we are late.”*
                said = merge_ranges([*speech.ranges, *speech.following])
        yield StatementCandidate(token, entry, source, tuple(said), "quote")
        return
    if speech is not None:
        yield StatementCandidate(token, entry, source, tuple(speech.following), "quote")
    if (reported := _find_reported_content(token, entry, words)) is not None:
        name, content = reported
        if name in REQUEST_FRAMES and entry.attitude == "question":
            entry = replace(entry, attitude="request")
        yield StatementCandidate(token, entry, source, tuple(content), name)


def _find_main_subject(participle: Token, words: ReportingWords) -> Token | None:
    """Return the head of the source of the main clause before a participle, or None."""
    root = participle.sent.root
    subject = find_verb_source(root, words) if root.i < participle.i else None
    return subject if subject is not None and subject.i < participle.i else None


def _find_reported_content(
    token: Token, entry: CueEntry, words: ReportingWords
) -> tuple[str, ContentRanges] | None:
    """Return the first frame of a cue that matches, and the content in it, or None."""
    doc = token.doc
    for name in entry.frames:
        if not (content := _find_frame_content(token, entry, name, words)) or _is_denied_clause(
            token, entry, name
        ):
            continue
        content = _extend_coordination(doc, token, content)
        return name, remove_gloss(doc, name, content, is_grave=entry.attitude in GRAVE_ATTITUDES)
    if "before" not in entry.frames:
        return None
    objects = ("ccomp", "xcomp") if token.lower_ in words.hearer_verbs else ("ccomp", "xcomp", "dobj")
    content = find_clause_before_comma(doc, token, objects)
    return ("before", content) if content else None


def _is_denied_clause(token: Token, entry: CueEntry, frame: str) -> bool:
    """Return True if a relative clause denies the clause before it, not a noun: *It fell, which the firm denies*.

    What it denies is found among the denials.
    """
    if frame != "np" or entry.attitude != "denial" or token.dep_ != "relcl":
        return False
    return is_after_comma(token) and token.left_edge.lower_ == "which"


def _find_cue_source(token: Token, entry: CueEntry, words: ReportingWords) -> Token | None:
    """Return the head of the source of a cue, None for what only appears to be so."""
    if entry.attitude in ("appearance", "verdict"):
        return None
    finder = _find_convicting_source if _is_charging_adjective(entry) else SOURCE_FINDERS[entry.pos]
    source = finder(token, words)
    return _find_court(token, words) if source is None else source


def _find_court(cue: Token, words: ReportingWords) -> Token | None:
    """Return the court where a verdict was given, or None: *was found guilty of theft at the harbour court*."""
    if cue.lower_ not in words.verdicts:
        return None
    clause = cue.head if cue.tag_.startswith("JJ") else cue
    if not is_passive(clause):
        return None
    courts = (t for t in clause.subtree if t.i > cue.i and t.lower_ in words.courts and t.dep_ == "pobj")
    return next((t for t in courts if t.head.lower_ in COURT_PREPOSITIONS), None)


def _find_convicting_source(adjective: Token, words: ReportingWords) -> Token | None:
    """Return who finds somebody guilty: the subject of a verb with an object, the agent of a passive."""
    verb = adjective.head
    if not verb.tag_.startswith("VB"):
        return None
    has_object = any(k.dep_ == "dobj" and k.i < adjective.i for k in verb.rights) or any(
        k.dep_ == "nsubj" for k in adjective.lefts
    )
    return find_verb_source(verb, words) if has_object or is_passive(verb) else None


def _is_charging_adjective(entry: CueEntry) -> bool:
    """Return True if the noun that an adjective describes is the accused: *found guilty of theft*."""
    return entry.pos == "adjective" and entry.attitude == "accusation"


def _find_frame_content(
    token: Token, entry: CueEntry, frame: str, words: ReportingWords
) -> ContentRanges | None:
    """Return the content of a cue in one of its frames, also where the parser attached it elsewhere.

    It may be the object of a phrasal verb whose particle is parsed as a preposition (*brushed off*), or a clause
    that is parsed as modifying the hearer (*told a reporter that*).
    """
    if frame not in FRAMES:
        return None
    if (content := FRAMES[frame](token.doc, token)) is not None:
        return content
    if frame == "that" and token.lower_ in words.hearer_verbs:
        return find_clause_on_hearer(token.doc, token)
    if frame == "before" and token.lower_ in words.hearer_verbs:
        return find_clause_before_cue(token.doc, token)
    if frame == "around" and token.lower_ in words.hearer_verbs:
        return find_clause_around_aside(token.doc, token, ("ccomp", "xcomp"))
    if frame == "np" and entry.particle:
        return make_prepositional_frame(entry.particle)(token.doc, token)
    return None


def _extend_coordination(doc: Doc, cue: Token, content: Sequence[TokenRange]) -> list[TokenRange]:
    """Return the content with a noun that the parser took for a second verb: *of theft and forged papers*."""
    end = content[-1][1]
    for verb in cue.children:
        is_bare = verb.dep_ == "conj" and verb.tag_ == "VBN" and verb.left_edge.i == verb.i
        if not (is_bare and verb.i == end + 1 and doc[end - 1].tag_.startswith("NN")):
            continue
        objects = (k for k in verb.children if k.dep_ == "dobj")
        if any(not any(d.dep_ == "det" for d in k.children) for k in objects):
            return [*content[:-1], (content[-1][0], verb.right_edge.i + 1)]
    return list(content)


def _get_quoted_content(
    token: Token, entry: CueEntry, speech: AttributedQuotations, words: ReportingWords
) -> list[TokenRange]:
    """Return the quotations of a cue, joined with the clause that they are part of."""
    said = [*speech.ranges, *speech.following]
    ranges = [_extend_to_sentence(token.doc, token, piece) for piece in said]
    for name in entry.frames:
        if name not in IMPLICIT_FRAMES:
            content = _find_frame_content(token, entry, name, words)
            # *He said that there were two ways: “We leave or we stay.”* The clause ends right before the quotation.
            gap = 1 if name == "that" else -1
            if content and any(a < y and x <= b + gap for a, b in content for x, y in ranges):
                ranges += [_cut_after_quotation(token.doc, piece, said) for piece in content]
                break
    return merge_ranges(ranges)


def _cut_after_quotation(doc: Doc, content: TokenRange, said: Sequence[TokenRange]) -> TokenRange:
    """Return a content without the adjunct after its quotation: *said “we’ll see” when he was asked*."""
    start, end = content
    ends = [b for a, b in said if start < b < end and doc[b].lower_ in ADJUNCT_WORDS]
    return start, min([end, *ends])


def _extend_to_sentence(doc: Doc, cue: Token, piece: TokenRange) -> TokenRange:
    """Return a quoted fragment with the words of the sentence that it completes, as far as its cue."""
    quotation = Quotation(*piece, paragraph=0, open=False)
    if not (is_quoted_fragment(doc, quotation) or (cue.i >= piece[1] and _is_begun_before(doc, piece[0]))):
        return piece
    start = piece[0]
    floor = cue.i + 1 if cue.i < start else 0
    # *Told voters on Monday that it was “late”*.
    floor = next(
        (i for i in range(floor, start if floor else 0) if _is_conjunction_of(doc[i], "that")), floor
    )
    while start > floor and not _is_sentence_edge(doc, start - 1):
        start -= 1
        if doc[start - 1].text == "”" and doc[start - 2].is_alpha:
            # A quoted word of the same sentence.
            start -= 1
    return start, piece[1]


def _is_sentence_edge(doc: Doc, i: int) -> bool:
    """Return True for a mark that ends a sentence, a line break, and a closing mark after one."""
    text = doc[i].text
    is_closing = text in ('"', "''") and i > 0 and doc[i - 1].text in CLOSED_BY_MARK
    return text in SENTENCE_EDGES or "\n" in text or is_closing


def _is_begun_before(doc: Doc, start: int) -> bool:
    """Return True if a quotation completes a sentence of the author: *After the vote, “we will leave”*."""
    return (
        start > 1
        and doc[start - 1].text == ","
        and doc[start - 2].is_alpha
        and doc[start + 1].text[:1].islower()
    )


def _is_conjunction_of(token: Token, word: str) -> bool:
    """Return True if a token is this conjunction."""
    return token.lower_ == word and token.tag_ == "IN"


def _find_quotation_source(
    doc: Doc, cue: Token, speech: AttributedQuotations, words: ReportingWords
) -> Token | None:
    """Return the head of the source of a quotation whose cue has no subject in the parse, or None."""
    if not is_passive(cue):
        return _find_adjacent_source(doc, cue, words)
    # *Ann Lee, the mayor, replied: “No”*: the parser takes the verb for a participle.
    is_finite = cue.dep_ == "acl" and is_after_comma(cue) and cue.head.i < cue.i < speech.ranges[0][0]
    return cue.head if is_finite else None


def _find_adjacent_source(doc: Doc, cue: Token, words: ReportingWords) -> Token | None:
    """Return the head of the noun phrase next to a quotation's cue, where the parse gives it no subject."""
    if cue.i and _is_nominal(doc[cue.i - 1]):
        return doc[cue.i - 1]
    if cue.i and _may_be_nominal(doc[cue.i - 1]):
        # *the 43-year-old asked*, and names that the tagger does not know.
        return doc[cue.i - 1]
    after = range(cue.i + 1, min(cue.i + 8, len(doc)))
    before = range(cue.i - 1, max(cue.i - 8, -1), -1)
    # The noun after *told* is the hearer.
    ranges = [before] if cue.lower_ in words.hearer_verbs else [after, before]
    return next((noun for places in ranges if (noun := _find_first_noun(doc, places)) is not None), None)


def _find_first_noun(doc: Doc, places: range) -> Token | None:
    """Return the first noun or pronoun of these places before a mark; going forward, the head of a compound."""
    in_brackets = False
    for i in places:
        token = doc[i]
        if places.step < 0 and token.text in BRACKETS:
            # *Rep. Ann Lee (R-Wis.) said*.
            in_brackets = token.text == ")"
            continue
        if not in_brackets and _is_nominal(token) and (places.step < 0 or token.dep_ != "compound"):
            return token
        if token.is_punct and not in_brackets:
            return None
    return None


def _may_be_nominal(token: Token) -> bool:
    """Return True for a word before a cue that is no function word, verb or mark: an adjective, number or name."""
    return token.is_alpha and not token.tag_.startswith(NOT_NOMINAL_TAGS)


def _is_nominal(token: Token) -> bool:
    """Return True for a noun or a pronoun that is no possessive."""
    return token.tag_.startswith("NN") or token.tag_ == "PRP"
