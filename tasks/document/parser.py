"""Parse texts paragraph by paragraph into one Doc per document.

The model was trained on paragraphs: they give better sentence splits and bound memory. Their Docs are joined
into one Doc. What is parsed is a view of the text (:mod:`tasks.document.reading_view`): ``doc.text`` is the view,
``token.idx`` an offset into it, and ``doc.view`` maps spans of the view to the text as it was read.
"""

import importlib
import re
import warnings
from collections.abc import Iterable, Iterator

from spacy.language import Language

from tasks.document.doc import Doc
from tasks.document.doc_conversion import LabelCache, WordFormCache, join_paragraphs
from tasks.document.inference import annotate_docs, optimise_encoders, pause_garbage_collection
from tasks.document.inference.matrix_products import choose_batch_invariant_ops, use_ops_while_loading
from tasks.document.paragraph_labels import find_label
from tasks.document.reading_view import make_view
from tasks.document.records import Span
from tasks.document.text_view import TextView
from tasks.errors import ModelError as ModelError
from tasks.model_name import DEFAULT_MODEL as DEFAULT_MODEL

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
    optimise_encoders(nlp)
    return nlp


def find_paragraphs(text: str) -> list[Span]:
    """Return the spans of the paragraphs of a view: its lines, a dated dateline or a label apart from the rest."""
    spans: list[Span] = []
    for match in LINE_PARAGRAPH.finditer(text):
        start, end = match.start(), match.start() + len(match.group().rstrip())
        opening = DATELINE.match(text, start, end) or find_label(text, start, end)
        if opening is not None:
            spans.append((start, opening.end(1)))
            start = opening.end()
        spans.append((start, end))
    return spans


def parse_texts(texts: Iterable[str], nlp: Language) -> Iterator[Doc]:
    """Yield one Doc a text, in order: the parse of its view."""
    return parse_prepared_texts((prepare_text(text, nlp) for text in texts), nlp)


def prepare_text(text: str, nlp: Language) -> TextView:
    """Return the view of a text that :func:`parse_prepared_texts` parses."""
    return make_view(text, nlp.vocab.has_vector)


def parse_prepared_texts(views: Iterable[TextView], nlp: Language) -> Iterator[Doc]:
    """Yield one Doc a view, in order, with ``doc.text == doc.view.text``.

    Sentences, tags, dependencies and entities are set; white space between paragraphs is a token of its own.
    """
    words, names = WordFormCache(nlp.vocab), LabelCache(nlp.vocab)
    for batch in _batch_views(views):
        spans = [find_paragraphs(view.text) or [(0, 0)] for view in batch]
        docs = [[nlp.make_doc(v.text[a:b]) for a, b in s] for v, s in zip(batch, spans, strict=True)]
        annotate_docs([doc for parts in docs for doc in parts], nlp)
        for view, paragraphs, parts in zip(batch, spans, docs, strict=True):
            with pause_garbage_collection():
                doc = join_paragraphs(view.text, [start for start, _ in paragraphs], parts, words, names)
                doc.view = view
            yield doc


def _batch_views(views: Iterable[TextView]) -> Iterator[list[TextView]]:
    """Yield the views in lists of about :data:`BATCH_CHARACTERS`."""
    batch: list[TextView] = []
    for view in views:
        batch.append(view)
        if sum(len(view.text) for view in batch) >= BATCH_CHARACTERS:
            yield batch
            batch = []
    if batch:
        yield batch
