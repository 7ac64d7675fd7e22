"""The figures of a site in a browser: they leave no row out silently, and their names fit."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.sample_rows import Row, make_change
from tests.warehouse.report.browsing import IS_SKIPPED, SKIP_REASON, open_page
from tests.warehouse.report.sample_articles import make_crowded_article, make_entity_rows
from tests.warehouse.report.test_site_browser import (
    CLICK_IN_DRAWING,
    change_and_wait,
    click,
    list_results,
    open_index,
    wait_for,
)
from warehouse.report.site import build_site
from warehouse.storage.store import Store

pytestmark = pytest.mark.skipif(IS_SKIPPED, reason=SKIP_REASON)


def build_site_of(folder: Path, articles: list[dict[str, list[Row]]], entities: list[Row]) -> Path:
    """Return the site of some articles."""
    with Store(folder / "data").open_writer() as writer:
        writer.publish(make_change(articles, entities=entities))
    build_site(folder / "data", folder / "site", "Figures")
    return folder / "site"


def unfold_figures(browser: Any, site: Path, fragment: str) -> str:
    """Open the index with its figures, and return the caption of the network."""
    open_index(browser, site, fragment)
    click(browser, browser.find_element("css selector", ".figures-fold summary"))
    wait_for(browser, lambda b: b.find_elements("css selector", ".network .band"))
    caption = browser.find_element("xpath", "//figure[*[contains(@class, 'network')]]/figcaption")
    return str(caption.text)


@pytest.fixture(scope="module")
def unresolved_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of six accusations: without accuser, accused, or both, of the speaker, and two others."""
    dated, undated = make_crowded_article("doc_a", 6), make_crowded_article("doc_b", 3, None)
    parties: list[tuple[str | None, list[str]]]
    parties = [(None, ["ent_2"]), ("ent_1", []), (None, []), ("ent_1", ["ent_1"])]
    for row, (speaker, targets) in zip(dated["claims"], parties, strict=True):
        row |= {"speaker_id": speaker, "target_ids": targets}
    folder = tmp_path_factory.mktemp("unresolved")
    return build_site_of(folder, [dated, undated], make_entity_rows("ent_1", "ent_2", name="Army "))


def test_parties_that_are_no_named_entity_are_drawn_as_one_and_open_their_rows(
    browser: Any, unresolved_site: Path
) -> None:
    caption = unfold_figures(browser, unresolved_site, "#find?uncertain=1&type=accusation")
    assert len(list_results(browser)) == 6
    assert caption.startswith("6 accusations among these rows")
    assert "“unresolved” stands for a party that is no named entity, in 3 accusations" in caption
    assert "1 accusation of the speakers themselves is not drawn" in caption
    bands = {
        e.find_element("css selector", "title").get_attribute("textContent"): e
        for e in browser.find_elements("css selector", ".network a:has(.band)")
    }
    assert sorted(title.split(",")[0] for title in bands) == [
        "Army ent_1 accuses Army ent_2: 2 accusations",
        "Army ent_1 accuses unresolved: 1 accusation",
        "unresolved accuses Army ent_2: 1 accusation",
        "unresolved accuses unresolved: 1 accusation",
    ]
    options = [o.text for o in browser.find_elements("css selector", "#by-accused option")]
    assert options == ["any", "unresolved (2)", "Army ent_2 (3)", "Army ent_1 (1)"]
    band = next(e for title, e in bands.items() if title.startswith("Army ent_1 accuses unresolved"))
    change_and_wait(browser, lambda: browser.execute_script(CLICK_IN_DRAWING, band))
    assert list_results(browser) == ["doc_a_1"]
    assert "speaker=ent_1&accused=unresolved" in browser.current_url.replace("type=accusation&", "")
    assert browser.get_log("browser") == []


def test_rows_without_a_date_are_counted_below_the_timeline(browser: Any, unresolved_site: Path) -> None:
    unfold_figures(browser, unresolved_site, "#find?uncertain=1")
    timeline = browser.find_element("css selector", ".figures-fold figure figcaption, .figures-fold > p")
    assert timeline.text.endswith("3 rows without a date are not drawn.")


LONG_NAMES = (
    "W" * 40,
    "Ministry of Emergency Management, Transport and Communications of the Northian Federation",
    "Army of Northia",
    "الوزارة الاتحادية لإدارة الطوارئ والنقل والاتصالات",
    "北方联邦紧急情况交通和通信管理部驻外办事处总负责人",
    "Ян",
)
MISPLACED_LABELS = """
return [...document.querySelectorAll('svg')].flatMap((svg) => {
  const texts = [...svg.querySelectorAll('text')], boxes = texts.map((text) => text.getBBox());
  const { width, height } = svg.viewBox.baseVal;
  const touches = (a, b) => Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 0 &&
    Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 4;
  const isOutside = ({ x, y, width: w, height: h }) =>
    w === 0 || x < -1 || x + w > width + 1 || y < -1 || y + h > height + 1;
  return texts.filter((text, i) => isOutside(boxes[i]) || boxes.some((box, j) => j !== i && touches(box, boxes[i])))
    .map((text) => text.textContent);
});
"""


@pytest.fixture(scope="module")
def long_names_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site of accusations between parties of long names, on two days and in many months."""
    ids = [f"ent_{i}" for i in range(2 * len(LONG_NAMES))]
    entities = [
        row | {"name": name}
        for row, name in zip(make_entity_rows(*ids, name="N"), LONG_NAMES * 2, strict=True)
    ]
    articles = [
        make_crowded_article(f"doc_{i}", 3, date(2026 + i // 12, i % 12 + 1, 1)) for i in range(len(ids))
    ]
    for i, article in enumerate(articles):
        for row in article["claims"]:
            row |= {"speaker_id": ids[i], "target_ids": [ids[i - 3]]}
    return build_site_of(tmp_path_factory.mktemp("long"), articles, entities)


@pytest.mark.parametrize("width", [390, 1280])
def test_names_fit_into_the_figures_and_their_titles_keep_them_whole(
    browser: Any, long_names_site: Path, width: int
) -> None:
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        unfold_figures(browser, long_names_site, "#find?uncertain=1")
        assert browser.execute_script(MISPLACED_LABELS) == []
        check_names(browser)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        open_page(browser, (long_names_site / "figures.html").as_uri())
        assert browser.execute_script(MISPLACED_LABELS) == []
        check_names(browser)
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def check_names(browser: Any) -> None:
    """Check that long names of the network are shortened, that short ones are not, and that titles have all."""
    get_texts = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent.trim())"
    titles = browser.execute_script(get_texts, ".network a:has(text) title")
    assert {title.split(":")[0] for title in titles} == set(LONG_NAMES)
    shown = browser.execute_script(get_texts, ".network text")
    assert any(text.startswith("WWW") and "…" in text for text in (t.split("\n")[-1] for t in shown))
    assert any("Army of Northia" in text for text in shown)


def test_a_timeline_of_years_names_years_and_keeps_no_room_for_denials_that_are_not_there(
    browser: Any, tmp_path: Path
) -> None:
    articles = [
        make_crowded_article(name, 3, date(year, 5, 1)) for name, year in (("doc_a", 2004), ("doc_b", 2023))
    ]
    site = build_site_of(tmp_path, articles, make_entity_rows("ent_1", "ent_2", name="Army "))
    heights = []
    for fragment in ("#find?uncertain=1", "#find?uncertain=1&kind=claim"):
        unfold_figures(browser, site, fragment)
        labels = browser.find_elements("css selector", ".timeline text")
        assert [label.text for label in labels] == ["2004", "2013", "2023"]
        heights.append(browser.find_element("css selector", ".timeline").rect["height"])
    assert heights[1] < 0.7 * heights[0]
