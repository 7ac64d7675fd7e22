"""The page in a browser: no network access, no error, the exact text, and marks that the keyboard reaches.

Needs Debian's chromium and chromium-driver, and selenium; without them the tests skip themselves, unless the
gate says (CI and COUNTERCLAIM_BROWSER=1) that it has installed them.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sample_rows import PublishDocuments
from tests.warehouse.report.browsing import IS_SKIPPED, SKIP_REASON, list_requests, open_page, start_browser
from tests.warehouse.report.sample_articles import (
    HOSTILE_TEXT,
    make_crowded_article,
    make_entity_rows,
    make_hostile_article,
)
from warehouse.report import render_report
from warehouse.storage.store import Store

pytestmark = pytest.mark.skipif(IS_SKIPPED, reason=SKIP_REASON)
Look = Callable[..., Any]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    driver = start_browser(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def look(browser: Any, store: Store, tmp_path: Path) -> Look:
    """Return a function that opens the report of the store in the browser."""

    def opened(**choice: Any) -> Any:
        page = tmp_path / "report.html"
        page.write_bytes(render_report(store.root, **choice).encode())
        return open_page(browser, page.as_uri())

    return opened


def test_a_hostile_page_is_quiet_and_exact(put: PublishDocuments, look: Look) -> None:
    put(make_hostile_article(), entities=make_entity_rows("ent_1", "ent_2"))
    browser = look()
    assert browser.get_log("browser") == []
    asked = list_requests(browser)
    assert [url for url in asked if not url.startswith(("file:", "data:,"))] == []
    assert any(url.startswith("file:") for url in asked)
    assert browser.execute_script("return document.querySelector('.text').textContent") == HOSTILE_TEXT
    assert "owned" not in browser.title
    assert browser.execute_script("return document.scripts.length") == 1


def test_the_policy_stops_what_would_be_injected(put: PublishDocuments, look: Look) -> None:
    put(make_hostile_article())
    browser = look()
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.injected = 1'; document.body.append(s);"
        "const i = new Image(); i.src = 'https://example.org/x.png'; document.body.append(i);"
    )
    assert browser.execute_script("return window.injected") is None
    told = [entry["message"] for entry in browser.get_log("browser")]
    assert any("script-src" in message for message in told)
    assert any("img-src" in message for message in told)


def test_keys_reach_each_statement_and_show_its_row(put: PublishDocuments, look: Look) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    put(make_crowded_article("doc_a", 3), entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    browser = look(doc="doc_a")
    reached, cards, ends = set(), [], []
    for _ in range(60):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focus = browser.switch_to.active_element
        if "m" in (focus.get_attribute("class") or "").split():
            reached.add(focus.get_attribute("href").partition("#")[2])
            cards.append(browser.find_element(By.ID, "card").text)
            ends.append(focus.get_attribute("aria-describedby"))
    assert {"doc_a_0", "doc_a_1", "doc_a_2", "men_doc_a_0"} <= reached
    assert any("explicit" in card and "Army ent_1" in card for card in cards)
    assert all(browser.find_elements(By.ID, end) for end in ends)
    join = browser.find_element(By.CSS_SELECTOR, ".note-denial .join")
    assert "answers C2" in join.get_attribute("aria-label")
    join.send_keys(Keys.ENTER)
    assert browser.current_url.endswith("#at-doc_a_1")


def test_the_row_follows_pointer_and_escape(put: PublishDocuments, look: Look) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    put(make_crowded_article("doc_a", 3), entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    browser = look(doc="doc_a")
    card = browser.find_element(By.ID, "card")
    assert not card.is_displayed()
    ActionChains(browser).move_to_element(browser.find_element(By.CSS_SELECTOR, ".cue-denial")).perform()
    assert card.is_displayed()
    assert "doc_a_2" in card.text
    assert len(browser.find_elements(By.CSS_SELECTOR, ".m.lit")) >= 3
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    assert not card.is_displayed()


def test_a_first_tap_shows_the_row_and_a_second_goes_there(put: PublishDocuments, look: Look) -> None:
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.common.actions.pointer_input import PointerInput
    from selenium.webdriver.common.by import By

    put(make_crowded_article("doc_a", 3), entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    browser = look(doc="doc_a")
    cue = browser.find_element(By.CSS_SELECTOR, ".cue-denial")

    def tap() -> None:
        finger = ActionBuilder(browser, mouse=PointerInput("touch", "finger"))
        finger.pointer_action.move_to(cue).pointer_down().pointer_up()
        finger.perform()
        time.sleep(0.5)  # two taps, not a double tap

    tap()
    shown, address = browser.find_element(By.ID, "card").is_displayed(), browser.current_url
    tap()
    assert shown
    assert "#" not in address
    assert browser.current_url.endswith("#doc_a_2")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen_and_text_has_contrast(
    width: int, scheme: str, put: PublishDocuments, look: Look
) -> None:
    put(
        make_crowded_article("doc_a", 6),
        make_hostile_article(),
        entities=make_entity_rows("ent_1", "ent_2", name="Army "),
    )
    browser = look()
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    poor = browser.execute_script(CONTRAST)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert poor == []


CONTRAST = """
const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
const linear = (v) => v <= 10 ? v / 3294.6 : ((v / 255 + .055) / 1.055) ** 2.4;
const light = (c) => { const [r, g, b] = rgb(c).map(linear);
  return .2126 * r + .7152 * g + .0722 * b; };
const behind = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
  if (rgb(c)[3] !== 0) return c; } return "rgb(255, 255, 255)"; };
const poor = new Set();
for (const e of document.querySelectorAll("body *:not(script)")) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  const a = light(getComputedStyle(e).color), b = light(behind(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) poor.add(e.tagName + "." + e.className + " " + ratio.toFixed(1));
}
return [...poor];
"""


def test_three_hundred_statements_stay_fluid(put: PublishDocuments, look: Look) -> None:
    put(make_crowded_article("doc_a", 300), entities=make_entity_rows("ent_1", "ent_2", name="Army "))
    browser = look(doc="doc_a")
    assert browser.execute_script("return document.querySelectorAll('#articles .row').length") == 300
    # The processor time of the page alone, so that what else the machine does counts for nothing.
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    before = busy_seconds(browser)
    shown = browser.execute_async_script(
        """
        const done = arguments[0], marks = [...document.querySelectorAll(".m.cue")].slice(0, 30);
        const shown = new Set();
        (function next() {
          const mark = marks.shift();
          if (!mark) return done(shown.size);
          mark.dispatchEvent(new PointerEvent("pointerover", {bubbles: true, pointerType: "mouse"}));
          document.getElementById("card").getBoundingClientRect();
          shown.add(document.getElementById("card").textContent);
          setTimeout(next);
        })();
        """
    )
    took = 1000 * (busy_seconds(browser) - before) / 30
    assert shown == 30
    assert took < 100, f"a row takes {took:.0f} ms of work to appear"


def busy_seconds(browser: Any) -> float:
    """Return the processor time that the page has taken so far."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))
