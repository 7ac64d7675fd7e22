"""Hostile texts: open articles, mutated as real files are damaged and worse; reproducible by seed."""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

GOLD_FOLDER = Path(__file__).parents[0] / "gold"
OPEN_CORPORA = ("texts.jsonl", "gum-news.jsonl")
MAX_EXCERPT_CHARS = 1_200
"""of an article in one text: short, so that many are tried in little time"""
SECOND_MUTATION = 0.25
"""share of texts with two mutations"""

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
NUMBER_PATTERN = re.compile(r"\d[\d,.]*")
OPENING_MARKS, CLOSING_MARKS = "\"“‘«„''", '"”’»“``'
CONTROL_CHARACTERS = [*map(chr, [*range(1, 9), 11, 12, *range(14, 32), 0x7F, 0x85, 0xA0, 0xAD])]
INVISIBLE_CHARACTERS = ["\u200b", "\u200d", "\u2028", "\u2029", "\u2060", "\ufeff", "\ufffd", "\U000e0041"]
EMOJI = ["🛩️", "👩‍👩‍👧", "🇺🇦", "1️⃣", "e\u0301", "a" + "\u0300" * 40, "\u0301", "ﷺ", "ﬁ", "𝔘𝔎", "ｆｕｌｌ", "①"]
RIGHT_TO_LEFT = ["\u202e", "\u202d", "\u2067", "\u2069", "\u200f", "قال الوزير", "אמר השר", "نفت", "٣٤٥"]
SURROGATES = ["\ud800", "\udfff", "\udce9", "\ud83d", "\ude00\ud83d"]
ODD_AMOUNTS = [
    "9" * 400,
    "1" + ",000" * 120,
    "0." + "0" * 350 + "1",
    "1e999",
    "-0",
    "½",
    "²",
    "٣٤",
    "１２",
    "A$$ 4",
    "US€40 million",
    "C£3bn",
    "₿7",
    "4 to 2",
    "9999999999 million billion trillion trillion",
    "3,4,5,6",
    "12:61",
    "31 February 0999",
    "the 0000s",
]
CHAINING_PHRASES = [
    "he tried to deny to begin to deny ",
    "a letter writing a letter ",
    "the brother of the friend of ",
    "and denied and denied ",
    "who said that who said that ",
    "accused the accused of accusing ",
    "not not ",
    "according to sources according to ",
    "(((",
    "Mr. Dr. ",
]
DENIAL_PHRASES = [
    "he denied",
    "denied that",
    "not",
    "the claim that",
    "said",
    ", he said,",
    "accused",
    "neither",
    "“Lies,”",
    "no comment",
]


@dataclass(frozen=True, slots=True)
class HostileText:
    """A mutated text and the names of its mutations."""

    number: int
    mutations: tuple[str, ...]
    text: str

    @property
    def name(self) -> str:
        """The name of the document: its number and its mutations."""
        return f"{self.number:06}-{'+'.join(self.mutations)}"


def read_texts() -> list[str]:
    """Return the open texts to mutate."""
    lines = [
        line
        for name in OPEN_CORPORA
        for line in (GOLD_FOLDER / name).read_text(encoding="utf-8").splitlines()
    ]
    return sorted({json.loads(line)["text"] for line in lines})


def make_hostile_text(number: int, seed: int, texts: Sequence[str]) -> HostileText:
    """Return the hostile text of a number; it depends only on number, seed and texts."""
    choice = random.Random(f"{seed}-{number}")
    names = [list(MUTATIONS)[number % len(MUTATIONS)]]
    if choice.random() < SECOND_MUTATION:
        names.append(choice.choice(list(MUTATIONS)))
    text = _cut_excerpt(choice.choice(texts), choice)
    for name in names:
        text = MUTATIONS[name](text, choice)
    return HostileText(number, tuple(names), text)


def _cut_excerpt(text: str, choice: random.Random) -> str:
    """Return some consecutive paragraphs of a text."""
    paragraphs = text.split("\n")
    start = choice.randrange(len(paragraphs))
    return "\n".join(paragraphs[start:])[:MAX_EXCERPT_CHARS] or text[:MAX_EXCERPT_CHARS]


def _scatter_pieces(text: str, pieces: Sequence[str], choice: random.Random, often: float = 0.03) -> str:
    """Return the text with at least one piece inserted at random offsets."""
    places = sorted(choice.randint(0, len(text)) for _ in range(1 + int(len(text) * often)))
    edges = [0, *places, len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]
    return "".join(part + choice.choice(pieces) for part in parts[:-1]) + parts[-1]


def _scatter_words(text: str, pieces: Sequence[str], choice: random.Random, often: float = 0.1) -> str:
    """Return the text with pieces inserted between words."""
    words = re.split(r"( +)", text)
    return "".join(
        f"{word}{choice.choice(pieces)} " if word.isspace() and choice.random() < often else word
        for word in words
    )


def _delete_characters(text: str, choice: random.Random) -> str:
    """Return the text without some of its characters."""
    share = choice.uniform(0.01, 0.4)
    return "".join(c for c in text if choice.random() > share)


def _double_sentences(text: str, choice: random.Random) -> str:
    """Return the text with some sentences repeated, immediately or later."""
    sentences = SENTENCE_END.split(text)
    if choice.random() < 0.3:
        return " ".join(sentences * 2)
    return " ".join(f"{s} {s}" if choice.random() < 0.5 else s for s in sentences)


def _strip_punctuation(text: str, choice: random.Random) -> str:
    """Return the text without punctuation, all of it or one kind."""
    marks = {c for c in text if not c.isalnum() and not c.isspace()}
    gone = marks if choice.random() < 0.5 or not marks else {choice.choice(sorted(marks))}
    return "".join(c for c in text if c not in gone)


def _remove_spaces(text: str, choice: random.Random) -> str:
    """Return the text without spaces, all of them or some."""
    kept = choice.choice([0.0, 0.0, 0.5, 0.9])
    return "".join(c for c in text if c != " " or choice.random() < kept)


def _join_paragraphs(text: str, choice: random.Random) -> str:
    """Return the text with its paragraphs joined."""
    return re.sub(r"\s*\n\s*", choice.choice(["", " ", ", ", "\t", "\r"]), text)


def _nest_quotes(text: str, choice: random.Random) -> str:
    """Return the text with nested quotations, some of them not closed."""
    found = []
    for sentence in SENTENCE_END.split(text):
        for _ in range(choice.randint(0, 4)):
            k = choice.randrange(len(OPENING_MARKS))
            closing = CLOSING_MARKS[k] if choice.random() < 0.8 else ""
            cut = choice.randint(0, len(sentence))
            sentence = f"{sentence[:cut]}{OPENING_MARKS[k]}{sentence[cut:]}{closing}"
        found.append(sentence)
    return " ".join(found)


def _inflate_numbers(text: str, choice: random.Random) -> str:
    """Return the text with numbers out of the range of floats, calendars and currencies."""
    changed = NUMBER_PATTERN.sub(lambda found: choice.choice([found[0], *ODD_AMOUNTS]), text)
    units = ["people", "killed", "dead", "dollars", "%", "million", "euros", "", "km"]
    return _scatter_words(changed, [f"{choice.choice(ODD_AMOUNTS)} {unit}" for unit in units], choice, 0.05)


def _lengthen_sentences(text: str, choice: random.Random) -> str:
    """Return the text as one sentence, sometimes repeated six times."""
    joined = re.sub(r"[.!?]\s+", choice.choice([", ", " and ", "; ", " that ", " "]), text)
    return joined * choice.choice([1, 1, 1, 6])


def _repeat_clauses(text: str, choice: random.Random) -> str:
    """Return the text with runs of words repeated immediately: *said that it said that it*."""
    words = text.split(" ")
    for _ in range(choice.randint(1, 12)):
        at, size, times = choice.randrange(len(words)), choice.randint(1, 12), choice.randint(1, 4)
        words[at:at] = words[at : at + size] * times
    return " ".join(words)


def _keep_only_quotes(text: str, choice: random.Random) -> str:
    """Return only marks, or every sentence as a quotation."""
    if choice.random() < 0.3:
        return (
            " ".join(
                choice.choice(OPENING_MARKS) + choice.choice([",", ".", "", "…", "—"]) for _ in range(60)
            )
            + " he."
        )
    k = choice.randrange(len(OPENING_MARKS))
    said = choice.choice(["", " he said", " said"])
    return "\n".join(f"{OPENING_MARKS[k]}{s}{CLOSING_MARKS[k]}{said}" for s in SENTENCE_END.split(text))


def _break_lines(text: str, choice: random.Random) -> str:
    """Return the text with lines broken at a fixed width, or after every word."""
    ending, width = choice.choice(["\n", "\r\n", "\r", "\n\n", " \n "]), choice.choice([1, 8, 40, 72])
    return ending.join(text[at : at + width] for at in range(0, len(text), width))


def _shuffle_words(text: str, choice: random.Random) -> str:
    """Return the text with its words shuffled."""
    words = text.split(" ")
    choice.shuffle(words)
    return " ".join(words)


def _decode_wrongly(text: str, choice: random.Random) -> str:
    """Return the text with curly quotation marks, decoded with a wrong encoding."""
    text = re.sub(r"\B[\"']", "“", text).replace('"', "”").replace("'", "’")
    encoding = choice.choice(["cp1252", "latin-1", "cp437", "mac_roman"])
    return text.encode("utf-8", "surrogatepass").decode(encoding, "replace")


def _repeat_chains(text: str, choice: random.Random) -> str:
    """Return the text with a phrase that is nested in itself some dozens of times."""
    at = choice.randint(0, len(text))
    return text[:at] + choice.choice(CHAINING_PHRASES) * choice.randint(2, 80) + text[at:]


MUTATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "delete_characters": _delete_characters,
    "double_sentences": _double_sentences,
    "strip_punctuation": _strip_punctuation,
    "upper": lambda text, _: text.upper(),
    "lower": lambda text, _: text.lower(),
    "remove_spaces": _remove_spaces,
    "join_paragraphs": _join_paragraphs,
    "nest_quotes": _nest_quotes,
    "inflate_numbers": _inflate_numbers,
    "emoji_and_combining_marks": lambda text, choice: _scatter_pieces(text, EMOJI, choice),
    "right_to_left": lambda text, choice: _scatter_pieces(text, RIGHT_TO_LEFT, choice),
    "control_characters": lambda text, choice: _scatter_pieces(
        text, CONTROL_CHARACTERS, choice, choice.choice([0.002, 0.05])
    ),
    "null_characters": lambda text, choice: _scatter_pieces(text, ["\0"], choice, 0.002),
    "invisible_characters": lambda text, choice: _scatter_pieces(text, INVISIBLE_CHARACTERS, choice),
    "lone_surrogates": lambda text, choice: _scatter_pieces(text, SURROGATES, choice, 0.002),
    "lengthen_sentences": _lengthen_sentences,
    "repeat_clauses": _repeat_clauses,
    "keep_only_quotes": _keep_only_quotes,
    "break_lines": _break_lines,
    "shuffle_words": _shuffle_words,
    "decode_wrongly": _decode_wrongly,
    "repeat_chains": _repeat_chains,
    "scatter_denials": lambda text, choice: _scatter_words(text, DENIAL_PHRASES, choice, 0.3),
    "cut": lambda text, choice: text[: choice.randint(0, 60)],
}
"""mutation by name"""
