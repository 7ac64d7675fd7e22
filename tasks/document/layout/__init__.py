"""The layout of a document: transcripts, interviews, live blogs, releases, quoted mails, labels of paragraphs."""

from tasks.document.layout.document_layout import find_layout

__all__ = ["find_layout"]
