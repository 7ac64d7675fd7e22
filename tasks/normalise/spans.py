"""Character spans as spaCy's spans of tokens."""

from tasks.parsed import Doc
from tasks.parsed import Span as DocSpan
from tasks.records import Span


def tokens_of(doc: Doc, span: Span) -> DocSpan:
    """Return the tokens that a character span touches.

    Raises:
        ValueError: the span does not lie in the document.
    """
    found = doc.char_span(*span)
    if found is None:
        raise ValueError(f"span {span} does not lie in a document of {len(doc)} tokens: {doc[:8].text!r}")
    return found
