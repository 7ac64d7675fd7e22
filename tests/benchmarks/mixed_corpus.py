"""Read a corpus of files of all kinds that is made here, and count the documents that are lost without a trace.

Every document holds one sentence of its own. It must come back in one document, or the container must report a reject
for it: `python -m tests.benchmarks.mixed_corpus --out docs/benchmarks/mixed_corpus.json`.
"""

import argparse
import gzip
import io
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.document.view.reading_view import find_visible_text
from tasks.read.cleaning import clean_document
from tasks.read.readers import read_documents
from tests.tasks.read.sample_files import make_warc

SEED = 20
N_FILES = 300
PLACES = ["Zelnik", "Haddar", "Northport", "Gorodnik", "Krasnov", "Lindholm"]
NAMES = ["Ivan Petrov", "Mira Dobrev", "Karl Weber", "Olga Reyes", "Ann Lee", "Tom Hale"]
CONSENT = "<p>We use cookies. You can accept all cookies or deny consent, or read our privacy policy.</p>" * 5
PAGES = (
    "<article>{}</article>",
    f"<div class='cookie-banner'>{CONSENT}</div><main><article>{{}}</article></main>",
    f"<div>{CONSENT}</div><article>{{}}</article>",
    "<div id='main-content'>{}</div><aside>"
    + "<p>The finance minister said that taxes would fall.</p>" * 6
    + "</aside>",
    "<table><tr><td><a href='/'>Home</a></td><td>{}</td></tr></table>",
    "<main><h1>Live</h1><article class='entry'>{}</article></main>",
    "<div itemtype='http://schema.org/NewsArticle'><div itemprop='articleBody'>{}</div></div>",
    "<article>{}</article><div class='comments'>"
    + "<p>He lies, everybody knows it, a reader said.</p>" * 6
    + "</div>",
)


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file of the corpus: what each of its documents says, and how many of its parts cannot be read."""

    name: str
    content: bytes
    sentences: Sequence[str]
    n_unreadable: int = 0


class Writer:
    """Makes documents, each with a sentence that no other has."""

    def __init__(self) -> None:
        """Begin with none."""
        self.chance = random.Random(SEED)
        self.count = 0

    def make_document(self) -> tuple[str, str]:
        """Return the text of a document and its own sentence."""
        self.count += 1
        name, place = self.chance.choice(NAMES), self.chance.choice(PLACES)
        own = f"{name} denied on Monday that {place} had paid bill number {self.count}."
        others = [
            f"“No money ever left our accounts,” {name} told the council of {place}.",
            "The union accused the council of hiding the books from the public for years.",
        ]
        return "\n\n".join([own, *others[: self.chance.randint(1, 2)]]), own

    def make_documents(self, most: int) -> tuple[list[str], list[str]]:
        """Return the texts and sentences of several documents."""
        pairs = [self.make_document() for _ in range(self.chance.randint(1, most))]
        return [text for text, _ in pairs], [own for _, own in pairs]


def make_text(writer: Writer) -> MadeFile:
    """Return a text file in one of several encodings and layouts."""
    text, own = writer.make_document()
    text = writer.chance.choice(
        [text, text.replace("\n", "\r\n"), text.replace(" ", "\u00a0", 3), _wrap(text)]
    )
    encoding = writer.chance.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    return MadeFile("txt", text.encode(encoding), [own])


def _wrap(text: str) -> str:
    """Return a text with lines of at most 60 characters."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > 60:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip(" ")
    return "\n".join(lines)


def make_page(writer: Writer) -> MadeFile:
    """Return a page in one of several layouts."""
    text, own = writer.make_document()
    return MadeFile("html", _to_page(text, writer.chance.choice(PAGES)), [own])


def _to_page(text: str, layout: str) -> bytes:
    """Return a page with a text in a layout."""
    body = layout.format("".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n")))
    return f"<!DOCTYPE html><html lang='en'><head><title>T</title></head><body>{body}</body></html>".encode()


def make_rows(writer: Writer) -> MadeFile:
    """Return lines, a table or a spreadsheet; some have a row that cannot be read."""
    texts, sentences = writer.make_documents(6)
    is_damaged = writer.chance.random() < 0.3
    kind = writer.chance.choice(["jsonl", "csv", "tsv", "parquet", "xlsx"])
    if kind == "parquet":
        out = io.BytesIO()
        pq.write_table(pa.table({"text": texts}), out)
        return MadeFile(kind, out.getvalue(), sentences)
    if kind == "xlsx":
        return MadeFile(
            kind, _make_sheet([*texts, *([None] if is_damaged else [])]), sentences, int(is_damaged)
        )
    if kind == "jsonl":
        lines = [json.dumps({"text": text}) for text in texts] + ["{broken"] * is_damaged
    else:
        mark = "," if kind == "csv" else "\t"
        cells = [f'"{text}"{mark}x' for text in texts]
        lines = [f"text{mark}note", *cells] + [mark.join("abc")] * is_damaged
    return MadeFile(kind, "\n".join(lines).encode(), sentences, int(is_damaged))


def _make_sheet(texts: Sequence[str | None]) -> bytes:
    """Return a spreadsheet with a text a row; a row without one has another cell only."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["text", "note"], *([text, "x"] for text in texts)):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def make_word_file(writer: Writer) -> MadeFile:
    """Return a Word file, its text in paragraphs or in a table."""
    text, own = writer.make_document()
    return MadeFile("docx", _to_word_file(text, in_table=writer.chance.random() < 0.3), [own])


def _to_word_file(text: str, *, in_table: bool = False) -> bytes:
    """Return a Word file with a text."""
    document = docx.Document()
    for paragraph in text.split("\n\n"):
        if in_table:
            document.add_table(1, 1).cell(0, 0).text = paragraph
        else:
            document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def make_mail(writer: Writer) -> MadeFile:
    """Return a mail with or without alternatives and attachments, some of which cannot be read."""
    text, own = writer.make_document()
    message, sentences = EmailMessage(), [own]
    message["From"], message["Date"] = "press@city.example", "Tue, 05 Mar 2024 10:00:00 +0000"
    kind = writer.chance.choice(["plain", "html", "stub", "alternative"])
    if kind == "html":
        message.set_content(_to_page(text, PAGES[0]).decode(), subtype="html")
    else:
        message.set_content("View this mail in your browser." if kind == "stub" else text)
    if kind in ("stub", "alternative"):
        message.add_alternative(_to_page(text, PAGES[0]).decode(), subtype="html")
    n_unreadable = 0
    for _ in range(writer.chance.randint(0, 2)):
        other, its_own = writer.make_document()
        attached = writer.chance.choice(["docx", "txt", "html", "mail", "doc"])
        if attached == "doc":
            message.add_attachment(b"\xd0\xcf", maintype="application", subtype="msword", filename="a.doc")
            n_unreadable += 1
            continue
        sentences.append(its_own)
        _attach(message, other, attached)
    return MadeFile("eml", message.as_bytes(), sentences, n_unreadable)


def _attach(message: EmailMessage, text: str, kind: str) -> None:
    """Attach a text to a mail as a file of a kind, or as another mail."""
    if kind == "docx":
        content = _to_word_file(text)
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename="a.docx")
    elif kind == "mail":
        other = EmailMessage()
        other["From"] = "ann@paper.example"
        other.set_content(text)
        message.add_attachment(other)
    else:
        page = text if kind == "txt" else _to_page(text, PAGES[0]).decode()
        message.add_attachment(page, subtype="plain" if kind == "txt" else "html", filename=f"a.{kind}")


def make_feed(writer: Writer) -> MadeFile:
    """Return a feed; some entries hold no text, and some dates cannot be read."""
    texts, sentences = writer.make_documents(6)
    days = ["2024-03-05", "03/04/2024", "soon", "Tue, 05 Mar 2024 10:00:00 GMT"]
    entries = [
        f"<item><guid>{n}</guid><pubDate>{writer.chance.choice(days)}</pubDate><description>{text}</description></item>"
        for n, text in enumerate(texts)
    ]
    n_empty = int(writer.chance.random() < 0.3)
    entries += ["<item><guid>e</guid><title>Nothing</title></item>"] * n_empty
    feed = f"<rss version='2.0'><channel><title>W</title>{''.join(entries)}</channel></rss>"
    return MadeFile("rss", feed.encode(), sentences, n_empty)


def make_archive(writer: Writer) -> MadeFile:
    """Return a web archive of pages."""
    texts, sentences = writer.make_documents(4)
    pages = (_to_page(text, writer.chance.choice(PAGES)) for text in texts)
    return MadeFile(
        "warc.gz", make_warc(*(("response", "200 OK", "text/html", page) for page in pages)), sentences
    )


def make_unread_file(writer: Writer) -> MadeFile:
    """Return a file of a kind that is not read."""
    return MadeFile(writer.chance.choice(["doc", "odt", "rtf", "msg", "html.zip"]), b"PK\x03\x04", [], 1)


MAKERS: Sequence[Callable[[Writer], MadeFile]] = (
    *(make_text, make_page, make_rows, make_word_file, make_mail, make_feed, make_archive, make_unread_file),
)


def make_files(number: int) -> Iterator[MadeFile]:
    """Yield so many files of all kinds, some of them compressed; the same ones every time."""
    writer = Writer()
    for n in range(number):
        made = MAKERS[n % len(MAKERS)](writer)
        if made.name in ("txt", "html", "jsonl", "csv") and writer.chance.random() < 0.2:
            made = MadeFile(f"{made.name}.gz", gzip.compress(made.content), made.sentences, made.n_unreadable)
        yield made


def find_losses(made: MadeFile, folder: Path) -> tuple[list[str], int]:
    """Return what of a file came back in no document and was counted by no reject, and the number of documents."""
    path = folder / f"a.{made.name}"
    path.write_bytes(made.content)
    # A folder without any readable file is refused as a whole.
    (folder / "other.txt").write_text("Nothing more was said.")
    raw = list(read_documents([folder], Metadata()))
    path.unlink()
    found = [clean_document(one) if isinstance(one, RawDocument) else one for one in raw]
    texts = [" ".join(find_visible_text(one.text).split()) for one in found if isinstance(one, Document)]
    n_rejected = sum(isinstance(one, Rejected) for one in found)
    lost = [sentence for sentence in made.sentences if sum(sentence in text for text in texts) != 1]
    lost += ["a part that cannot be read"] * max(made.n_unreadable - n_rejected, 0)
    return lost, len(texts) - 1


def measure_losses(number: int) -> dict[str, object]:
    """Return how many files, documents and unreadable parts were made, and what was lost, by kind of file."""
    files, documents, lost = Counter[str](), Counter[str](), Counter[str]()
    n_unreadable = 0
    with tempfile.TemporaryDirectory() as folder:
        for made in make_files(number):
            losses, n_documents = find_losses(made, Path(folder))
            for loss in losses:
                print(f"{made.name}: {loss}", file=sys.stderr)
            files[made.name] += 1
            documents[made.name] += n_documents
            lost[made.name] += len(losses)
            n_unreadable += made.n_unreadable
    return {
        "files": sum(files.values()),
        "documents": sum(documents.values()),
        "unreadable_parts": n_unreadable,
        "silent_losses": sum(lost.values()),
        "by_kind": {
            kind: {"files": files[kind], "documents": documents[kind], "silent_losses": lost[kind]}
            for kind in sorted(files)
        },
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write the figures; return 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=N_FILES)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    figures = measure_losses(options.files)
    text = json.dumps(figures, indent=2) + "\n"
    print(text, end="")
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    return int(bool(figures["silent_losses"]))


if __name__ == "__main__":
    raise SystemExit(main())
