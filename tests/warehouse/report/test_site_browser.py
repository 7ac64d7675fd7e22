"""A site in a browser, opened from the file system: search, facets, export, citation, review, and no request outside.

Needs Debian's chromium and chromium-driver, and selenium, as tests/warehouse/report/test_browser.py does.
"""

import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from tests.sample_rows import PublishDocuments, make_change
from tests.warehouse.invented_press import make_press_change
from tests.warehouse.report.browsing import IS_SKIPPED, REDUCED_MOTION, SKIP_REASON, list_requests, open_page
from tests.warehouse.report.sample_articles import (
    HOSTILE_TEXT,
    make_crowded_article,
    make_entity_rows,
    make_hostile_article,
)
from tests.warehouse.report.test_browser import CONTRAST
from warehouse.queries.connection import connect_to_warehouse
from warehouse.report.site import build_site
from warehouse.storage.store import Store

CLICK_IN_DRAWING = "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))"
pytestmark = pytest.mark.skipif(IS_SKIPPED, reason=SKIP_REASON)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("press") / "data"
    with Store(root).open_writer() as writer:
        writer.publish(make_press_change())
    return root


@pytest.fixture(scope="module")
def site(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site of the press") / "site"
    build_site(warehouse, folder, "The press")
    return folder


def open_index(browser: Any, site: Path, fragment: str = "") -> Any:
    open_page(browser, (site / "index.html").as_uri() + fragment)
    return wait_for(browser, lambda b: b.find_element("id", "search").get_attribute("data-ready"))


def wait_for(browser: Any, condition: Callable[[Any], Any]) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 30).until(condition)
    return browser


def list_results(browser: Any) -> list[str]:
    """Return the ids of the rows that the table shows."""
    return [e.get_attribute("data-row") for e in browser.find_elements("css selector", ".results [data-row]")]


def filter_by(browser: Any, name: str, value: str) -> None:
    """Choose an option of a facet and wait for the table."""
    from selenium.webdriver.support.ui import Select

    change_and_wait(browser, lambda: Select(browser.find_element("id", f"by-{name}")).select_by_value(value))


def change_and_wait(browser: Any, change: Callable[[], object]) -> None:
    ready = browser.find_element("id", "search").get_attribute("data-ready")
    change()
    wait_for(browser, lambda b: b.find_element("id", "search").get_attribute("data-ready") != ready)


def click(browser: Any, element: Any) -> None:
    """Click an element as a person does, in the middle of the screen: bars at its edge hide nothing there."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def take_download(downloads: Path, suffix: str) -> str:
    """Return the text of the file that was downloaded last, and remove it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := [p for p in downloads.glob(f"*{suffix}") if p.stat().st_size]:
            text = found[0].read_bytes().decode("utf-8")
            found[0].unlink()
            return text
        time.sleep(0.1)
    raise AssertionError(f"no {suffix} was downloaded")


def test_search_finds_words_of_claims_names_and_articles(browser: Any, site: Path) -> None:
    open_index(browser, site, "#find?uncertain=1&q=Shelling+northia")
    assert list_results(browser) == ["c1"]
    open_index(browser, site, "#find?uncertain=1&q=brown")
    assert "c1" in list_results(browser)
    # A word of an article that is in none of its rows.
    open_index(browser, site, "#find?uncertain=1&q=shell")
    assert {"c1", "n2"} <= set(list_results(browser))
    assert browser.get_log("browser") == []


def test_a_search_typed_is_in_the_address_and_can_be_sent(browser: Any, site: Path) -> None:
    open_index(browser, site, "#find?uncertain=1")
    change_and_wait(browser, lambda: browser.find_element("id", "q").send_keys("harbour"))
    found, address = list_results(browser), browser.current_url
    assert found
    assert "q=harbour" in address
    open_page(browser, address)
    wait_for(browser, lambda b: list_results(b) == found)
    assert browser.find_element("id", "q").get_attribute("value") == "harbour"


def test_facets_count_what_they_find(browser: Any, site: Path, warehouse: Path) -> None:
    open_index(browser, site, "#find?uncertain=1")
    everything = len(list_results(browser))
    sql = "SELECT type, count(*) FROM statements GROUP BY 1"
    by_type = dict(connect_to_warehouse(warehouse).sql(sql).fetchall())
    assert everything == sum(by_type.values())
    options = browser.find_elements("css selector", "#by-type option")
    shown = {o.get_attribute("value"): o.text for o in options if o.get_attribute("value")}
    assert shown == {kind: f"{kind.replace('_', ' ')} ({n})" for kind, n in by_type.items()}
    filter_by(browser, "type", "accusation")
    assert set(list_results(browser)) == {"c1", "c2"}
    filter_by(browser, "state", "denied")
    assert list_results(browser) == ["c1"]
    # A facet counts what the other facets leave.
    assert browser.find_element("css selector", "#by-type option[value=statement]").text == "statement (1)"
    filter_by(browser, "state", "")
    filter_by(browser, "type", "")
    filter_by(browser, "publisher", "Courier")
    assert set(list_results(browser)) >= {"n2", "c3", "n4"}
    assert browser.find_elements("css selector", "#by-accused option[value=Q2]") == []


def test_figures_of_the_selection_open_their_rows(browser: Any, site: Path) -> None:
    open_index(browser, site, "#find?uncertain=1")
    click(browser, browser.find_element("css selector", ".figures-fold summary"))
    wait_for(browser, lambda b: b.find_elements("css selector", ".network .band"))
    titles = [e.get_attribute("textContent") for e in browser.find_elements("css selector", ".network title")]
    assert titles == ["Ada Brown accuses Northia: 2 accusations, 50 % denied", "Ada Brown", "Northia"]
    spans = [e.get_attribute("textContent") for e in browser.find_elements("css selector", ".timeline title")]
    assert "2026-10-05: 1 claim, 0 of them denied; 2 denials" in spans
    bar = next(
        e
        for e in browser.find_elements("css selector", ".timeline a")
        if "2026-10-05" in e.get_attribute("textContent")
    )
    change_and_wait(browser, lambda: browser.execute_script(CLICK_IN_DRAWING, bar))
    assert set(list_results(browser)) == {"c3", "n2", "n4"}
    assert "from=2026-10-05&until=2026-10-05" in browser.current_url
    open_index(browser, site, "#find?uncertain=1")
    click(browser, browser.find_element("css selector", ".figures-fold summary"))
    wait_for(browser, lambda b: b.find_elements("css selector", ".network .band"))
    band = browser.find_element("css selector", ".network a")
    change_and_wait(browser, lambda: browser.execute_script(CLICK_IN_DRAWING, band))
    assert set(list_results(browser)) == {"c1", "c2"}


def test_days_until_the_denial_open_their_rows_and_sort(browser: Any, site: Path) -> None:
    open_index(browser, site, "#find?uncertain=1")
    options = browser.find_elements("css selector", "#by-gap option")
    assert [option.text for option in options] == ["any", "the same day (4)", "2 to 3 days (1)"]
    click(browser, browser.find_element("css selector", ".figures-fold summary"))
    wait_for(browser, lambda b: len(b.find_elements("css selector", ".gap-list tbody tr")) == 3)
    titles = [
        e.get_attribute("textContent") for e in browser.find_elements("css selector", ".gap-bars title")
    ]
    assert titles == ["the same day: 2 claims"]
    answered, waiting = browser.find_elements("css selector", ".gap-list")
    lines = [row.text for row in answered.find_elements("css selector", "tbody tr")]
    assert "Ada Brown: Northia of shelling the harbour" in lines[0]
    assert "Carl Dorn: it (answers, link 75 %)" in lines[0]
    assert lines[0].endswith("2026-10-03 0")
    (line,) = [row.text for row in waiting.find_elements("css selector", "tbody tr")]
    assert line == "Ada Brown: 40 wounded were found Northia 2026-10-03 33"
    link = answered.find_element("css selector", "tbody a.said").get_attribute("href")
    assert link == (site / "claim" / "c1.html").as_uri()
    said = answered.find_elements("css selector", "th button")[1]
    click(browser, said)
    wait_for(browser, lambda b: b.find_element("css selector", ".gap-list th[aria-sort]").text == "Said ↓")
    bar = browser.find_element("css selector", ".gap-bars a")
    change_and_wait(browser, lambda: browser.execute_script(CLICK_IN_DRAWING, bar))
    assert set(list_results(browser)) == {"c1", "c4"}
    assert "gap=0" in browser.current_url
    open_index(browser, site, "#find?uncertain=1&gap=2-3")
    assert list_results(browser) == ["n2"]
    assert browser.get_log("browser") == []


def test_columns_sort_both_ways(browser: Any, site: Path) -> None:
    open_index(browser, site, "#find?uncertain=1")
    for order, is_descending in (("descending", True), ("ascending", False)):
        change_and_wait(
            browser, lambda: click(browser, browser.find_element("css selector", "[data-sort=confidence]"))
        )
        head = browser.find_element("css selector", "th[aria-sort]")
        assert head.get_attribute("aria-sort") == order
        shown = [e.text for e in browser.find_elements("css selector", "td[data-label=Confidence]")]
        numbers = [int(text.split()[0]) for text in shown]
        assert numbers == sorted(numbers, reverse=is_descending)
        assert len(set(numbers)) > 1


def test_the_selection_exports_as_csv_and_json(browser: Any, site: Path, downloads: Path) -> None:
    open_index(browser, site, "#find?uncertain=1&kind=claim&speaker=ent_dorn")
    assert list_results(browser) == ["c4"]
    buttons = browser.find_elements("css selector", ".exports button")
    click(browser, buttons[0])
    rows = list(csv.DictReader(io.StringIO(take_download(downloads, ".csv").removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == ["c4"]
    assert rows[0]["text"] == "'=1+1 was “never said” … 🛩️ never flew"
    names = ("denied_by", "denial", "denied_on", "days_until_denial", "link_word", "link_score", "folded")
    denial = [rows[0][name] for name in names]
    assert denial == ["Carl Dorn", "“never said”", "2026-10-03", "0", "answers", "75", "yes"]
    assert rows[0]["permalink"] == "article/d1.html#c4"
    sentence = "=1+1 was “never said”, said Dorn, and 🛩️ never flew."
    assert rows[0]["denial_sentence"] == "'" + sentence
    # The cue of this row is in the sentence before its content.
    before = "Gazette, “T”, 3 October 2026: “Brown said 40 wounded were found. "
    assert rows[0]["citation"].startswith(f"{before}{sentence}” https://gazette")
    assert "Link: the denial answers the claim, 75 %" in rows[0]["exchange_citation"]
    click(browser, buttons[1])
    (row,) = json.loads(take_download(downloads, ".json"))
    assert row["text"] == "=1+1 was “never said” … 🛩️ never flew"
    assert row["publisher"] == "Gazette"


@pytest.fixture(scope="module")
def doubtful_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of an article in which one claim is denied, by two denials, and one only perhaps."""
    article = make_crowded_article("doc_a", 9)
    scores = {"doc_a_2": ("doc_a_1", 0.9), "doc_a_5": ("doc_a_1", 0.5), "doc_a_8": ("doc_a_7", 0.2)}
    for link in article["denial_links"]:
        claim, score = scores[link["denial_id"]]
        link |= {"claim_id": claim, "score": score}
    for row in article["claims"]:
        row |= {"confidence": 0.3, "speaker_role": "Foreign Minister of Northia"}
    folder = tmp_path_factory.mktemp("doubtful")
    with Store(folder / "data").open_writer() as writer:
        writer.publish(make_change([article], entities=make_entity_rows("ent_1", "ent_2", name="Army ")))
    build_site(folder / "data", folder / "site", "Doubtful", "https://news.example/river")
    return folder / "site"


def test_rows_that_are_folded_are_counted_and_exported_with_a_line_for_each_denial(
    browser: Any, doubtful_site: Path, downloads: Path
) -> None:
    open_index(browser, doubtful_site, "#find?state=denied")
    assert list_results(browser) == []
    assert browser.find_element("css selector", ".told").text.startswith(
        "No row with a confidence of 60 % or more; 1 below it folded"
    )
    assert not browser.find_element("css selector", ".results").is_displayed()
    assert not browser.find_element("css selector", "#search .pager").is_displayed()
    button = browser.find_element("css selector", ".exports button")
    assert button.text == "Export 1 row as CSV, the 1 folded included"
    click(browser, button)
    rows = list(csv.DictReader(io.StringIO(take_download(downloads, ".csv").removeprefix("\ufeff"))))
    names = ("id", "folded", "contested", "denial_number", "denial_id", "link_word", "link_score")
    assert [[row[name] for name in names] for row in rows] == [
        ["doc_a_1", "yes", "claim, denied", "1", "doc_a_2", "answers", "90"],
        ["doc_a_1", "yes", "claim, denied", "2", "doc_a_5", "probably answers", "50"],
    ]
    assert rows[0]["permalink"] == "https://news.example/river/article/doc_a.html#doc_a_1"


def test_a_weak_link_makes_a_claim_perhaps_denied(browser: Any, doubtful_site: Path) -> None:
    open_index(browser, doubtful_site, "#find?uncertain=1&state=perhaps")
    assert list_results(browser) == ["doc_a_7"]
    assert "perhaps denied (link 20 %)" in browser.find_element("css selector", ".denials-of").text
    states = [o.text for o in browser.find_elements("css selector", "#by-state option")]
    assert "claim, denied (1)" in states
    assert "denial perhaps of a claim found here (1)" in states
    open_index(browser, doubtful_site, "#find?uncertain=1&kind=claim&link=60")
    assert list_results(browser) == ["doc_a_1"]
    open_index(browser, doubtful_site, "#find?uncertain=1&role=minister")
    assert len(list_results(browser)) == 9
    open_index(browser, doubtful_site, "#find?uncertain=1&role=mayor")
    assert list_results(browser) == []
    open_page(browser, (doubtful_site / "claim" / "doc_a_7.html").as_uri())
    assert browser.find_element("tag name", "h1").text == "Claim that is perhaps contested"
    assert browser.get_log("browser") == []


def test_a_row_is_cited_as_text_bibtex_and_annotation(browser: Any, site: Path) -> None:
    page = (site / "article" / "d1.html").as_uri()
    open_page(browser, page)
    row = browser.find_element("css selector", "li[data-row=c1]")
    browser.execute_script(
        "arguments[0].closest('details')?.setAttribute('open', ''); arguments[0].focus()", row
    )
    row.send_keys("i")
    text, short, exchange, bibtex, annotation, permalink = (
        e.get_attribute("value") for e in browser.find_elements("css selector", "dialog textarea")
    )
    sentence = "Gazette, “T”, 3 October 2026: “Ada Brown accused Northia of shelling the harbour.”"
    assert short == f"{sentence} https://gazette.example/1"
    assert text.startswith(f"{short} (accusation by Ada Brown: “Northia of shelling the harbour”).")
    assert text.endswith("article/d1.html#c1")
    assert exchange.startswith(f"Claim: {short} (accusation by Ada Brown: ")
    assert (
        "Denial: Gazette, “T”, 3 October 2026: “Northia’s spokesman Carl Dorn denied it, citing" in exchange
    )
    assert "Link: the denial answers the claim, 75 %, found by a program" in exchange
    assert "file:" not in text + short + exchange + bibtex + permalink
    assert bibtex.startswith("@misc{c1,\n  author = {{Gazette}},")
    assert "year = {2026}" in bibtex
    target = json.loads(annotation)["target"][0]
    assert target["source"] == "https://gazette.example/1"
    assert target["selector"][0] == {"type": "TextQuoteSelector", "exact": "Northia of shelling the harbour"}
    assert permalink == "article/d1.html#c1"
    assert browser.get_log("browser") == []


def test_verdicts_go_from_the_page_into_the_tables_and_back(
    browser: Any, warehouse: Path, downloads: Path, tmp_path: Path
) -> None:
    from selenium.webdriver.common.keys import Keys

    folder = tmp_path / "site"
    build_site(warehouse, folder, "The press")
    open_page(browser, (folder / "article" / "d1.html").as_uri())
    browser.execute_script("for (const fold of document.querySelectorAll('details')) fold.open = true;")
    focus = "document.querySelector('[data-row={}]').focus()"
    browser.execute_script(focus.format("c1"))
    browser.switch_to.active_element.send_keys("a")
    browser.execute_script(focus.format("n3"))
    browser.switch_to.active_element.send_keys("r")
    browser.execute_script(focus.format("n1"))
    browser.switch_to.active_element.send_keys("c")
    speaker = browser.switch_to.active_element
    speaker.send_keys(Keys.CONTROL, "a")
    speaker.send_keys("Q1", Keys.ENTER)
    # Verdicts stay when another page is opened.
    open_page(browser, (folder / "claim" / "c1.html").as_uri())
    assert "3 verdicts" in browser.find_element("css selector", ".review-bar").text
    pressed = browser.find_elements("css selector", "[data-row=n1] [aria-pressed=true]")
    assert [button.text for button in pressed] == ["Correct"]
    browser.find_element("css selector", ".review-bar input").send_keys("Ada")
    click(browser, browser.find_element("css selector", ".review-bar .save"))
    saved = tmp_path / "reviews.json"
    saved.write_text(take_download(downloads, ".json"), encoding="utf-8")
    with pytest.raises(SystemExit, match="0"):
        main(["review", str(saved), "--warehouse", str(warehouse)])
    found = connect_to_warehouse(warehouse).sql(
        "SELECT statement_id, verdict, speaker, reviewers FROM reviewed WHERE verdict IS NOT NULL ORDER BY 1"
    )
    assert found.fetchall() == [
        ("c1", "accepted", "Ada Brown", ["Ada"]),
        ("n1", "corrected", "Ada Brown", ["Ada"]),
        ("n3", "rejected", "Carl Dorn", ["Ada"]),
    ]
    build_site(warehouse, folder, "The press")
    open_index(browser, folder, "#find?uncertain=1&verdict=rejected")
    assert list_results(browser) == ["n3"]
    assert "rejected by Ada" in browser.find_element("css selector", "[data-row=n3]").text


def test_keys_move_between_rows_and_a_verdict_can_be_taken_back(browser: Any, site: Path) -> None:
    open_index(browser, site, "#find?uncertain=1")
    browser.execute_script("localStorage.clear(); document.querySelector('[data-row]').focus()")
    first = browser.switch_to.active_element.get_attribute("data-row")
    browser.switch_to.active_element.send_keys("j")
    second = browser.switch_to.active_element.get_attribute("data-row")
    browser.switch_to.active_element.send_keys("k")
    assert [browser.switch_to.active_element.get_attribute("data-row"), second != first] == [first, True]
    browser.switch_to.active_element.send_keys("r")
    assert browser.find_element("css selector", ".review-bar").is_displayed()
    browser.switch_to.active_element.send_keys("u")
    assert not browser.find_element("css selector", ".review-bar").is_displayed()


def test_no_page_complains_or_asks_for_anything_outside(
    browser: Any, put: PublishDocuments, store: Store, tmp_path: Path
) -> None:
    put(make_hostile_article(), make_crowded_article("doc_a", 6), entities=make_entity_rows("ent_1", "ent_2"))
    folder = tmp_path / "site"
    build_site(store.root, folder, "<script>document.title='owned'</script>")
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 8
    for page in pages:
        open_page(browser, page.as_uri())
        if page.name == "index.html":
            open_index(browser, folder, "#find?uncertain=1")
        assert browser.get_log("browser") == [], page
        asked = [url for url in list_requests(browser) if not url.startswith(("data:", "about:"))]
        assert [url for url in asked if not url.startswith(folder.as_uri())] == [], page
        assert asked
        assert browser.title != "owned"
    open_page(browser, (folder / "article" / "doc_hostile.html").as_uri())
    assert browser.execute_script("return document.querySelector('.text').textContent") == HOSTILE_TEXT


def test_a_link_into_a_folded_list_opens_it(browser: Any, site: Path) -> None:
    open_page(browser, (site / "article" / "d1.html").as_uri() + "#n3")
    row = browser.find_element("id", "n3")
    wait_for(browser, lambda _: row.is_displayed())


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_screen_and_text_has_contrast(
    width: int, scheme: str, browser: Any, site: Path
) -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    media = {"features": [REDUCED_MOTION, {"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        for page in ("article/d1.html", "claim/c1.html", "entity/Q1.html", "figures.html", "index.html"):
            open_page(browser, (site / page).as_uri())
            if page == "index.html":
                open_index(browser, site, "#find?uncertain=1")
            browser.execute_script(
                "for (const fold of document.querySelectorAll('details')) fold.open = true;"
            )
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page
            assert browser.execute_script(CONTRAST) == [], page
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
