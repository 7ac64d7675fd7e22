"""Character spans as spaCy's spans of tokens."""

from tasks.document.doc import Doc
from tasks.document.doc import Span as DocSpan
from tasks.document.records import Span


def tokens_of(doc: Doc, span: Span) -> DocSpan:
    """Return the tokens that a character span touches.

    Raises:
        ValueError: the span does not lie in the document.
    """
    found = doc.char_span(*span)
    if found is None:
        raise ValueError(f"span {span} does not lie in a document of {len(doc)} tokens: {doc[:8].text!r}")
    return found
