"""The page: self-contained, the text exact, everything escaped, every mark linked to its row, and bounded."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from tests.sample_rows import PublishDocuments, make_row
from tests.warehouse.report.parsed_page import ParsedPage
from tests.warehouse.report.sample_articles import (
    BREAKOUT_HTML,
    HOSTILE_TEXT,
    make_article,
    make_crowded_article,
    make_entity_rows,
    make_hostile_article,
)
from warehouse.errors import WarehouseError
from warehouse.queries.connection import connect_to_warehouse
from warehouse.report import ReportError, render_report
from warehouse.report.page import MAX_ARTICLES, MAX_EXCHANGES, escape_exactly, is_web_address
from warehouse.report.report_data import create_exchange_tables, read_accusations
from warehouse.report.report_scope import choose_all
from warehouse.storage.store import Store


def test_a_hostile_article_stays_text(store: Store, put: PublishDocuments) -> None:
    put(make_hostile_article(), entities=make_entity_rows("ent_1", "ent_2"))
    for choice in ({}, {"doc": "doc_hostile"}, {"entity": "ent_1"}, {"since": date(2026, 1, 1)}):
        page = ParsedPage(render_report(store.root, **choice))
        assert page.tags.count("script") == 1
        assert page.tags.count("title") >= 1
        assert not {"img", "iframe", "object", "embed", "form", "base", "u"} & set(page.tags)
        assert page.handlers == []
        assert page.texts == [HOSTILE_TEXT]
        outside = [link for link in page.links if not link.startswith("#")]
        assert [re.match(r"data:,$|https://www\.wikidata\.org/wiki/%22", link) for link in outside].count(
            None
        ) == 0


def test_the_policy_allows_our_script_and_style_and_nothing_else(store: Store, put: PublishDocuments) -> None:
    put(make_hostile_article())
    html = render_report(store.root)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    rules = policy[1].replace("&#39;", "'").split("; ")
    assert "default-src 'none'" in rules
    assert not re.search(r"unsafe|https?:|\*", policy[1])


def test_every_link_leads_somewhere_and_ids_are_unique(store: Store, put: PublishDocuments) -> None:
    put(
        *(make_crowded_article(f"doc_{i}", 9) for i in range(3)),
        make_hostile_article(),
        entities=make_entity_rows("ent_1", "ent_2"),
    )
    page = ParsedPage(render_report(store.root))
    assert [i for i, n in Counter(page.ids).items() if n > 1] == []
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    rows = {f"doc_{i}_{n}" for i in range(3) for n in range(9)} | {"clm_1", "den_1", "men_1", "men_2"}
    assert rows | {f"at-{row}" for row in rows} <= set(page.ids)
    assert {f"#{row}" for row in rows} | {f"#at-{row}" for row in rows} <= set(page.links)


def test_of_many_documents_the_page_stays_bounded_and_says_so(store: Store, put: PublishDocuments) -> None:
    put(
        *(make_crowded_article(f"doc_{i:02}", 6, date(2026, 11, 1 + i)) for i in range(28)),
        entities=make_entity_rows("ent_1", "ent_2"),
    )
    html = render_report(store.root)
    page, words = ParsedPage(html), " ".join(ParsedPage(html).words.split())
    assert len(page.texts) == MAX_ARTICLES
    assert f"the newest {MAX_EXCHANGES} of 56" in words
    assert f"{MAX_ARTICLES} articles of 28" in words
    assert "28 documents, 1 entity, 112 claims and 56 denials, from 1 Nov 2026 to 28 Nov 2026" in words
    assert {"doc_27", "doc_26"} <= set(page.ids)
    assert "doc_00" not in page.ids


def test_counts_shares_and_joins(store: Store, put: PublishDocuments) -> None:
    put(make_crowded_article("doc_a", 6), entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    html = render_report(store.root, doc="doc_a")
    words = " ".join(ParsedPage(html).words.split())
    linked = r"denials that answer or probably answer one\s*2 denials that may answer one\s*0"
    assert re.search(rf"claims\s*4 claims denied\s*2 denials\s*2 {linked}", words)
    assert "4 claims made, 50 % denied" in words.replace("\u202f", " ")
    assert html.count('data-text="answers C2"') == 1
    assert html.count('data-text="D1"') == 2  # its own tag, and in the note of the claim it denies


def test_a_denial_of_another_article_is_joined_across(store: Store, put: PublishDocuments) -> None:
    first, second = make_crowded_article("doc_a", 2), make_crowded_article("doc_b", 3, date(2026, 11, 4))
    second["denial_links"][0] |= {"claim_id": "doc_a_0", "same_document": False}
    put(first, second, entities=make_entity_rows("ent_1", "ent_2"))
    html = render_report(store.root)
    assert "(3 days later)" in html
    assert "probably answers a claim elsewhere" in html
    alone = ParsedPage(render_report(store.root, doc="doc_b"))
    assert "#doc_a_0" not in alone.links
    assert "doc_a_0" in alone.words


@pytest.mark.parametrize(
    ("bases", "is_implied"),
    [(("content", "content"), True), (("content", "cue"), False), ((None, None), False)],
    ids=["content alone", "one by a cue", "not known"],
)
def test_a_pair_without_a_word_of_accusing_is_paler(
    store: Store, put: PublishDocuments, bases: tuple[str | None, ...], is_implied: bool
) -> None:
    article = make_crowded_article("doc_a", 2)
    for row, basis in zip(article["claims"], bases, strict=True):
        row |= {"speaker_id": "ent_1", "target_ids": ["ent_2"], "accusation_basis": basis}
    put(article, entities=make_entity_rows("ent_1", "ent_2"))
    html = render_report(store.root)
    assert ('class="band implied"' in html) == is_implied
    assert f"2 accusations, {bases.count('cue')} explicit" in html


@pytest.mark.parametrize(("implied", "expected"), [(3, ["ent_1", "ent_2"]), (2, ["ent_2", "ent_1"])])
def test_an_explicit_accusation_counts_twice_in_the_order_of_pairs(
    store: Store, put: PublishDocuments, implied: int, expected: list[str]
) -> None:
    article = make_crowded_article("doc_a", 6)
    for number, row in enumerate(article["claims"]):
        accused, basis = ("ent_1", "content") if number < implied else ("ent_2", "cue")
        row |= {"speaker_id": "ent_3", "target_ids": [accused], "accusation_basis": basis}
    del article["claims"][implied + 1 :]
    article |= {"denials": [], "denial_links": []}
    put(article, entities=make_entity_rows("ent_1", "ent_2", "ent_3"))
    connection = connect_to_warehouse(store.root)
    choose_all(connection)
    create_exchange_tables(connection)
    assert [pair["accused_id"] for pair in read_accusations(connection)] == expected


def test_an_empty_warehouse_has_a_page(store: Store, put: PublishDocuments) -> None:
    put()
    assert "0 documents" in render_report(store.root)


def test_a_text_without_statements_or_without_anything(store: Store, put: PublishDocuments) -> None:
    put(make_article("doc_a", "", []), make_article("doc_b", "\n\nNothing.\n", [], content_sha256="b"))
    page = ParsedPage(render_report(store.root))
    assert sorted(page.texts) == ["", "\n\nNothing.\n"]
    assert page.words.count("No claim or denial was found in this text.") == 2


def test_a_text_that_is_not_english_says_so(store: Store, put: PublishDocuments) -> None:
    put(make_article("doc_a", "Nichts.", [], language="de", n_tokens=0))
    assert (
        "Not extracted: its language is de, and only English is."
        in ParsedPage(render_report(store.root)).words
    )


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"doc": "doc_z"}, "No document has the id 'doc_z'"),
        ({"entity": "Napoleon"}, "No entity is called 'Napoleon'"),
        ({"entity": "ney"}, r"2 entities are called 'ney'; name one by its id: ent_1 .*ent_2"),
        ({"since": date(2027, 1, 1)}, r"dated 2027-01-01 or later. The newest is of 2026-11-01"),
    ],
)
def test_what_is_not_there_is_named(
    store: Store, put: PublishDocuments, choice: dict[str, Any], told: str
) -> None:
    named = [
        make_row("entities", entity_id=i, name=f"Marshal {i}", aliases=["Ney"]) for i in ("ent_1", "ent_2")
    ]
    put(make_crowded_article("doc_a", 3), entities=named)
    with pytest.raises(ReportError, match=told):
        render_report(store.root, **choice)


def test_an_entity_is_found_by_id_name_or_alias(store: Store, put: PublishDocuments) -> None:
    rows = [
        make_row("entities", entity_id=f"ent_{i}", name=f"Army {i}", aliases=[f"The {i}"]) for i in (1, 2)
    ]
    put(make_crowded_article("doc_a", 3), entities=rows)
    assert (
        render_report(store.root, entity="ent_2")
        == render_report(store.root, entity="army 2")
        == render_report(store.root, entity="THE 2")
    )


def test_no_warehouse_is_named(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="There is no warehouse at"):
        render_report(tmp_path)


def test_the_command_writes_the_file(
    store: Store, put: PublishDocuments, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(make_hostile_article())
    out = tmp_path / "r.html"
    with pytest.raises(SystemExit) as done:
        main(["report", "--warehouse", str(store.root), "--out", str(out)])
    assert done.value.code == 0
    assert str(out) in capsys.readouterr().out
    assert ParsedPage(out.read_bytes().decode()).texts == [HOSTILE_TEXT]


@pytest.mark.parametrize("started", [True, False])
def test_the_command_opens_the_file_or_says_that_it_cannot(
    started: bool,
    store: Store,
    put: PublishDocuments,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    put(make_hostile_article())
    asked: list[str] = []

    def open_and_record(url: str) -> bool:
        asked.append(url)
        return started

    monkeypatch.setattr("webbrowser.open", open_and_record)
    with pytest.raises(SystemExit):
        main(["report", "--warehouse", str(store.root), "--out", str(tmp_path / "r.html"), "--open"])
    assert asked == [(tmp_path / "r.html").as_uri()]
    assert ("open the file yourself" in capsys.readouterr().out) is not started


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--doc", "doc_z"], "No document"),
        (["--doc", "a", "--since", "2026-01-01"], ""),
        (["--out", "."], "cannot be written"),
    ],
)
def test_the_command_refuses_plainly(
    arguments: list[str], told: str, store: Store, put: PublishDocuments, capsys: pytest.CaptureFixture[str]
) -> None:
    put(make_hostile_article())
    with pytest.raises(SystemExit) as done:
        main(["report", "--warehouse", str(store.root), *arguments])
    assert done.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\r\nb", "a&#13;\nb"),
        ("\0", "␀"),
        ("<&>\"'", "&lt;&amp;&gt;&#34;&#39;"),
        (BREAKOUT_HTML[:2], "&#34;&#39;"),
    ],
)
def test_exact(text: str, html: str) -> None:
    assert escape_exactly(text) == html


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://a.b", True),
        ("HTTP://a", True),
        ("javascript:x", False),
        (" https://a", False),
        ("data:,", False),
        (None, False),
    ],
)
def test_only_the_web_is_linked(url: str | None, fits: bool) -> None:
    assert is_web_address(url) is fits
