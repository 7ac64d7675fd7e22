"""Hostile texts: open articles changed in the ways in which real files are damaged, and worse; seeded."""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

GOLD = Path(__file__).parents[0] / "gold"
CORPORA = ("texts.jsonl", "gum-news.jsonl")
MOST_CHARACTERS = 1_200
"""of an article that are changed: so that many are tried in little time"""
SECOND_MUTATION = 0.25
"""share of the texts that are changed in two ways"""

SENTENCE = re.compile(r"(?<=[.!?])\s+")
NUMBER = re.compile(r"\d[\d,.]*")
OPENING, CLOSING = "\"“‘«„''", '"”’»“``'
CONTROLS = [*map(chr, [*range(1, 9), 11, 12, *range(14, 32), 0x7F, 0x85, 0xA0, 0xAD])]
INVISIBLE = ["\u200b", "\u200d", "\u2028", "\u2029", "\u2060", "\ufeff", "\ufffd", "\U000e0041"]
EMOJI = ["🛩️", "👩‍👩‍👧", "🇺🇦", "1️⃣", "e\u0301", "a" + "\u0300" * 40, "\u0301", "ﷺ", "ﬁ", "𝔘𝔎", "ｆｕｌｌ", "①"]
RIGHT_TO_LEFT = ["\u202e", "\u202d", "\u2067", "\u2069", "\u200f", "قال الوزير", "אמר השר", "نفت", "٣٤٥"]
SURROGATES = ["\ud800", "\udfff", "\udce9", "\ud83d", "\ude00\ud83d"]
AMOUNTS = [
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
CHAINS = [
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
DENYING = [
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
class Hostile:
    """A changed text and the ways in which it was changed."""

    number: int
    mutations: tuple[str, ...]
    text: str

    @property
    def name(self) -> str:
        """The name of the document, from which its mutations can be read."""
        return f"{self.number:06}-{'+'.join(self.mutations)}"


def read_texts() -> list[str]:
    """Return the open texts that are changed."""
    lines = [line for name in CORPORA for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]
    return sorted({json.loads(line)["text"] for line in lines})


def make_hostile(number: int, seed: int, texts: Sequence[str]) -> Hostile:
    """Return the hostile text of a number: the same for the same seed and texts."""
    choice = random.Random(f"{seed}-{number}")
    names = [list(MUTATIONS)[number % len(MUTATIONS)]]
    if choice.random() < SECOND_MUTATION:
        names.append(choice.choice(list(MUTATIONS)))
    text = cut_excerpt(choice.choice(texts), choice)
    for name in names:
        text = MUTATIONS[name](text, choice)
    return Hostile(number, tuple(names), text)


def cut_excerpt(text: str, choice: random.Random) -> str:
    """Return some paragraphs of a text that follow each other."""
    paragraphs = text.split("\n")
    start = choice.randrange(len(paragraphs))
    return "\n".join(paragraphs[start:])[:MOST_CHARACTERS] or text[:MOST_CHARACTERS]


def scatter(text: str, pieces: Sequence[str], choice: random.Random, often: float = 0.03) -> str:
    """Return the text with pieces put in at random places, at least one."""
    places = sorted(choice.randint(0, len(text)) for _ in range(1 + int(len(text) * often)))
    edges = [0, *places, len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]
    return "".join(part + choice.choice(pieces) for part in parts[:-1]) + parts[-1]


def scatter_words(text: str, pieces: Sequence[str], choice: random.Random, often: float = 0.1) -> str:
    """Return the text with pieces put in between words."""
    words = re.split(r"( +)", text)
    return "".join(
        f"{word}{choice.choice(pieces)} " if word.isspace() and choice.random() < often else word
        for word in words
    )


def delete_characters(text: str, choice: random.Random) -> str:
    """Return the text without some of its characters."""
    share = choice.uniform(0.01, 0.4)
    return "".join(c for c in text if choice.random() > share)


def double_sentences(text: str, choice: random.Random) -> str:
    """Return the text with sentences said again, at once or later."""
    sentences = SENTENCE.split(text)
    if choice.random() < 0.3:
        return " ".join(sentences * 2)
    return " ".join(f"{s} {s}" if choice.random() < 0.5 else s for s in sentences)


def strip_punctuation(text: str, choice: random.Random) -> str:
    """Return the text without marks, all of them or one kind."""
    marks = {c for c in text if not c.isalnum() and not c.isspace()}
    gone = marks if choice.random() < 0.5 or not marks else {choice.choice(sorted(marks))}
    return "".join(c for c in text if c not in gone)


def remove_spaces(text: str, choice: random.Random) -> str:
    """Return the text without spaces, everywhere or here and there."""
    kept = choice.choice([0.0, 0.0, 0.5, 0.9])
    return "".join(c for c in text if c != " " or choice.random() < kept)


def join_paragraphs(text: str, choice: random.Random) -> str:
    """Return the text with its paragraphs run together."""
    return re.sub(r"\s*\n\s*", choice.choice(["", " ", ", ", "\t", "\r"]), text)


def nest_quotes(text: str, choice: random.Random) -> str:
    """Return the text with sentences in quotation marks in quotation marks, some of them left open."""
    found = []
    for sentence in SENTENCE.split(text):
        for _ in range(choice.randint(0, 4)):
            k = choice.randrange(len(OPENING))
            closing = CLOSING[k] if choice.random() < 0.8 else ""
            cut = choice.randint(0, len(sentence))
            sentence = f"{sentence[:cut]}{OPENING[k]}{sentence[cut:]}{closing}"
        found.append(sentence)
    return " ".join(found)


def inflate_numbers(text: str, choice: random.Random) -> str:
    """Return the text with numbers that no float, calendar or currency knows."""
    changed = NUMBER.sub(lambda found: choice.choice([found[0], *AMOUNTS]), text)
    units = ["people", "killed", "dead", "dollars", "%", "million", "euros", "", "km"]
    return scatter_words(changed, [f"{choice.choice(AMOUNTS)} {unit}" for unit in units], choice, 0.05)


def lengthen_sentences(text: str, choice: random.Random) -> str:
    """Return the text as one sentence, some of them far longer than the text."""
    joined = re.sub(r"[.!?]\s+", choice.choice([", ", " and ", "; ", " that ", " "]), text)
    return joined * choice.choice([1, 1, 1, 6])


def repeat_clauses(text: str, choice: random.Random) -> str:
    """Return the text with runs of words repeated at once: *said that it said that it*."""
    words = text.split(" ")
    for _ in range(choice.randint(1, 12)):
        at, size, times = choice.randrange(len(words)), choice.randint(1, 12), choice.randint(1, 4)
        words[at:at] = words[at : at + size] * times
    return " ".join(words)


def keep_only_quotes(text: str, choice: random.Random) -> str:
    """Return a text of marks alone, or of sentences that each are a quotation."""
    if choice.random() < 0.3:
        return (
            " ".join(choice.choice(OPENING) + choice.choice([",", ".", "", "…", "—"]) for _ in range(60))
            + " he."
        )
    k = choice.randrange(len(OPENING))
    said = choice.choice(["", " he said", " said"])
    return "\n".join(f"{OPENING[k]}{s}{CLOSING[k]}{said}" for s in SENTENCE.split(text))


def break_lines(text: str, choice: random.Random) -> str:
    """Return the text with lines broken at a fixed width, or after every word."""
    ending, width = choice.choice(["\n", "\r\n", "\r", "\n\n", " \n "]), choice.choice([1, 8, 40, 72])
    return ending.join(text[at : at + width] for at in range(0, len(text), width))


def shuffle_words(text: str, choice: random.Random) -> str:
    """Return the words in another order."""
    words = text.split(" ")
    choice.shuffle(words)
    return " ".join(words)


def decode_wrongly(text: str, choice: random.Random) -> str:
    """Return the text, its quotation marks curly, as one reads it in another encoding than its own."""
    text = re.sub(r"\B[\"']", "“", text).replace('"', "”").replace("'", "’")
    encoding = choice.choice(["cp1252", "latin-1", "cp437", "mac_roman"])
    return text.encode("utf-8", "surrogatepass").decode(encoding, "replace")


def repeat_chains(text: str, choice: random.Random) -> str:
    """Return the text with a phrase that hangs on itself, some dozens of times."""
    at = choice.randint(0, len(text))
    return text[:at] + choice.choice(CHAINS) * choice.randint(2, 80) + text[at:]


MUTATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "delete_characters": delete_characters,
    "double_sentences": double_sentences,
    "strip_punctuation": strip_punctuation,
    "upper": lambda text, _: text.upper(),
    "lower": lambda text, _: text.lower(),
    "remove_spaces": remove_spaces,
    "join_paragraphs": join_paragraphs,
    "nest_quotes": nest_quotes,
    "inflate_numbers": inflate_numbers,
    "emoji_and_combining_marks": lambda text, choice: scatter(text, EMOJI, choice),
    "right_to_left": lambda text, choice: scatter(text, RIGHT_TO_LEFT, choice),
    "control_characters": lambda text, choice: scatter(text, CONTROLS, choice, choice.choice([0.002, 0.05])),
    "null_characters": lambda text, choice: scatter(text, ["\0"], choice, 0.002),
    "invisible_characters": lambda text, choice: scatter(text, INVISIBLE, choice),
    "lone_surrogates": lambda text, choice: scatter(text, SURROGATES, choice, 0.002),
    "lengthen_sentences": lengthen_sentences,
    "repeat_clauses": repeat_clauses,
    "keep_only_quotes": keep_only_quotes,
    "break_lines": break_lines,
    "shuffle_words": shuffle_words,
    "decode_wrongly": decode_wrongly,
    "repeat_chains": repeat_chains,
    "scatter_denials": lambda text, choice: scatter_words(text, DENYING, choice, 0.3),
    "cut": lambda text, choice: text[: choice.randint(0, 60)],
}
"""every way in which a text is changed, by name"""
