"""The folder of a site: what its pages hold, what a second build writes, and that everything is escaped."""

import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from flows.cli import main
from tests.sample_rows import PublishDocuments, Row, make_change, make_row
from tests.warehouse.invented_press import make_press_change
from tests.warehouse.report.parsed_page import ParsedPage
from tests.warehouse.report.sample_articles import (
    make_article,
    make_crowded_article,
    make_entity_rows,
    make_hostile_article,
)
from warehouse.queries.connection import connect_to_warehouse
from warehouse.report import ReportError
from warehouse.report.site import MAX_CHANGES, build_site
from warehouse.report.site.denial_gaps import GAP_BANDS, GapBand
from warehouse.report.site.findings import COUNT_QUERIES
from warehouse.report.site.search_index import ArticleColumns, RowColumns, name_shard, split_into_words
from warehouse.report.site.sentences import REACH, quote_sentences
from warehouse.report.site.site_tables import CERTAIN_FROM
from warehouse.report.site.wording import describe_speaker, is_name, make_page_path
from warehouse.reviews import store_verdicts
from warehouse.reviews.verdicts import make_verdict
from warehouse.storage.store import Store

SITE_ASSETS = files("warehouse").joinpath("report", "site", "assets")


def read_pages(folder: Path) -> dict[str, ParsedPage]:
    return {
        path.relative_to(folder).as_posix(): ParsedPage(path.read_bytes().decode())
        for path in sorted(folder.rglob("*.html"))
    }


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def read_data(folder: Path, name: str) -> object:
    """Return the data of a data file of the site, as its script hands it over."""
    (file,) = folder.glob(f"data/{name}-*.js")
    call = re.fullmatch(r'counterclaim\.receive\("([^"]+)", (.*)\);\n', file.read_bytes().decode(), re.S)
    assert call
    assert call[1] == name
    return json.loads(call[2])


def publish_three_articles(store: Store) -> None:
    with store.open_writer() as writer:
        articles = [make_crowded_article(f"doc_{i}", 9, date(2026, 10 + i % 2, 1 + i)) for i in range(3)]
        writer.publish(make_change(articles, entities=make_entity_rows("ent_1", "ent_2", name="Army ")))


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Path:
    """Return the site of three crowded articles, for a test that changes it."""
    publish_three_articles(store)
    build_site(store.root, tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture(scope="module")
def read_only_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("tables") / "data")
    publish_three_articles(store)
    return store


@pytest.fixture(scope="module")
def read_only_site(read_only_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of three crowded articles, for tests that only read it."""
    folder = tmp_path_factory.mktemp("site") / "site"
    build_site(read_only_store.root, folder)
    return folder


def test_every_article_name_and_contested_claim_has_a_page_and_every_link_leads_somewhere(
    read_only_site: Path,
) -> None:
    pages = read_pages(read_only_site)
    assert {f"article/doc_{i}.html" for i in range(3)} <= pages.keys()
    assert {"entity/ent_1.html", "entity/ent_2.html", "index.html", "figures.html"} <= pages.keys()
    claims = {f"claim/doc_{i}_{n}.html" for i in range(3) for n in (1, 4, 7)}
    assert {path for path in pages if path.startswith("claim/")} == claims
    for path, page in pages.items():
        for link in page.links:
            target, _, fragment = link.partition("#")
            if re.match("https?:|data:|javascript:", link):
                continue
            found = (read_only_site / path).parent / target if target else read_only_site / path
            assert found.resolve().is_file(), (path, link)
            if fragment and not fragment.startswith("find"):
                assert (
                    fragment in pages[found.resolve().relative_to(read_only_site.resolve()).as_posix()].ids
                ), (
                    path,
                    link,
                )


def test_the_numbers_of_the_index_are_those_of_the_queries(
    read_only_site: Path, read_only_store: Store
) -> None:
    index = " ".join(read_pages(read_only_site)["index.html"].words.split())
    connection = connect_to_warehouse(read_only_store.root)
    for name, sql in COUNT_QUERIES.items():
        n = connection.sql(sql).fetchall()[0][0]
        assert re.search(rf"\b{name} ?{n:,}\b", index), name
        assert f'counterclaim query "{sql}"' in index
    assert connection.sql(COUNT_QUERIES["different claims denied"]).fetchall() == [(9,)]


def test_a_claim_page_counts_the_denials_that_it_lists(
    store: Store, put: PublishDocuments, tmp_path: Path
) -> None:
    article = make_crowded_article("doc_a", 9)
    # doc_a_5 and doc_a_8 answer other claims best, and may answer this one.
    for denial in ("doc_a_5", "doc_a_8"):
        link = next(row for row in article["denial_links"] if row["denial_id"] == denial)
        article["denial_links"].append(link | {"rank": 2, "claim_id": "doc_a_1", "score": 0.2})
    put(article, entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    build_site(store.root, tmp_path / "site")
    words = " ".join(read_pages(tmp_path / "site")["claim/doc_a_1.html"].words.split())
    assert "1 denial Denials that answer or probably answer this claim" in words
    assert "2 other denials that may answer it" in words
    best = connect_to_warehouse(store.root).sql(
        "SELECT count(*) FROM contested WHERE claim_id = 'doc_a_1' AND rank = 1"
    )
    assert best.fetchall() == [(1,)]


def test_a_weak_link_counts_as_perhaps_denied_on_every_page(
    store: Store, put: PublishDocuments, tmp_path: Path
) -> None:
    article = make_crowded_article("doc_a", 9)
    next(row for row in article["denial_links"] if row["claim_id"] == "doc_a_1")["score"] = 0.2
    put(article, entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    connection = connect_to_warehouse(store.root)
    counted = {name: connection.sql(sql).fetchall()[0][0] for name, sql in COUNT_QUERIES.items()}
    assert (counted["different claims denied"], counted["perhaps denied"]) == (2, 1)
    assert (counted["of them answer a claim"], counted["may answer one"]) == (2, 1)
    assert build_site(store.root, tmp_path / "site").changes.contested.total == 2
    pages = {path: " ".join(page.words.split()) for path, page in read_pages(tmp_path / "site").items()}
    assert "perhaps contested" in pages["claim/doc_a_1.html"]
    assert "0 denials No denial answers or probably answers" in pages["claim/doc_a_1.html"]
    assert "perhaps denied by" in (tmp_path / "site/article/doc_a.html").read_text("utf-8")
    assert "3 claims, of which 1 is only perhaps denied and comes last" in pages["exchanges/2026-11.html"]


def test_claims_that_state_the_same_count_once_and_are_listed_on_the_page_of_the_denied_one(
    store: Store, put: PublishDocuments, tmp_path: Path
) -> None:
    articles = [make_crowded_article(doc, 9) for doc in ("doc_a", "doc_b")]
    for article, claim in zip(articles, ("doc_a_1", "doc_b_0"), strict=True):
        (row,) = [row for row in article["claims"] if row["claim_id"] == claim]
        article["claim_groups"] = [
            make_row("claim_groups", **_name_claim(row), group_id="grp_1", medoid_id="doc_a_1")
        ]
    put(*articles, entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    n_rows = store.read("claims").num_rows
    connection = connect_to_warehouse(store.root)
    assert connection.sql(COUNT_QUERIES["different claims"]).fetchall() == [(n_rows - 1,)]
    build_site(store.root, tmp_path / "site")
    page = read_pages(tmp_path / "site")["claim/doc_a_1.html"]
    assert "1 other statement of the same claim" in " ".join(page.words.split())
    assert "../article/doc_b.html#at-doc_b_0" in page.links


def test_a_second_build_writes_nothing_and_a_change_only_its_pages(
    site: Path, store: Store, put: PublishDocuments
) -> None:
    before = read_bytes(site)
    again = build_site(store.root, site)
    assert (again.n_written, again.n_removed) == (0, 0)
    assert read_bytes(site) == before
    put(
        make_article("doc_new", "Nothing was said.", [], title="New", published_at=date(2026, 11, 30)),
        entities=make_entity_rows("ent_1", "ent_2", name="Army "),
    )
    assert build_site(store.root, site).new_pages == ("article/doc_new.html",)
    after = read_bytes(site)
    changed = {path for path in after if after[path] != before.get(path) and path.endswith(".html")}
    assert changed == {"article/doc_new.html", "articles/2026-11.html", "index.html"}


def test_a_site_keeps_its_title(site: Path, store: Store) -> None:
    build_site(store.root, site, "The river")
    assert build_site(store.root, site).n_written == 0
    assert "<h1><bdi>The river</bdi></h1>" in (site / "index.html").read_text("utf-8")


def test_pages_of_removed_documents_go(site: Path, store: Store, put: PublishDocuments) -> None:
    put(removed=["doc_1"], entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    build_site(store.root, site)
    left = read_pages(site)
    assert not [path for path in left if "doc_1" in path]
    assert "article/doc_0.html" in left
    stray = [p for p in site.rglob("*") if p.is_file() and "doc_1" in p.read_text("utf-8")]
    assert stray == []


def test_a_build_that_died_is_finished_by_the_next(site: Path, store: Store) -> None:
    whole = read_bytes(site)
    (site / "article" / "doc_0.html").unlink()
    (site / "article" / ".doc_1.html.new").write_text("half", encoding="utf-8")
    (site / ".counterclaim-site.json").write_text('{"pages": {"article/do', encoding="utf-8")
    build_site(store.root, site)
    assert read_bytes(site) == whole


def test_a_folder_that_is_no_site_is_left_alone(store: Store, put: PublishDocuments, tmp_path: Path) -> None:
    put(make_crowded_article("doc_a", 3))
    thesis = tmp_path / "documents" / "article" / "thesis.html"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("ten years", encoding="utf-8")
    with pytest.raises(ReportError, match="is no site"):
        build_site(store.root, tmp_path / "documents")
    assert read_bytes(tmp_path / "documents") == {"article/thesis.html": b"ten years"}


def test_a_hostile_article_stays_text(store: Store, put: PublishDocuments, tmp_path: Path) -> None:
    put(make_hostile_article(), entities=make_entity_rows("ent_1", "ent_2"))
    build_site(store.root, tmp_path / "site", title="<script>alert(1)</script>")
    for path, page in read_pages(tmp_path / "site").items():
        assert not {"img", "iframe", "object", "embed", "form", "base", "u"} & set(page.tags), path
        assert page.handlers == [], path
        assert [link for link in page.links if link.lower().startswith("javascript:")] == [], path
    for path, content in read_bytes(tmp_path / "site").items():
        if path.startswith("data/"):
            assert b"<" not in content, path
        elif path.endswith(".html"):
            assert b"unsafe" not in re.findall(rb'Policy" content="([^"]*)"', content)[0]
            assert re.search(rb"<script>[^<]", content) is None, path


def test_ids_cannot_leave_the_folder(store: Store, put: PublishDocuments, tmp_path: Path) -> None:
    put(make_article("../../x/doc", "A text.", [], title="T"))
    build_site(store.root, tmp_path / "deep" / "er" / "site")
    assert [p.name for p in tmp_path.iterdir() if p.name != "data"] == ["deep"]
    assert make_page_path("article", "../a b/é") == "article/~2e~~2e~~2f~a~20~b~2f~~e9~.html"


def test_uncertain_rows_are_folded_and_certain_ones_are_not(
    store: Store, put: PublishDocuments, tmp_path: Path
) -> None:
    article = make_crowded_article("doc_a", 6)
    for row in article["claims"]:
        row["confidence"] = CERTAIN_FROM + 0.1
    put(article, entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    build_site(store.root, tmp_path / "site")
    html = (tmp_path / "site" / "article" / "doc_a.html").read_text("utf-8")
    whole, fold, folded = html.partition('<details class="fold">')
    assert fold
    assert [i for i in ("doc_a_0", "doc_a_1", "doc_a_3", "doc_a_4") if f'data-row="{i}"' in whole] != []
    assert 'data-row="doc_a_2"' not in whole
    assert 'data-row="doc_a_2"' in folded
    assert "2 rows with a confidence below 60" in folded
    index = (tmp_path / "site" / "index.html").read_text("utf-8")
    whole, fold, folded = index.partition('<details class="fold"><summary>2 contested claims where')
    assert fold
    assert "claim/doc_a_1.html" not in whole
    assert "claim/doc_a_1.html" in folded


@pytest.mark.parametrize(
    ("passage", "span", "sentences"),
    [
        ("One. Two is it. Three.", "is", "Two is it."),
        ("He met Mr. Smith of the U.S. Navy. He left.", "met", "He met Mr. Smith of the U.S. Navy."),
        ("A headline\n\nBrown denied it.\n\nEnd.", "it", "Brown denied it."),
        ("“We did not. We never would,” he said. End.", "never", "“We did not. We never would,” he said."),
        ("He said: “We did not. We never would.” End.", "did not", "He said: “We did not. We never would.”"),
        ("It cost 3.5 million. Why? Nobody knows.", "3.5", "It cost 3.5 million."),
        ("wrapped at\nthe margin, it ends here. Next.", "margin", "wrapped at the margin, it ends here."),
        ("no end", "no", "no end"),
        ("x " * 400 + "denied " + "y " * 400, "denied", None),
    ],
)
def test_a_citation_has_whole_sentences(passage: str, span: str, sentences: str | None) -> None:
    start = passage.index(span)
    before = max(start - REACH, 0)
    window = passage[before : start + len(span) + REACH]
    found = quote_sentences(window, start - before, start - before + len(span))
    assert found == sentences or (sentences is None and found.startswith("… x") and found.endswith("y …"))


def speaker_row(**given: object) -> Row:
    return {"speaker_id": None, "speaker": None, "source_text": None, "source_type": "named"} | given


@pytest.mark.parametrize(
    ("row", "name", "words"),
    [
        (speaker_row(speaker_id="Q1", speaker="Ada Brown", source_text="she"), "Ada Brown", None),
        (speaker_row(source_text="He", source_type="pronoun"), None, "“He”, not resolved"),
        (speaker_row(source_text="two officials", source_type="unnamed"), None, "“two officials”"),
        (speaker_row(speaker_id="e", speaker="the harbour master", source_text="he"), None, "“he”"),
        (speaker_row(source_type="author"), None, "the article itself"),
        (speaker_row(source_type="author", kind="claim", rule="answered"), None, "the article reports"),
        (speaker_row(source_type="author", kind="denial", rule="answered"), None, "the article itself"),
        (speaker_row(source_type="unnamed"), None, "nobody named"),
    ],
)
def test_no_pronoun_and_no_noun_phrase_is_a_name(row: Row, name: str | None, words: str | None) -> None:
    assert (describe_speaker(row)["name"], describe_speaker(row)["words"]) == (name, words)


@pytest.mark.parametrize("entity_type", ["unnamed", "organisation"])
def test_the_phrase_of_an_entity_without_a_name_is_quoted(
    entity_type: str, store: Store, put: PublishDocuments, tmp_path: Path
) -> None:
    entities = make_entity_rows("ent_1", "ent_2", name="Many officers ")
    entities = [row | {"entity_type": entity_type} for row in entities]
    put(make_crowded_article("doc_a", 6), entities=entities)
    build_site(store.root, tmp_path / "site")
    quoted = entity_type == "unnamed"
    for page in ("article/doc_a.html", "figures.html"):
        html = (tmp_path / "site" / page).read_text("utf-8")
        assert ("“Many officers ent_2”" in html) == quoted, page
        assert ("Many officers ent_2" in html.replace("“Many officers", "")) != quoted, page


def test_scripts_without_capital_letters_have_names() -> None:
    assert not is_name("“Many officers”")
    assert is_name("שלום")
    assert not is_name("the minister")


def test_the_index_of_words_finds_what_is_said(read_only_site: Path) -> None:
    assert split_into_words("Élysée’s N'DJAMENA, 3.5") == ["elysee", "s", "n", "djamena", "3", "5"]
    assert name_shard("дом") == "~434~43e"
    words = read_data(read_only_site, "words-ri")
    assert isinstance(words, dict)
    rows, articles = words["river"]
    assert len(rows.split(",")) == 27
    assert articles == "0,1,1"


def test_the_columns_of_the_search_are_read_by_name(
    read_only_site: Path, store: Store, put: PublishDocuments, tmp_path: Path
) -> None:
    """A site without rows has the columns too, which the script expects."""
    put(entities=make_entity_rows("ent_1"))
    build_site(store.root, tmp_path / "empty")
    for folder, n_rows, n_articles in ((read_only_site, 27, 3), (tmp_path / "empty", 0, 0)):
        for name, fields, length in (
            ("columns-0", RowColumns._fields, n_rows),
            ("articles-0", ArticleColumns._fields, n_articles),
        ):
            columns = read_data(folder, name)
            assert isinstance(columns, dict)
            assert {field: len(values) for field, values in columns.items()} == dict.fromkeys(fields, length)
    script = (SITE_ASSETS / "search.js").read_text("utf-8")
    for kind, fields in (("columns", RowColumns._fields), ("articles", ArticleColumns._fields)):
        read = set(re.findall(rf"\b{kind}\.(\w+)\[", script))
        assert read
        assert read <= set(fields)


def test_the_command_writes_a_site_and_says_what_it_did(
    store: Store, put: PublishDocuments, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(make_crowded_article("doc_a", 3))
    arguments = ["report", "--site", str(tmp_path / "s"), "--warehouse", str(store.root), "--title", "River"]
    with pytest.raises(SystemExit, match="0"):
        main(arguments)
    assert "files written, 0 removed" in capsys.readouterr().out
    assert "<h1><bdi>River</bdi></h1>" in (tmp_path / "s" / "index.html").read_text("utf-8")
    with pytest.raises(SystemExit, match="2"):
        main([*arguments[:2], str(store.root), *arguments[3:]])
    assert "is no site" in capsys.readouterr().err


def test_a_build_says_which_rows_are_new(store: Store, put: PublishDocuments, tmp_path: Path) -> None:
    entities = make_entity_rows("ent_1", "ent_2", name="Army ")
    put(make_crowded_article("doc_a", 9), entities=entities)
    first = build_site(store.root, tmp_path / "site").changes
    counts = connect_to_warehouse(store.root)
    n_accusations = counts.sql("SELECT count(*) FROM claims WHERE claim_type = 'accusation'").fetchall()[0][0]
    n_denials = counts.sql("SELECT count(*) FROM denials").fetchall()[0][0]
    assert first.is_first
    assert (first.accusations.total, first.denials.total, first.contested.total) == (
        n_accusations, n_denials, 3
    )  # fmt: skip
    none = build_site(store.root, tmp_path / "site").changes
    assert (none.is_first, none.accusations.total, none.denials.total, none.contested.total) == (
        False, 0, 0, 0
    )  # fmt: skip
    put(make_crowded_article("doc_b", 90), entities=entities)
    second = build_site(store.root, tmp_path / "site").changes
    assert second.contested.total == 30
    assert len(second.contested.listed) == MAX_CHANGES
    pages = read_pages(tmp_path / "site")
    for news in (second.accusations, second.denials, second.contested):
        assert {change.what for change in news.listed}
        for change in news.listed:
            path, _, fragment = change.page.partition("#")
            assert path.startswith(("article/doc_b", "claim/doc_b"))
            assert not fragment or fragment in pages[path].ids
    assert {c.denied_by.split(" by ")[0] for c in second.contested.listed if c.denied_by} <= {
        "denied", "probably denied"
    }  # fmt: skip


def test_a_claim_that_gets_its_first_denial_is_newly_contested(
    store: Store, put: PublishDocuments, tmp_path: Path
) -> None:
    entities = make_entity_rows("ent_1", "ent_2", name="Army ")
    article = make_crowded_article("doc_a", 6)
    held_back = [row for row in article["denial_links"] if row["claim_id"] == "doc_a_1"]
    assert held_back
    put(
        article | {"denial_links": [r for r in article["denial_links"] if r not in held_back]},
        entities=entities,
    )
    build_site(store.root, tmp_path / "site")
    put(article, entities=entities)
    changes = build_site(store.root, tmp_path / "site").changes
    assert (changes.accusations.total, changes.denials.total) == (0, 0)
    assert [change.page for change in changes.contested.listed] == ["claim/doc_a_1.html"]


def test_a_claim_of_several_articles_is_newly_contested_once(
    store: Store, put: PublishDocuments, tmp_path: Path
) -> None:
    articles = [make_crowded_article(doc, 6) for doc in ("doc_a", "doc_b")]
    for article in articles:
        contested = {link["claim_id"] for link in article["denial_links"]}
        article["claim_groups"] = [
            make_row("claim_groups", **_name_claim(row), group_id="grp" + row["claim_id"][5:], medoid_id="m")
            for row in article["claims"]
            if row["claim_id"] in contested
        ]
    put(articles[0], entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    first = build_site(store.root, tmp_path / "site").changes.contested.total
    put(articles[1], entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    assert build_site(store.root, tmp_path / "site").changes.contested.total == 0
    assert build_site(store.root, tmp_path / "both").changes.contested.total == first > 0


def _name_claim(row: Row) -> Row:
    """Return the columns that name a claim in a table of claims and in one of groups."""
    return {name: row[name] for name in ("claim_id", "doc_id", "published_month", "extractor_version")}


def test_the_figures_say_how_long_until_the_denial(press: Path, tmp_path: Path) -> None:
    build_site(press, tmp_path / "site")
    page = read_pages(tmp_path / "site")["figures.html"]
    words = " ".join(page.words.split())
    assert "the 2 claims that a denial at least probably answers, half of them on the same day" in words
    assert "and the days until 5 Nov 2026, the last day of this corpus" in words
    assert "index.html#find?kind=claim&gap=0&uncertain=1" in page.links
    assert {"claim/c1.html", "claim/c4.html", "article/d1.html#at-c2"} <= set(page.links)


@pytest.mark.parametrize(("basis", "n_implied"), [("content", 1), ("cue", 0)])
def test_the_figures_draw_a_pair_without_a_word_of_accusing_paler(
    store: Store, put: PublishDocuments, tmp_path: Path, basis: str, n_implied: int
) -> None:
    article = make_crowded_article("doc_a", 2)
    for row in article["claims"]:
        row |= {"accusation_basis": basis}
    put(article, entities=make_entity_rows("ent_1", "ent_2"))
    build_site(store.root, tmp_path / "site")
    html = (tmp_path / "site" / "figures.html").read_text("utf-8")
    assert html.count('class="band implied"') == n_implied
    assert f"2 accusations, {2 - 2 * n_implied} explicit" in html


def test_every_gap_is_in_one_band_and_the_script_has_the_same() -> None:
    for gap in (-400, -1, 0, 1, 2, 3, 4, 7, 8, 30, 31, 4_000):
        assert sum(band.low <= gap <= band.high for band in GAP_BANDS) == 1, gap
    script = files("warehouse.report.site").joinpath("assets/gaps.js").read_text("utf-8")
    found = re.findall(r'\["([\d-]+|before)", "([^"]+)", (-?\w+), (-?\w+)\]', script)
    numbers = {"Infinity": float("inf"), "-Infinity": float("-inf")}
    assert [
        GapBand(key, label, numbers.get(low) or int(low), numbers.get(high) or int(high))
        for key, label, low, high in found
    ] == list(GAP_BANDS)


def test_a_page_says_what_each_of_differing_reviewers_says(store: Store, tmp_path: Path) -> None:
    with store.open_writer() as writer:
        writer.publish(make_press_change())
    given: list[Row] = [
        {"reviewer": "Ada", "verdict": "accepted"},
        {"reviewer": "Ben", "verdict": "rejected", "corrected_type": "labelling"},
        {"reviewer": "Cy", "verdict": "corrected", "corrected_targets": ["ent_dorn", "The guild"]},
    ]
    store_verdicts(store.root, [make_verdict({"statement_id": "c1"} | one, None, "here") for one in given])
    build_site(store.root, tmp_path / "site")
    page = (tmp_path / "site" / "article" / "d1.html").read_text("utf-8")
    said = (
        "Ada accepted; Ben rejected: really a denial (labelling); Cy corrected (targets Carl Dorn; The guild)"
    )
    assert f"disputed by Ada, Ben, Cy: <bdi>{said}</bdi>" in page


def test_a_rejected_denial_denies_nothing(store: Store, put: PublishDocuments, tmp_path: Path) -> None:
    article = make_crowded_article("doc_a", 6)
    put(article, entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    denials = [link["denial_id"] for link in article["denial_links"] if link["claim_id"] == "doc_a_1"]
    build_site(store.root, tmp_path / "site")
    assert (tmp_path / "site" / "claim" / "doc_a_1.html").exists()
    rejected = [{"statement_id": denial, "reviewer": "Ada", "verdict": "rejected"} for denial in denials]
    store_verdicts(store.root, [make_verdict(one, None, "here") for one in rejected])
    build_site(store.root, tmp_path / "site")
    assert not (tmp_path / "site" / "claim" / "doc_a_1.html").exists()
