"""A parsed page for tests: its ids, links, text and elements."""

from html.parser import HTMLParser


class ParsedPage(HTMLParser):
    """What a parser finds in a page; ``texts`` are the contents of the elements of class ``text``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.texts: list[str] = []
        self.words = ""
        self._depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "div" and given.get("class") == "text":
            self._depth = 1
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._depth = 0

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._depth:
            self.texts[-1] += data
