"""Parse texts paragraph by paragraph into one Doc per document.

The model was trained on paragraphs: they give better sentence splits and bound memory. Their Docs are joined
into one Doc. What is parsed is a view of the text (:mod:`tasks.document.view.reading_view`): ``doc.text`` is the view,
``token.idx`` an offset into it, and ``doc.view`` maps spans of the view to the text as it was read.
"""

import importlib
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from spacy.language import Language

from tasks.document.doc import Doc
from tasks.document.doc_conversion import LabelCache, WordFormCache, join_paragraphs
from tasks.document.inference import annotate_docs, optimise_encoders
from tasks.document.inference.matrix_products import choose_batch_invariant_ops, use_ops_while_loading
from tasks.document.layout.datelines import find_dateline_end
from tasks.document.layout.document_layout import Layout, LayoutTables, add_mail_parts, find_layout
from tasks.document.layout.paragraph_labels import find_label
from tasks.document.reading_tables import ReadingTables, load_reading_tables
from tasks.document.records import Span
from tasks.document.view.case_edits import find_name_case_edits
from tasks.document.view.mail_edits import find_prefixed_spans
from tasks.document.view.reading_view import make_view
from tasks.document.view.text_view import TextView
from tasks.errors import ModelError as ModelError
from tasks.garbage_collection import pause_garbage_collection
from tasks.model_name import DEFAULT_MODEL as DEFAULT_MODEL

LINE_PARAGRAPH = re.compile(r"\S.*")
VISIBLE = re.compile(r"\S")
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


@dataclass(frozen=True, slots=True)
class PreparedText:
    """What is parsed of a text: the paragraphs of its view, and their layout."""

    view: TextView
    layout: Layout
    paragraphs: Sequence[Span]


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


def find_paragraphs(text: str) -> list[Span]:
    """Return the spans of the paragraphs of a view: its lines, without white space at their ends."""
    return [(m.start(), m.start() + len(m.group().rstrip())) for m in LINE_PARAGRAPH.finditer(text)]


def find_openings(
    text: str, paragraphs: Iterable[Span], tables: LayoutTables, known: Iterable[Span]
) -> Iterator[Span]:
    """Yield what opens paragraphs and is no part of what follows: ``known`` labels, datelines, other labels."""
    ends = dict(known)
    for start, end in paragraphs:
        if start in ends:
            yield start, ends[start]
        elif (stop := find_dateline_end(text, start, end, tables.datelines)) is not None:
            yield start, stop
        elif (label := find_label(text, start, end, tables.labels)) is not None:
            yield start, label.end(1)


def split_openings(text: str, paragraphs: Sequence[Span], openings: Iterable[Span]) -> list[Span]:
    """Return the spans of the paragraphs, each apart from what opens it; both are parsed by themselves."""
    ends = dict(openings)
    spans: list[Span] = []
    for start, end in paragraphs:
        cut = ends.get(start, start)
        following = VISIBLE.search(text, cut, end)
        if cut > start:
            spans.append((start, cut))
        if following is not None:
            spans.append((following.start(), end))
    return spans


def parse_texts(texts: Iterable[str], nlp: ParsingPipeline) -> Iterator[Doc]:
    """Yield one Doc a text, in order: the parse of its view."""
    return parse_prepared_texts((prepare_text(text, nlp) for text in texts), nlp)


def parse_prepared_texts(prepared: Iterable[PreparedText], nlp: ParsingPipeline) -> Iterator[Doc]:
    """Yield one Doc a text, in order, with ``doc.text == doc.view.text``.

    Sentences, tags, dependencies and entities are set; white space between paragraphs is a token of its own.
    """
    words, names = WordFormCache(nlp.language.vocab), LabelCache(nlp.language.vocab)
    for batch in _batch_texts(prepared):
        docs = [[nlp.language.make_doc(p.view.text[a:b]) for a, b in p.paragraphs] for p in batch]
        annotate_docs([doc for parts in docs for doc in parts], nlp.language)
        for p, parts in zip(batch, docs, strict=True):
            with pause_garbage_collection():
                doc = join_paragraphs(p.view.text, [start for start, _ in p.paragraphs], parts, words, names)
                doc.view, doc.layout = p.view, p.layout
            yield doc


def prepare_text(text: str, nlp: ParsingPipeline) -> PreparedText:
    """Return the view, layout and paragraphs of a text, which :func:`parse_prepared_texts` parses."""
    tables, is_word = nlp.tables, nlp.language.vocab.has_vector
    view = make_view(text, is_word, tables)
    paragraphs = find_paragraphs(view.text)
    layout = find_layout(view.text, paragraphs, tables.layouts)
    prefixed = [(view.from_source(a), view.from_source(b)) for a, b in find_prefixed_spans(text)]
    layout = add_mail_parts(layout, view.text, paragraphs, prefixed)
    openings = find_openings(view.text, paragraphs, tables.layouts, layout.labels)
    layout = replace(layout, labels=tuple(openings))
    names = [turn.label for turn in layout.turns if turn.label is not None]
    # These edits keep the length of the view, so that the layout's offsets stay right.
    view = view.edit(find_name_case_edits(view.text, names, is_word, tables.cases.names))
    return PreparedText(view, layout, split_openings(view.text, paragraphs, layout.labels) or [(0, 0)])


def _batch_texts(texts: Iterable[PreparedText]) -> Iterator[list[PreparedText]]:
    """Yield the texts in lists of about :data:`BATCH_CHARACTERS`."""
    batch: list[PreparedText] = []
    for text in texts:
        batch.append(text)
        if sum(len(text.view.text) for text in batch) >= BATCH_CHARACTERS:
            yield batch
            batch = []
    if batch:
        yield batch
