"""HTML pages: main text and metadata."""

from datetime import date

import pytest

from tasks.document.records import Document, Metadata, RawDocument, Rejected
from tasks.read.cleaning import clean_document

SENTENCES = [
    f"The minister said in his answer number {n} that the claim was false and that nobody had been hurt."
    for n in ("one", "two", "three", "four", "five")
]
BODY = "".join(f"<p>{sentence}</p>\n" for sentence in SENTENCES)


def page(head: str = "", body: str = BODY) -> str:
    return (
        f"<!DOCTYPE html><html><head><title>Minister denies it</title>{head}</head><body>"
        "<nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"
        f"<article><h1>Minister denies it</h1>{body}</article>"
        "<footer>Copyright 2011 The Daily. All rights reserved.</footer></body></html>"
    )


def read(html: str | bytes, metadata: Metadata = Metadata(), defaults: Metadata = Metadata()) -> Document:  # noqa: B008
    found = clean_document(RawDocument("a.html", html, "html", metadata, defaults))
    assert isinstance(found, Document), found
    return found


def test_the_main_text_has_a_line_a_paragraph_and_nothing_of_the_frame() -> None:
    text = read(page()).text
    assert [line for line in text.split("\n") if line.startswith("The minister")] == SENTENCES
    assert "Home" not in text
    assert "Copyright" not in text


def test_paragraphs_that_are_only_divided_by_breaks_stay_apart() -> None:
    text = read(page(body="<div>" + "<br><br>".join(SENTENCES) + "</div>")).text
    assert [line.strip() for line in text.split("\n") if line.startswith("The minister")] == SENTENCES


def test_quotation_marks_and_entities_are_kept() -> None:
    text = read(
        page(
            body=BODY
            + "<p>&ldquo;It&rsquo;s caf&eacute; &amp; R&#38;D,&rdquo; he said at last to us all.</p>"
        )
    ).text
    assert "“It’s café & R&D,” he said at last to us all." in text


@pytest.mark.parametrize(
    "tag", ["<q>", "<Q>", "<q cite='https://daily.example/a'>", "<q class=speech lang=en>"]
)
def test_the_element_of_quotations_keeps_its_marks(tag: str) -> None:
    text = read(
        page(body=f"{BODY}<p>The minister said: {tag}No money left our accounts</q>, and sat down.</p>")
    ).text
    assert "The minister said: “No money left our accounts”, and sat down." in text


HEAD = (
    "<meta name='author' content='Jane Doe'><meta property='og:site_name' content='The Daily'>"
    "<link rel='canonical' href='https://daily.example/2020/02/01/x.html'>"
    "<meta property='article:published_time' content='2024-03-05T08:00:00Z'>"
)


def test_the_page_tells_its_metadata() -> None:
    assert read(page(HEAD)).metadata == Metadata(
        "The Daily",
        "https://daily.example/2020/02/01/x.html",
        "Minister denies it",
        "Jane Doe",
        date(2024, 3, 5),
    )


def test_document_then_page_then_run() -> None:
    defaults = Metadata("Run", "https://run.example", "Run", "Run", date(2001, 1, 1))
    assert read(page(HEAD), Metadata(author="Line"), defaults).metadata.author == "Line"
    assert read(page(HEAD), defaults=defaults).metadata.publisher == "The Daily"
    assert read(page(), defaults=defaults).metadata.published_at == date(2001, 1, 1)


def test_a_host_name_does_not_outdo_the_publisher_of_the_run() -> None:
    head = "<link rel='canonical' href='https://www.daily.example/x.html'>"
    assert read(page(head), defaults=Metadata("The Daily")).metadata.publisher == "The Daily"


@pytest.mark.parametrize(
    ("head", "body", "day"),
    [
        ("<meta name='date' content='2024-03-05'>", "", date(2024, 3, 5)),
        ("<meta itemprop='datePublished' content='2024-03-05T01:02:03+00:00'>", "", date(2024, 3, 5)),
        (
            '<script type="application/ld+json">{"@id":"x","datePublished":"2024-03-05T00:00:00Z"}</script>',
            "",
            date(2024, 3, 5),
        ),
        ("", "<time itemprop='datePublished' datetime='2024-03-05'>5 March</time>", date(2024, 3, 5)),
        ("<meta name='date' content='03/04/2024'>", "", None),
        ("<meta name='date' content='2024-03'>", "", None),
        ('<script type="application/ld+json">{"dateModified":"2024-03-05"}</script>', "", None),
        ("", "<p class='date'>03/04/2024</p>", None),
        ("", "<time datetime='2024-03-05'>an event</time>", None),
        ("<link rel='canonical' href='https://daily.example/2020/02/x.html'>", "", None),
    ],
)
def test_only_a_declared_date_is_taken(head: str, body: str, day: date | None) -> None:
    assert read(page(head, body + BODY)).metadata.published_at == day


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251"])
def test_a_page_in_another_encoding(charset: str) -> None:
    words = "Министр заявил, что обвинения ложны и что никаких мин в городе не было. "
    html = page(f"<meta charset='{charset}'>", f"<p>{words * 5}</p><p>{words * 4}</p>")
    assert words * 4 in read(html.encode(charset)).text + " "


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "no main text"),
        ("<", "no main text"),
        ("<html></html>", "no main text"),
        ("no tags at all", "no main text"),
        ("<p>a \ud800 b</p>", "no main text"),
        ("<div>" * 20_000, "no main text"),
        ("<p>" + "a" * 20_000_001, "too large"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
    ],
    ids=lambda value: str(value)[:15],
)
def test_pages_without_text(html: str | bytes, reason: str) -> None:
    found = clean_document(RawDocument("a.html", html, "html"))
    assert isinstance(found, Rejected)
    assert found.reason == reason


def test_the_same_page_gives_the_same_text_again_and_again() -> None:
    assert len({read(page(HEAD)).text for _ in range(4)}) == 1
