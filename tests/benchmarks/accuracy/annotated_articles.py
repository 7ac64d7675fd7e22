"""Annotated articles for fitting: parsed, with their gold, and with the statements and pairs that the rules find."""

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.attribution.quoting.quotations import find_quotations
from tasks.attribution.statements import find_statements
from tasks.denials.classification import classify_statements
from tasks.denials.classified_statements import ClassifiedStatement
from tasks.document.doc import Doc
from tasks.document.parser import parse_texts
from tasks.entities import assign_entities
from tasks.entities.mentions import find_mentions
from tasks.evaluation.denial_scores import MIN_HIT_OVERLAP, GoldRecord, is_overlapping
from tasks.evaluation.scored_words import WordSet, find_scored_words, get_words_in
from tasks.knowledge import Knowledge
from tasks.links.claim_ranking import PairScorer
from tasks.links.statement_features import build_statement_features
from tasks.speakers.statement_resolution import resolve_statements

ROOT = Path(__file__).parents[3]
SPLIT = ROOT / "tests" / "gold" / "denials-train-split.csv"
OWN_GOLD = ROOT / "tests" / "gold" / "denials.json"
OWN_TEXTS = ROOT / "tests" / "gold" / "texts.jsonl"
SEED_TEXT = ROOT / "seeds" / "articles" / "000_02ffea24f9199195.txt"
SEED_ROWS = ROOT / "tests" / "tasks" / "golden_seed.json"
PRACTICE_WEIGHT = 0.12
SEED_WEIGHT = 6.0


@dataclass(frozen=True, slots=True)
class Article:
    """One parsed article with its gold and its weight in fitting."""

    gold: GoldRecord
    doc: Doc
    places: Sequence[tuple[int, int]]
    weight: float = 1.0

    @property
    def doc_id(self) -> str:
        """The id of the article."""
        return str(self.gold["doc_id"])

    def get_words(self, spans: Sequence[tuple[int, int]]) -> WordSet:
        """Return the words that spans of the text touch."""
        return get_words_in(spans, self.places)

    def get_content_words(self, classified: ClassifiedStatement) -> WordSet:
        """Return the words of the text that a statement's content touches."""
        content, view = classified.statement.content, self.doc.view
        return self.get_words([view.to_source(span) for span in content] if view.layers else content)

    def find_matching_gold(self, classified: ClassifiedStatement) -> list[GoldRecord]:
        """Return the denials of the gold, core or not, whose content a statement has."""
        words = self.get_content_words(classified)
        return [
            d
            for d in self.gold["denials"]
            if any(
                is_overlapping(self.get_words([s]), words, MIN_HIT_OVERLAP)
                for s in d["content"]
                if s is not None
            )
        ]


def read_articles(gold: Sequence[Path], texts: Sequence[Path], knowledge: Knowledge) -> list[Article]:
    """Return the parsed articles of gold files, without those of the part *dev* of the split."""
    unread = read_split("dev")
    known = {row["doc_id"]: row["text"] for path in texts for row in _read_lines(path)}
    records = [record for path in gold for record in _read_records(path)]
    usable = [
        r
        for r in records
        if hashlib.sha256(r["doc_id"].encode()).hexdigest() not in unread and r["doc_id"] in known
    ]
    return parse_articles([(r, known[r["doc_id"]]) for r in usable], knowledge)


def read_split(part: str) -> set[str]:
    """Return the SHA-256 of the ids of the articles of one part, *train* or *dev*: the ids hold words of headlines."""
    with SPLIT.open(encoding="utf-8", newline="") as file:
        return {row["doc_id_sha256"] for row in csv.DictReader(file) if row["part"] == part}


def read_practice(path: Path, knowledge: Knowledge) -> list[Article]:
    """Return the parsed passages of a file of invented passages, in which contents are given by their words."""
    pairs = [(_convert_passage(row), row["text"]) for row in _read_lines(path)]
    return parse_articles(pairs, knowledge, PRACTICE_WEIGHT)


def read_seed(knowledge: Knowledge) -> list[Article]:
    """Return the seed article with the denials and first links of its golden rows."""
    text = SEED_TEXT.read_bytes().decode("utf-8")
    rows = json.loads(SEED_ROWS.read_text(encoding="utf-8"))
    first = {denial: claim for denial, rank, claim in rows["links"] if rank == 1}
    denials = [
        _make_record(
            text, row["content_text"].split(" … ")[0], row["denial_type"], [first[row["content_text"]]]
        )
        for row in rows["denials"]
    ]
    return parse_articles([({"doc_id": "seed", "denials": denials}, text)], knowledge, SEED_WEIGHT)


def parse_articles(
    pairs: Sequence[tuple[GoldRecord, str]], knowledge: Knowledge, weight: float = 1.0
) -> list[Article]:
    """Return parsed articles, given their gold and texts."""
    docs = parse_texts((text for _, text in pairs), knowledge.nlp)
    return [
        Article(gold, doc, find_scored_words(text), weight)
        for (gold, text), doc in zip(pairs, docs, strict=True)
    ]


def find_pairs(article: Article, knowledge: Knowledge) -> tuple[list[ClassifiedStatement], PairScorer]:
    """Return the statements of an article before it is decided which are denials, and their pairs."""
    doc = article.doc
    mentions = assign_entities(
        doc, find_mentions(doc, knowledge.reference), knowledge.reference, article.doc_id
    )
    found = find_statements(doc, knowledge.cue_lexicon)
    classified = classify_statements(doc, found, knowledge.denial_lexicon, knowledge.claim_type_rules)
    statements = [c.statement for c in classified]
    quotations = find_quotations(doc, knowledge.cue_lexicon.reporting_words)
    mentions, resolved = resolve_statements(doc, mentions, statements, quotations, knowledge.reference)
    features = build_statement_features(doc, classified, mentions, resolved, knowledge.link_knowledge)
    return classified, PairScorer(features, knowledge.link_knowledge.link_weights)


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSONL file."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _read_records(path: Path) -> list[GoldRecord]:
    """Return the articles of a gold file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    articles: list[GoldRecord] = content["articles"] if isinstance(content, dict) else content
    return articles


def _convert_passage(row: dict[str, Any]) -> GoldRecord:
    """Return the gold of an invented passage in the form of the annotated articles."""
    contents = {s["id"]: s["content"] for s in row["statements"]}
    denials = [
        _make_record(
            row["text"], s["content"], s["type"], [contents[a] for a in s["answers"] if a in contents]
        )
        for s in row["statements"]
        if s["kind"] == "denial"
    ]
    return {"doc_id": row["id"], "denials": denials}


def _make_record(text: str, content: str, kind: str, answers: Sequence[str]) -> dict[str, Any]:
    """Return a core denial with its links, given the words of both."""

    def find_span(words: str) -> tuple[int, int]:
        start = text.find(words)
        return start, start + len(words)

    links = [{"content": find_span(answer.split(" … ")[0])} for answer in answers]
    record = {"types": [kind], "core": True, "content": [find_span(content)], "links": links}
    return record | {"linked_by": 2 if links else 0}
