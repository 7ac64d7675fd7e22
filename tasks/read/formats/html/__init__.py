"""HTML pages: main text and metadata."""

from tasks.read.formats.html.html_pages import read_html_page

__all__ = ["read_html_page"]
