"""A corpus of any number of short articles, made of the sentences of open texts and written file by file.

Articles are of 24 months and 40 publishers. Each is some sentences of different texts, in which people, organisations
and places are exchanged for others drawn by Zipf's law, the same ones within an article. A part of them are near-copies
of another article of the month, and a part are lines and files that cannot be used.
"""

import json
import math
import random
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from tasks.document.records import Document, make_content_id
from tasks.extraction import extract_batch
from tasks.knowledge import load_knowledge

GOLD_FOLDER = Path(__file__).parents[1] / "gold"
TEXT_FILES = ("texts.jsonl", "wikinews-texts.jsonl", "gum-news.jsonl")
MONTHS = tuple(f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13))
PUBLISHERS = tuple(f"Gazette {number:02}" for number in range(1, 41))
FIRST_DAILY_DATE = date(2026, 1, 5)
COPY_SHARE, REJECT_SHARE = 0.05, 0.03
COPIES_WITHIN = 400
"""articles of the month of which a near-copy can be one"""
COPYING_OUTLETS = range(1, 41)
"""ranks of the organisations that near-copies name as their source"""
MIN_ARTICLE_WORDS = 30
SENTENCE_WORDS = range(8, 31)
SENTENCE_END = re.compile(r"(?<=[.!?”\"])\s+(?=[A-Z“\"])|\n+")
NAME_COUNTS = {"person": 200_000, "organisation": 60_000, "place": 30_000}
"""different names of each kind; the kinds of mention that are exchanged"""
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
ORGANISATION_KINDS = (
    "Council",
    "Institute",
    "Union",
    "Ministry of Health",
    "Bank",
    "Party",
    "Police",
    "Mining",
)
BROKEN_LINES = (
    '{"id": "%s", "text": "The minister said',
    '{"id": "%s", "title": "A title and no text"}',
    '{"id": "%s", "text": ""}',
    '{"id": "%s", "text": " - . - "}',
    '{"id": "%s", "text": "The minister\\u0000 said \\u0000\\u0000 no."}',
    '{"id": "%s", "text": "The minister said no.", "published_at": "0202-13-41"}',
    '{"id": "%s", "text": 17}',
    '{"id": "%s", "text": "It is a lie \\ud83d, he said."}',
    '["%s"]',
)
BROKEN_FILES = {
    "scan.pdf": b"%PDF-1.7 broken",
    "page.html": b"<html><body><nav>Home</nav></body></html>",
    "empty.txt": b"",
    "letter.doc": b"\xd0\xcf",
    "more.zip": b"PK\x03\x04",
    "week.jsonl.gz": b"\x1f\x8b\x08broken",
    "note.eml": b"\n",
    "sheet.xlsx": b"PK\x03\x04broken",
}
"""file name → content of the files of each month that cannot be used"""


@dataclass(frozen=True, slots=True)
class SentenceTemplate:
    """A sentence and the names in it that are exchanged."""

    text: str
    names: tuple[tuple[int, int, str], ...]
    """start, end and label of each mention, in order"""
    n_words: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article that was made."""

    text: str
    published_at: date


def make_sentence_templates() -> list[SentenceTemplate]:
    """Return the sentences of the open texts in ``tests/gold`` with the names in them."""
    lines = (line for name in TEXT_FILES for line in (GOLD_FOLDER / name).open(encoding="utf-8"))
    texts = [json.loads(line)["text"] for line in lines]
    knowledge = load_knowledge()
    documents = [Document(make_content_id("doc", t), str(i), t, "", "utf-8") for i, t in enumerate(texts)]
    tables = extract_batch(documents, knowledge, "corpus").tables
    mentions: dict[str, list[tuple[int, int, str]]] = {document.doc_id: [] for document in documents}
    for row in tables["mentions"]:
        if row["label"] in NAME_COUNTS and not row["pronoun"]:
            mentions[row["doc_id"]].append((row["start"], row["end"], row["label"]))
    found = (one for d in documents for one in _cut_into_templates(d.text, mentions[d.doc_id]))
    return list({template.text: template for template in found}.values())


def _cut_into_templates(text: str, mentions: Sequence[tuple[int, int, str]]) -> Iterator[SentenceTemplate]:
    """Yield the sentences of a text that are neither very short nor very long."""
    edges = [0, *(match.end() for match in SENTENCE_END.finditer(text)), len(text)]
    for start, stop in pairwise(edges):
        end = start + len(text[start:stop].rstrip())
        n_words = len(text[start:end].split())
        if n_words in SENTENCE_WORDS and "\n" not in text[start:end]:
            inside = sorted(
                (a - start, b - start, label) for a, b, label in mentions if start <= a and b <= end
            )
            yield SentenceTemplate(text[start:end], tuple(inside), n_words)


@lru_cache(200_000)
def make_name(label: str, rank: int) -> str:
    """Return the name of a kind with this rank of frequency; two ranks have different names but for a few.

    Names are long enough that about as few as in the news could be spelling variants of one name.
    """
    choice = random.Random(f"{label} {rank}")
    if label == "place":
        return _make_word(choice, 4)
    name = " ".join(_make_word(choice, syllables) for syllables in (2, 3))
    return name if label == "person" else f"{name} {choice.choice(ORGANISATION_KINDS)}"


def _make_word(choice: random.Random, syllables: int) -> str:
    """Return an invented word."""
    pairs = (choice.choice(CONSONANTS) + choice.choice(VOWELS) for _ in range(syllables))
    return ("".join(pairs) + choice.choice("lnrst")).capitalize()


def _draw_rank(choice: random.Random, count: int) -> int:
    """Return a rank from 1 to ``count``, each with a probability in inverse proportion to itself."""
    return min(int(math.exp(choice.random() * math.log(count + 1))), count)


def _fill_template(template: SentenceTemplate, cast: dict[str, str], choice: random.Random) -> str:
    """Return the sentence with its names exchanged; ``cast`` holds the exchanges of the article so far."""
    parts, end = [], 0
    for start, stop, label in template.names:
        if start < end:
            continue
        old = template.text[start:stop]
        if old not in cast:
            name = make_name(label, _draw_rank(choice, NAME_COUNTS[label]))
            # A surname that stands alone remains the surname of the person who was named before.
            cast[old.split()[-1]] = name.split()[-1]
            cast[old] = name if " " in old or label != "person" else name.split()[-1]
        parts += [template.text[end:start], cast[old]]
        end = stop
    return "".join([*parts, template.text[end:]])


class ArticleMaker:
    """Makes the articles of a month: recombined ones, and near-copies of them."""

    def __init__(self, templates: Sequence[SentenceTemplate], seed: str) -> None:
        """Begin with none; the same seed gives the same articles."""
        self.templates = templates
        self.choice = random.Random(seed)
        self.recent: deque[Article] = deque(maxlen=COPIES_WITHIN)

    def make_article(self, days: Sequence[date]) -> Article:
        """Return an article of one of these days, or a near-copy within days of another."""
        if self.recent and self.choice.random() < COPY_SHARE:
            return self._copy_article(days)
        chosen: list[SentenceTemplate] = []
        while sum(template.n_words for template in chosen) < MIN_ARTICLE_WORDS:
            chosen.append(self.choice.choice(self.templates))
        cast: dict[str, str] = {}
        sentences = [_fill_template(template, cast, self.choice) for template in chosen]
        middle = len(sentences) // 2
        text = " ".join(sentences[:middle]) + "\n\n" + " ".join(sentences[middle:])
        article = Article(text, self.choice.choice(days))
        self.recent.append(article)
        return article

    def _copy_article(self, days: Sequence[date]) -> Article:
        """Return a near-copy: the name of an outlet is added, and the day is some days earlier or later.

        The outlets are few: invented ones would be spelling variants of each other far more often than real names.
        """
        original = self.choice.choice(self.recent)
        day = original.published_at + timedelta(days=self.choice.randint(-2, 3))
        note = f"({make_name('organisation', self.choice.choice(COPYING_OUTLETS))})"
        return Article(f"{original.text} {note}", min(max(day, days[0]), days[-1]))


def write_corpus(folder: Path, documents: int, templates: Sequence[SentenceTemplate]) -> None:
    """Write about so many articles, a folder for each month and a file for each publisher."""
    for number, month in enumerate(MONTHS):
        year, of_year = map(int, month.split("-"))
        days = [date(year, of_year, day) for day in range(1, 29)]
        share = documents * (number + 1) // len(MONTHS) - documents * number // len(MONTHS)
        _write_files(folder / month, share, days, ArticleMaker(templates, month))


def write_daily_corpus(folder: Path, documents: int, templates: Sequence[SentenceTemplate]) -> None:
    """Write the articles of one day after the months of the corpus."""
    maker = ArticleMaker(templates, FIRST_DAILY_DATE.isoformat())
    _write_files(folder / FIRST_DAILY_DATE.isoformat(), documents, [FIRST_DAILY_DATE], maker)


def _write_files(folder: Path, documents: int, days: Sequence[date], maker: ArticleMaker) -> None:
    """Write the articles of some days: a file for each publisher, and the files that cannot be used."""
    folder.mkdir(parents=True)
    for name, content in BROKEN_FILES.items():
        (folder / name).write_bytes(content)
    documents -= len(BROKEN_FILES)
    for number, publisher in enumerate(PUBLISHERS):
        share = documents * (number + 1) // len(PUBLISHERS) - documents * number // len(PUBLISHERS)
        with (folder / f"{publisher.replace(' ', '-').lower()}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(_make_lines(range(share), publisher, days, maker))


def _make_lines(
    numbers: Iterable[int], publisher: str, days: Sequence[date], maker: ArticleMaker
) -> Iterator[str]:
    """Yield the lines of one file, some of which cannot be used."""
    for number in numbers:
        if maker.choice.random() < REJECT_SHARE:
            yield maker.choice.choice(BROKEN_LINES).replace("%s", str(number)) + "\n"
            continue
        article = maker.make_article(days)
        row = {
            "id": str(number),
            "text": article.text,
            "publisher": publisher,
            "published_at": article.published_at.isoformat(),
        }
        yield json.dumps(row) + "\n"
