"""Guesses of libraries are checked: encodings, dates, the part of a message, the article of a page."""

import json
from datetime import date
from pathlib import Path

import pytest

from tasks.document.records import Document, Metadata, RawDocument
from tasks.read.cleaning import clean_document
from tasks.read.readers import read_documents

SAID = "The mayor, Ivan Petrov, denied it. “No money ever left,” Petrov said. “Not a cent.” — Café owners agreed."
DAY = date(2016, 6, 29)


@pytest.mark.parametrize("bad", [b"\xff", b"\xe9", b"\x92", b"\xc3", b"\xa0", b"\xf5", b"\x80", b"\xe2\x80"])
@pytest.mark.parametrize("at", [0, 20, 103])
def test_one_bad_byte_costs_one_character(bad: bytes, at: int) -> None:
    payload = SAID[:at].encode() + bad + b" " + SAID[at:].encode()
    found = clean_document(RawDocument("a.txt", payload, "text"))
    assert isinstance(found, Document)
    assert found.text == f"{SAID[:at]}\ufffd {SAID[at:]}"
    assert found.encoding == "utf-8 (1 replaced)"


def test_another_encoding_is_not_taken_for_damaged_utf8() -> None:
    found = clean_document(RawDocument("a.txt", SAID.encode("cp1252"), "text"))
    assert isinstance(found, Document)
    assert (found.text, found.encoding) == (SAID, "cp1252")


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["He denied it.", "Café owners said so.\r\nShe left.\r\n", "Naïve: 7 of 10."]
)
def test_utf16_without_a_mark(name: str, text: str) -> None:
    found = clean_document(RawDocument("a.txt", text.encode(name), "text"))
    assert isinstance(found, Document)
    assert (found.text, found.encoding) == (text, name)


def feed_day(path: Path, value: str) -> date | str | None:
    path.write_text(
        f"<rss version='2.0'><channel><title>W</title><item><guid>0</guid><pubDate>{value}</pubDate>"
        "<description>Chad denied it.</description></item></channel></rss>"
    )
    (found,) = read_documents([path], Metadata())
    assert isinstance(found, RawDocument)
    return found.metadata.published_at or found.metadata.published_problem


@pytest.mark.parametrize(
    "value",
    [
        *(
            "2016/6/29 15:07:41",
            "2016/06/29",
            "29/06/2016 10:00",
            "June 29, 2016",
            "2016-6-29 15:07",
            "2016.6.29",
        ),
        *(
            "20160629T150741",
            "29.06.2016",
            "Wed 29 Jun 2016",
            "Wed, 29 Jun 2016 23:30:00 -0500",
            "29-06-2016",
        ),
        *("Wednesday, June 29, 2016 10:00 AM", "29 June 2016", "29 Jun 16 10:00 GMT", "2016-06-29T23:30:00Z"),
        *("6/29/2016", "6-29-16", "29/6/16 10:00", "29 June 16", "Wed, 29 Jun 16 23:30:00 EST"),
        *("29th June 2016", "Wed Jun 29 15:07:41 2016", "Jun. 29, 2016", "29-Jun-2016 10:00"),
    ],
)
def test_a_printed_day_is_read(tmp_path: Path, value: str) -> None:
    assert feed_day(tmp_path / "a.rss", value) == DAY


@pytest.mark.parametrize(
    "value",
    [
        *("31/6/2016", "31/31/2016", "2016/13/29", "June 2016", "2016/6", "29/06"),
        *("some day in March", "yesterday", "1467212861", "06-29", "2016-W26-3"),
    ],
)
def test_what_is_no_day_is_no_date_with_the_reason(tmp_path: Path, value: str) -> None:
    assert feed_day(tmp_path / "a.rss", value) == f"not a date: {value}"


@pytest.mark.parametrize("value", ["03/04/2016", "3.4.2016", "3-4-16", "03/04/2016 10:00"])
def test_a_day_that_can_be_two_is_no_date_with_the_reason(tmp_path: Path, value: str) -> None:
    assert feed_day(tmp_path / "a.rss", value) == f"day or month first: {value}"


@pytest.mark.parametrize("value", ["2099-12-31", "31 Dec 2199", "Thu, 31 Dec 2099 23:59:59 GMT"])
def test_a_day_of_expiry_is_no_date_with_the_reason(tmp_path: Path, value: str) -> None:
    assert feed_day(tmp_path / "a.rss", value) == f"implausible year: {value}"


def feed_days(path: Path, values: list[str], language: str = "") -> list[date | None]:
    items = "".join(
        f"<item><guid>{n}</guid><pubDate>{value}</pubDate><description>Chad denied it.</description></item>"
        for n, value in enumerate(values)
    )
    tag = f"<language>{language}</language>" if language else ""
    path.write_text(f"<rss version='2.0'><channel><title>W</title>{tag}{items}</channel></rss>")
    return [f.metadata.published_at for f in read_documents([path], Metadata()) if isinstance(f, RawDocument)]


@pytest.mark.parametrize(
    ("values", "language", "day"),
    [
        (["03/04/2016", "29/03/2016"], "", date(2016, 4, 3)),
        (["03/04/2016", "03/29/2016"], "", date(2016, 3, 4)),
        (["03/04/2016", "03/29/2016"], "en-GB", date(2016, 3, 4)),
        (["03/04/2016", "03/29/2016", "29/03/2016"], "", None),
        (["03/04/2016"], "en-US", date(2016, 3, 4)),
        (["03/04/2016"], "en-gb", date(2016, 4, 3)),
        (["3.4.2016"], "de-DE", date(2016, 4, 3)),
        (["3/4/2016"], "fr", date(2016, 4, 3)),
        (["3/4/2016"], "en", None),
        (["3/4/2016"], "en-CA", None),
        (["4/4/2016"], "", date(2016, 4, 4)),
    ],
)
def test_the_order_of_day_and_month_is_that_of_the_source(
    tmp_path: Path, values: list[str], language: str, day: date | None
) -> None:
    assert feed_days(tmp_path / "a.rss", values, language)[0] == day


@pytest.mark.parametrize(
    ("lang", "content", "found"),
    [
        ("en-US", "03/04/2024", date(2024, 3, 4)),
        ("de", "3.4.2024", date(2024, 4, 3)),
        ("en", "March 4, 2024", date(2024, 3, 4)),
        ("en", "2024-03-04T23:30:00-05:00", date(2024, 3, 4)),
        ("en", "03/04/2024", "day or month first: 03/04/2024"),
        ("en", "soon", "not a date: soon"),
        ("en", "2099-01-01", "implausible year: 2099-01-01"),
    ],
)
def test_the_day_that_a_page_declares(lang: str, content: str, found: date | str) -> None:
    page = (
        f"<html lang='{lang}'><head><meta name='date' content='{content}'></head><body><article><p>{SAID}</p>"
        f"<p>{SAID}</p></article></body></html>"
    )
    document = clean_document(RawDocument("a.html", page, "html"))
    assert isinstance(document, Document)
    assert (document.metadata.published_at or document.metadata.published_problem) == found


def test_a_date_that_is_given_leaves_no_problem() -> None:
    given = Metadata(published_at=date(2024, 3, 4))
    page = f"<html><head><meta name='date' content='soon'></head><body><article><p>{SAID}</p></article></body></html>"
    document = clean_document(RawDocument("a.html", page, "html", given))
    assert isinstance(document, Document)
    assert (document.metadata.published_at, document.metadata.published_problem) == (date(2024, 3, 4), None)


NEWS = {"@type": "NewsArticle", "datePublished": "2024-02-03T08:00:00+02:00", "headline": "H"}
SITE = {"@type": "WebSite", "datePublished": "2009-01-01"}


@pytest.mark.parametrize(
    "data",
    [
        [SITE, NEWS],
        {"@graph": [SITE, NEWS]},
        {"@graph": [SITE, NEWS | {"@type": ["NewsArticle", "ReportageNewsArticle"]}]},
        {"@type": "WebPage", "datePublished": "2010-01-01", "mainEntity": NEWS},
        {**SITE, "mainEntity": {"@type": "WebPage", "mainEntity": NEWS}},
        [SITE, NEWS | {"@type": "BlogPosting"}],
        [SITE, NEWS | {"@type": "LiveBlogPosting"}],
        [{"@type": "Person", "datePublished": "2001-01-01"}, NEWS | {"@type": "http://schema.org/Article"}],
        [SITE, {"@type": "ItemList", "itemListElement": [{**NEWS, "datePublished": "2001-01-01"}]}, NEWS],
        [SITE, {"@type": "WebPage", "datePublished": "2024-02-03"}],
        {"comment": [{"@type": "Comment", "datePublished": "2011-01-01"}], **NEWS},
        {"hasPart": [{**NEWS, "datePublished": "2012-01-01"}], "datePublished": "2024-02-03"},
    ],
)
def test_the_day_of_linked_data_is_that_of_the_article(data: object) -> None:
    page = (
        f"<html><head><script type='application/ld+json'>{json.dumps(data)}</script></head>"
        f"<body><article><p>{SAID}</p></article></body></html>"
    )
    found = clean_document(RawDocument("a.html", page, "html"))
    assert isinstance(found, Document)
    assert found.metadata.published_at == date(2024, 2, 3)


@pytest.mark.parametrize(
    "stub",
    [
        *("View this mail in your browser.", "Read this email online: https://a.org/x", "HTML version only."),
        *("Your mail client does not support HTML.", "Open this message in a web browser", "See attached."),
        *(
            "Please view in an HTML-capable reader.",
            "If you cannot see this, open it in your browser.",
            "-- ",
            "T",
            "Trouble reading this? See the web version.",
            "This message requires a modern mail reader.",
            "[Image]",
            "If you cannot see this newsletter, click here.",
        ),
    ],
)
def test_a_plain_part_that_is_a_stub_gives_way(tmp_path: Path, stub: str) -> None:
    assert SAID in mail_text(
        tmp_path / "a.eml", stub, f"<html><body><p>{SAID}</p><p>{SAID}</p></body></html>"
    )


def mail_text(path: Path, plain: str, page: str) -> str:
    parts = "".join(
        f"--C\nContent-Type: text/{kind}; charset=utf-8\n\n{body}\n\n"
        for kind, body in (("plain", plain), ("html", page))
    )
    head = "From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=C\n\n"
    path.write_text(f"{head}{parts}--C--\n")
    (found,) = read_documents([path], Metadata())
    assert isinstance(found, RawDocument)
    cleaned = clean_document(found)
    assert isinstance(cleaned, Document)
    return cleaned.text


def test_a_plain_part_that_holds_the_article_wins(tmp_path: Path) -> None:
    page = f"<html><body><p>{SAID}</p><p>Unsubscribe. Our address. All rights reserved.</p></body></html>"
    assert mail_text(tmp_path / "a.eml", SAID, page).strip() == SAID


BANNER = (
    "<p>"
    + "This website uses cookies to improve your experience. We say we care about your privacy. " * 8
    + "</p>"
)
ARTICLE = f"<p>{SAID}</p><p>Shop owner Mira Dobrev accused him of lying to the council.</p>"


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='cookie-banner'>{BANNER}</div><main><article>{ARTICLE}</article></main>",
        f"<div id='consent'>{BANNER}</div><aside class='content'><article>{ARTICLE}</article></aside>",
        f"<div id='onetrust-banner'>{BANNER}</div><article>{ARTICLE}</article>",
        f"<section class='gdpr'>{BANNER}</section><article>{ARTICLE}</article>",
        f"<article>{ARTICLE}</article><div class='cmp modal'>{BANNER}</div>",
        f"<div class='x'>{BANNER}</div><aside><article>{ARTICLE}</article></aside>",
        f"<dialog class='cookies'>{BANNER}</dialog><div itemprop='articleBody'>{ARTICLE}</div>",
        f"<div class='didomi-host'>{BANNER}</div><main>{ARTICLE}</main>",
        f"<form id='CookieForm'>{BANNER}</form><article>{ARTICLE}</article>",
        f"<aside class='privacy-notice'>{BANNER}</aside><article>{ARTICLE}</article>",
    ],
)
def test_an_article_wins_over_a_banner(body: str) -> None:
    page = f"<!DOCTYPE html><html lang=en><head><title>T</title></head><body>{body}</body></html>"
    found = clean_document(RawDocument("a.html", page, "html"))
    assert isinstance(found, Document)
    assert SAID in found.text
    assert "cookies" not in found.text
