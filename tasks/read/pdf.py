"""A PDF with a text layer becomes text: one paragraph a line."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

from tasks.read.streams import optional_library
from tasks.read.unusable import UnusableError
from tasks.records import Metadata

# What pdfminer complains of is told by the Rejected; without a handler Python would print it as well.
logging.getLogger("pdfminer").addHandler(logging.NullHandler())

MAX_PAGES = 300
BROKEN_WORD = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
WORD = re.compile(r"\w")


def read_pdf(payload: bytes | str) -> tuple[str, Metadata]:
    """Return the text of a PDF, a line for each block of its layout, and the title and author it declares.

    Within a block, lines are joined and words that a line break parts are made whole. Spans point into this
    text, not into the file; a page is not told apart from the next.

    Raises:
        UnusableError: locked, too long, no text layer, not readable, or pdfminer.six is not installed.
    """
    if isinstance(payload, str):
        raise UnusableError("unreadable PDF", "expected bytes, found text")
    with optional_library("pdfminer.six"):
        from pdfminer.pdfdocument import PDFPasswordIncorrect
    try:
        text = "\n".join(blocks(payload))
        metadata = declared(payload)
    except UnusableError:
        raise
    except PDFPasswordIncorrect as error:
        raise UnusableError("locked PDF", "a password is needed: unlock it and try again") from error
    except Exception as error:
        # Files are hostile and pdfminer lets many kinds of error through: each is this file's fault.
        raise UnusableError("unreadable PDF", f"{error.__class__.__name__}: {error!s:.200}") from error
    if not WORD.search(text):
        raise UnusableError("no text layer", "the pages are images: run OCR over them first")
    return text, metadata


def blocks(payload: bytes) -> Iterator[str]:
    """Yield each block of text in reading order, on one line."""
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTTextContainer

    for number, page in enumerate(extract_pages(io.BytesIO(payload)), 1):
        if number > MAX_PAGES:
            raise UnusableError("too large", f"over {MAX_PAGES} pages: split it into its articles")
        for block in page:
            if isinstance(block, LTTextContainer):
                yield " ".join(BROKEN_WORD.sub("", block.get_text()).split())


def declared(payload: bytes) -> Metadata:
    """Return the title and author of the file; its day of creation is not the day of publication."""
    from pdfminer.pdfdocument import PDFDocument
    from pdfminer.pdfparser import PDFParser
    from pdfminer.utils import decode_text

    told: dict[str, Any] = {}
    for info in PDFDocument(PDFParser(io.BytesIO(payload))).info:
        told |= {name: decode_text(value) for name, value in info.items() if isinstance(value, bytes)}
    return Metadata(title=told.get("Title"), author=told.get("Author"))
