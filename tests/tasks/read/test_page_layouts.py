"""The article of a page comes out whole and alone, in the layouts that sites use."""

from datetime import date

import pytest

from tasks.document.records import Document, RawDocument
from tasks.read.cleaning import clean_document
from tests.tasks.read.page_layouts import SHORT_ARTICLE, make_pages

BODIES = make_pages(SHORT_ARTICLE)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in SHORT_ARTICLE)
ARTICLE = SHORT_ARTICLE
SCRIPT = (
    '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "articleBody": "'
    + " ".join(ARTICLE)
    + '"}</script>'
)
MAX_OTHER_CHARS = 60
"""headings, times and menus; any other block is longer"""


def read_page(body: str, head: str = "") -> Document:
    page = f"<!DOCTYPE html><html lang='en'><head><title>Mayor denies</title>{head}</head><body>{body}</body></html>"
    found = clean_document(RawDocument("a.html", page, "html"))
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize("name", BODIES)
def test_the_article_comes_out_whole_and_alone(name: str) -> None:
    text = read_page(BODIES[name]).text
    assert [paragraph for paragraph in ARTICLE if paragraph not in text] == []
    assert len(text) - sum(map(len, ARTICLE)) <= MAX_OTHER_CHARS, text


def test_an_article_about_cookies_is_no_banner() -> None:
    said = (
        "The regulator said that cookies need the consent of users, and that our partners and adverts do too."
    )
    assert said in read_page(f"<article><h1>Cookies</h1><p>{said}</p>{TEXT}</article>").text
    assert said in read_page(f"<div class='story'><p>{said}</p>{TEXT}</div>").text


def test_a_page_of_scripts_gives_the_text_that_it_declares() -> None:
    text = read_page("<div id='app'></div>", SCRIPT).text
    assert all(paragraph in text for paragraph in ARTICLE)


@pytest.mark.parametrize("attribute", ["", " cite='https://a.org'", " class=said"])
def test_elements_of_quotation_keep_their_marks(attribute: str) -> None:
    text = read_page(
        f"<article><p>Ivan Petrov said: <q{attribute}>We paid nobody</q>.</p>{TEXT}</article>"
    ).text
    assert "Petrov said: “We paid nobody”." in text


@pytest.mark.parametrize(
    ("meta", "author"),
    [
        ("Ann Lee", "Ann Lee"),
        ("By Ann Lee", "Ann Lee"),
        ("Ann Lee; Published; Updated", "Ann Lee"),
        ("Ann Lee; Tom Hale", "Ann Lee; Tom Hale"),
        ("Published March 3, 2024", None),
        ("Ann Lee; 5 min read", "Ann Lee"),
    ],
)
def test_authors_are_names(meta: str, author: str | None) -> None:
    from tasks.read.formats.html.page_metadata import clean_author

    assert clean_author(meta) == author


@pytest.mark.parametrize(
    "quotation",
    [
        "<blockquote><p>We never paid.</p><footer>— Ivan Petrov, mayor</footer></blockquote>",
        "<blockquote><p>We never paid.</p><cite>Ivan Petrov, mayor</cite></blockquote>",
        "<figure><blockquote>We never paid.</blockquote><figcaption>Ivan Petrov, mayor</figcaption></figure>",
    ],
)
def test_the_name_under_a_quotation_follows_it_with_a_dash(quotation: str) -> None:
    text = read_page(f"<article>{TEXT}{quotation}{TEXT}</article>").text
    assert "\nWe never paid.\n— Ivan Petrov, mayor\n" in text


def test_elements_of_quotation_inside_others_have_single_marks() -> None:
    said = "<p>Petrov said <q>we <q>never</q> paid <q>them</q></q>.</p>"
    assert "Petrov said “we ‘never’ paid ‘them’”." in read_page(f"<article>{said}{TEXT}</article>").text


@pytest.mark.parametrize(
    ("script", "author", "day"),
    [
        (
            '[{"@type": "BreadcrumbList"}, {"@type": "NewsArticle", "author": [{"name": "Ann Lee"}, "Bo Diaz"],'
            ' "datePublished": "2026-11-03"}]',
            "Ann Lee; Bo Diaz",
            date(2026, 11, 3),
        ),
        (
            '/*<![CDATA[*/{"@type": "https://schema.org/NewsArticle", "datePublished": "2026-11-03",}/*]]>*/',
            None,
            date(2026, 11, 3),
        ),
        (
            '{"@graph": [{"@type": "Comment", "author": "Bo Diaz", "datePublished": "2009-01-01"}, {"@type":'
            ' "NewsArticle", "author": {"@id": "#a"}}, {"@id": "#a", "@type": "Person", "name": "Ann Lee"}]}',
            "Ann Lee",
            None,
        ),
    ],
)
def test_json_ld_gives_author_and_day(script: str, author: str | None, day: date | None) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    metadata = read_page(f"<article>{TEXT}</article>", head).metadata
    assert (metadata.author, metadata.published_at) == (author, day)


def test_the_day_of_an_article_comes_before_a_vague_one() -> None:
    head = (
        '<meta name="date" content="2009-01-01"><script type="application/ld+json">'
        '{"@type": "NewsArticle", "datePublished": "2026-11-03"}</script>'
    )
    assert read_page(f"<article>{TEXT}</article>", head).metadata.published_at == date(2026, 11, 3)


@pytest.mark.parametrize("tag", ["article", "p", "div", "blockquote"])
def test_a_fragment_of_one_element_is_read(tag: str) -> None:
    said = "The mayor of Zelnik denied on Monday that the city had paid the gang."
    found = clean_document(RawDocument("a.html", f"<{tag}>{said}</{tag}>", "html"))
    assert isinstance(found, Document)
    assert found.text == said
