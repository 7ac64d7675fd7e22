"""The layout of a text: which paragraphs are turns of speakers, entries of a live blog, or items of a list.

A turn begins with the name of its speaker and a colon, as in transcripts (*COLONEL MARSH: We did not.*) and interviews
(*Q: Why not?*), or is the paragraph after a paragraph that is a question. One such paragraph is no sign: a layout is
seen where its signs are repeated. Offsets are those of the text that is given, the view that is parsed.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tasks.document.layout.datelines import MONTH, WEEKDAY, DatelineTable, load_dateline_table
from tasks.document.layout.mail_layout import find_quoted_mails, find_unspoken_spans
from tasks.document.records import Span
from tasks.seeds import read_seed_rows, read_seed_words

ARTICLE, INTERVIEW, TRANSCRIPT, LIVE_BLOG = "article", "interview", "transcript", "live_blog"
PRESS_RELEASE, BULLET_LIST, MAIL, EXCERPT = "press_release", "list", "mail", "excerpt"
OPINION = "opinion"
BROKEN = "broken"
"""letters have spaces between them, or words are joined"""
QUOTED_MAIL = "quoted mail"
"""role of a turn: what an earlier mail says"""
NARRATION = "narration"
"""of signs: what is said by nobody between the turns of a dialogue"""
QUESTION, ANSWER = "question", "answer"
NAME_WORD = r"[A-Z][\w.'’&/-]*"
NAME_PARTICLE = r"of|the|for|and|de|la|le|da|di|der|den|von|van|bin|ibn|el|al-\w+"
TURN = re.compile(
    rf"[*_#]{{0,3}}(?P<name>{NAME_WORD}(?: (?:\(?{NAME_WORD}\)?|{NAME_PARTICLE})){{0,7}}"
    r"(?: ?\([^()\n]{1,60}\))?)(?:, (?P<role>[^:.!?\n]{2,60}))?[*_]{0,3} ?:[*_]{0,3}(?=\s|$)"
)
"""a speaker and a colon at the beginning of a paragraph"""
LETTER_TURN = re.compile(
    r"[*_#]{0,3}(?P<name>[QA])(?:(?: ?[.:)]| ?[–—-])[*_]{0,3}(?=\s)|(?<=Q)(?=[A-Z][a-z’' ]))"
)
QUOTED_WORDS = re.compile(r"[“\"«„][^”\"»“\n]*[”\"»“]?")
BRACKETED = re.compile(r" ?\([^()]*\)")
STAGE_DIRECTION = re.compile(r"[\[(].*[\])]\.?|[*#=_ -]+")
QUESTION_PARAGRAPH = re.compile(r"[*_#]{0,3} ?(?P<words>[A-Z“\"‘'¿].{6,400}\?)[*_]{0,3}")
FIRST_PERSON = re.compile(r"\b(?:I|I['’]m|I['’]ve|[Ww]e|[Mm]y|[Oo]ur)\b")
BULLET = re.compile(r"(?:[-*•·‣◦▪●–—]|\(?\d{1,2}[.)])[ \t]+(?=\S)")
TIME = (
    r"(?:(?:[01]?\d|2[0-3])[:.h][0-5]\d(?: ?[ap]\.?m\b\.?)?|1?\d ?[ap]\.?m\b\.?)"
    r"(?: ?\(?(?:GMT|UTC|BST|CES?T|E[SD]?T|P[SD]?T|C[SD]T|MSK|IST|EES?T)\)?(?:[+-]\d{1,2})?\b)?"
)
DAY = rf"(?:{WEEKDAY},? )?(?:\d{{1,2}} {MONTH}|{MONTH} \d{{1,2}})(?:,? \d{{4}})?"
ENTRY = re.compile(
    rf"[*_#\[(]{{0,3}}(?:(?P<day>{DAY}),? )?(?P<time>{TIME})(?:,? (?P<date>{DAY}))?[*_\])]{{0,3}}"
    r"(?:(?= *$)| ?[-–—:|•](?= )|(?= [A-Z“\"‘']))"
)
"""the time, with or without the day, at which an entry of a live blog begins"""
DAY_HEADING = re.compile(rf"[*_#]{{0,3}} ?(?:{DAY}|{WEEKDAY})[*_]{{0,3}}")
MIN_TURNS, MIN_ITEMS, MIN_QUESTIONS, MIN_SIGNS = 2, 3, 3, 2
MIN_ENTRIES, MIN_UNANNOUNCED_ENTRIES = 2, 3


@dataclass(frozen=True, slots=True)
class LayoutTables:
    """The tables of ``seeds/layouts``."""

    labels: Collection[str]
    """labels before a colon that name no speaker"""
    turn_roles: Mapping[str, str]
    """labels before a colon that replace a speaker's name → question or answer"""
    titles: Collection[str]
    signs: Sequence[tuple[str, re.Pattern[str]]]
    """layout, or ``narration``, and an expression that is a sign of it"""
    courtesies: Collection[str]
    """what speakers say that states nothing: *thank you*"""
    datelines: DatelineTable


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says: one paragraph or several."""

    label: Span | None
    """the words that name the speaker; None where only the layout tells the turn"""
    role: str
    """question, answer, or an empty string"""
    pieces: tuple[Span, ...]
    """its paragraphs, without the label"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a live blog: its span, and where its day is written."""

    span: Span
    day: Span | None


NO_WORDS: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a text."""

    name: str = ARTICLE
    labels: tuple[Span, ...] = ()
    """what begins a paragraph and is no part of its first sentence: labels, names before a colon, times, bullets"""
    turns: tuple[Turn, ...] = ()
    entries: tuple[Entry, ...] = ()
    unspoken: tuple[Span, ...] = ()
    """what states nothing: signatures, and the headers of mails that are quoted"""
    courtesies: Collection[str] = NO_WORDS
    """what speakers say that states nothing"""


@dataclass(frozen=True, slots=True)
class _Opening:
    """A paragraph that begins as a turn does."""

    paragraph: int
    label: Span
    name: str
    end: int
    """where the label and its colon end"""


def load_layout_tables() -> LayoutTables:
    """Return the tables as they are shipped."""
    return LayoutTables(
        labels=read_seed_words("layouts/labels.csv", "label"),
        turn_roles={row["label"]: row["role"] for row in read_seed_rows("layouts/turn_labels.csv")},
        titles=frozenset(row["title"].lower().rstrip(".") for row in read_seed_rows("titles/titles.csv")),
        signs=[
            (row["layout"], re.compile(row["pattern"], re.MULTILINE))
            for row in read_seed_rows("layouts/signs.csv")
        ],
        courtesies=read_seed_words("layouts/courtesies.csv", "phrase"),
        datelines=load_dateline_table(),
    )


def find_layout(text: str, paragraphs: Sequence[Span], tables: LayoutTables) -> Layout:
    """Return the layout of a text, given the spans of its paragraphs."""
    if entries := _find_entries(text, paragraphs, tables):
        return Layout(LIVE_BLOG, tuple(label for label, _ in entries), entries=tuple(e for _, e in entries))
    openings = list(_find_openings(text, paragraphs, tables))
    if _is_dialogue(openings, tables):
        return _make_dialogue(text, paragraphs, openings, tables)
    if questions := _find_questions(text, paragraphs):
        return Layout(INTERVIEW, turns=tuple(_make_unlabelled_turns(text, paragraphs, questions, tables)))
    bullets = tuple(match.span() for a, b in paragraphs if (match := BULLET.match(text, a, b)) is not None)
    signs = Counter(layout for layout, sign in tables.signs if sign.search(text))
    if signs[PRESS_RELEASE] >= MIN_SIGNS:
        return Layout(PRESS_RELEASE, bullets)
    stops = tuple(m.span() for layout, sign in tables.signs if layout == EXCERPT for m in sign.finditer(text))
    if stops:
        return Layout(EXCERPT, bullets, unspoken=stops)
    own_words = QUOTED_WORDS.sub("", text)
    if any(layout == OPINION and sign.search(own_words) for layout, sign in tables.signs):
        return Layout(OPINION, bullets)
    is_list = len(bullets) >= MIN_ITEMS and 2 * len(bullets) >= len(paragraphs)
    return Layout(BULLET_LIST if is_list else ARTICLE, bullets)


def add_mail_parts(layout: Layout, view: str, paragraphs: Sequence[Span], prefixed: Sequence[Span]) -> Layout:
    """Return a layout with the mails that are quoted as turns of who wrote them, and what states nothing."""
    quoted = find_quoted_mails(view, prefixed)
    unspoken = (*layout.unspoken, *find_unspoken_spans(view, quoted))
    if not quoted and not unspoken:
        return layout
    turns = []
    for mail in quoted:
        inside = [(a, b) for a, b in paragraphs if mail.span[0] <= a < mail.span[1]]
        spoken = [span for span in inside if not any(x <= span[0] < y for x, y in unspoken)]
        if spoken:
            turns.append(Turn(mail.name, QUOTED_MAIL, tuple(spoken)))
    name = MAIL if quoted and layout.name == ARTICLE else layout.name
    return replace(layout, name=name, turns=(*layout.turns, *turns), unspoken=unspoken)


def _find_openings(text: str, paragraphs: Sequence[Span], tables: LayoutTables) -> Iterator[_Opening]:
    """Yield the paragraphs that begin with what may be a speaker."""
    for number, (start, end) in enumerate(paragraphs):
        match = LETTER_TURN.match(text, start, end) or TURN.match(text, start, end)
        if match is None:
            continue
        name = BRACKETED.sub("", match["name"]).strip()
        said = text[match.end() : end].strip()
        if said and not any(map(str.isalpha, said)):
            # A row of a table: *Smith: 1,769*.
            continue
        if name.lower().replace("’", "'") not in tables.labels:
            yield _Opening(number, match.span("name"), name, match.end())


def _is_dialogue(openings: Sequence[_Opening], tables: LayoutTables) -> bool:
    """Return True if paragraphs that begin with a name and a colon are turns of a dialogue."""
    names = Counter(opening.name for opening in openings)
    surnames = Counter(opening.name.rpartition(" ")[2] for opening in openings)
    if len(openings) < MIN_TURNS or len(names) < MIN_TURNS:
        return False
    if any(name.lower() in tables.turn_roles for name in names):
        return True
    if len(openings) > MIN_TURNS and max(surnames.values()) > 1:
        return True
    return all(name.isupper() for name in names) and any(_has_title(name, tables) for name in names)


def _has_title(name: str, tables: LayoutTables) -> bool:
    """Return True if a name begins with a title: *COLONEL MARSH*."""
    return name.lower().partition(" ")[0].rstrip(".") in tables.titles


def _make_dialogue(
    text: str, paragraphs: Sequence[Span], openings: Sequence[_Opening], tables: LayoutTables
) -> Layout:
    """Return the layout of a dialogue: each turn goes on to the next one or to the end of the speech."""
    turns = []
    ends = [*(opening.paragraph for opening in openings[1:]), len(paragraphs)]
    for opening, stop in zip(openings, ends, strict=True):
        first = opening.end, paragraphs[opening.paragraph][1]
        pieces = [_strip_span(text, first)]
        for span in paragraphs[opening.paragraph + 1 : stop]:
            if not _is_continuation(text[slice(*span)], opening.name, tables):
                break
            pieces.append(_strip_span(text, span))
        role = tables.turn_roles.get(opening.name.lower(), "")
        turns.append(Turn(opening.label, role, tuple((a, b) for a, b in pieces if a < b)))
    name = INTERVIEW if any(turn.role == ANSWER for turn in turns) else TRANSCRIPT
    labels = tuple((paragraphs[o.paragraph][0], o.end) for o in openings)
    spoken = tuple(turn for turn in turns if turn.pieces)
    return Layout(name, labels, spoken, courtesies=tables.courtesies)


def _is_continuation(paragraph: str, name: str, tables: LayoutTables) -> bool:
    """Return True if the speaker of the paragraph before goes on in one without a label."""
    if STAGE_DIRECTION.fullmatch(paragraph) or paragraph.isupper():
        return False
    if any(layout == NARRATION and sign.search(paragraph) for layout, sign in tables.signs):
        return False
    last = name.rpartition(" ")[2].strip(".")
    narrated = len(last) > 1 and re.search(rf"\b{re.escape(last)}\b", paragraph, re.IGNORECASE) is not None
    return not narrated or FIRST_PERSON.search(paragraph) is not None


def _find_questions(text: str, paragraphs: Sequence[Span]) -> list[int]:
    """Return the numbers of the paragraphs that are the questions of an interview without labels.

    Each is a question as a whole, and another paragraph follows it; most of those speak in the first person.
    """
    numbers = [n for n, (a, b) in enumerate(paragraphs) if QUESTION_PARAGRAPH.fullmatch(text, a, b)]
    numbers = [n for n in numbers if n + 1 < len(paragraphs) and n + 1 not in numbers]
    if len(numbers) < MIN_QUESTIONS:
        return []
    answers = [text[slice(*paragraphs[n + 1])] for n in numbers]
    personal = sum(FIRST_PERSON.search(answer) is not None for answer in answers)
    quoted = sum(answer.startswith(("“", '"', "«")) for answer in answers)
    return numbers if 2 * personal >= len(answers) and 2 * quoted < len(answers) else []


def _make_unlabelled_turns(
    text: str, paragraphs: Sequence[Span], questions: Sequence[int], tables: LayoutTables
) -> Iterator[Turn]:
    """Yield the questions and what answers each of them."""
    for number, following in pairwise([*questions, len(paragraphs)]):
        yield Turn(None, QUESTION, (_strip_span(text, paragraphs[number]),))
        stop = following if following < len(paragraphs) else min(number + 2, following)
        answer = [
            span for span in paragraphs[number + 1 : stop] if _is_continuation(text[slice(*span)], "", tables)
        ]
        yield Turn(None, ANSWER, tuple(_strip_span(text, span) for span in answer))


def _strip_span(text: str, span: Span) -> Span:
    """Return a span without white space and marks of emphasis at its ends."""
    start, end = span
    while start < end and (text[start].isspace() or text[start] in "*_#"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in "*_#"):
        end -= 1
    return start, end


def _find_entries(text: str, paragraphs: Sequence[Span], tables: LayoutTables) -> list[tuple[Span, Entry]]:
    """Return the entries of a live blog, each with the span of its time; none if there are too few."""
    found: list[tuple[Span, Entry]] = []
    heading: Span | None = None
    for start, end in paragraphs:
        if DAY_HEADING.fullmatch(text, start, end):
            heading = start, end
        elif match := ENTRY.match(text, start, end):
            own = match.span("day") if match["day"] else match.span("date") if match["date"] else None
            found.append(((start, match.end()), Entry((start, len(text)), own or heading)))
    is_announced = any(layout == LIVE_BLOG and sign.search(text) for layout, sign in tables.signs)
    if len(found) < (MIN_ENTRIES if is_announced else MIN_UNANNOUNCED_ENTRIES):
        return []
    ends = [*(label[0] for label, _ in found[1:]), len(text)]
    return [
        (label, replace(entry, span=(entry.span[0], end)))
        for (label, entry), end in zip(found, ends, strict=True)
    ]
