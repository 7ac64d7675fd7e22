"""Reviewing in a browser: verdicts, notes and corrections in the page, into the tables, and back onto the site."""

import csv
import io
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from tests.warehouse.invented_press import make_press_change
from tests.warehouse.report.browsing import IS_SKIPPED, SKIP_REASON, open_page
from tests.warehouse.report.test_site_browser import (
    click,
    list_results,
    open_index,
    take_download,
    wait_for,
)
from warehouse.report.site import build_site
from warehouse.storage.store import Store

pytestmark = pytest.mark.skipif(IS_SKIPPED, reason=SKIP_REASON)
FILE_NAME = re.compile(r"reviews-Ada-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.json")
HIDDEN_FIELDS = """
return [...document.querySelectorAll('form.correct :is(input, select, button)')].filter((field) => {
  if (!field.offsetParent) return false;
  field.scrollIntoView({block: 'nearest'});
  const box = field.getBoundingClientRect();
  return !field.contains(document.elementFromPoint(box.left + box.width / 2, box.bottom - 3));
}).map((field) => field.outerHTML);
"""
DISTANCE_OF_LABEL = """
const label = document.querySelector('.review-bar label'), range = document.createRange();
range.selectNode(label.firstChild);
return label.querySelector('input').getBoundingClientRect().left - range.getBoundingClientRect().right;
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    with Store(root).open_writer() as writer:
        writer.publish(make_press_change())
    return root


@pytest.fixture
def site(warehouse: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    build_site(warehouse, folder, "The press")
    return folder


def open_article(browser: Any, site: Path, doc_id: str = "d1") -> None:
    open_page(browser, (site / "article" / f"{doc_id}.html").as_uri())
    browser.execute_script("for (const fold of document.querySelectorAll('details')) fold.open = true;")


def press(browser: Any, row_id: str, key: str) -> None:
    """Press a key on a row."""
    browser.execute_script(f"document.querySelector('li[data-row={row_id}]').focus()")
    browser.switch_to.active_element.send_keys(key)


def fill(browser: Any, name: str, text: str) -> Any:
    """Type text into a field of the open form, in place of what it holds."""
    from selenium.webdriver.common.keys import Keys

    field = browser.find_element("css selector", f"form.correct [data-field={name}]")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text or Keys.DELETE)
    return field


def keep(browser: Any) -> None:
    click(browser, browser.find_element("css selector", "form.correct .ends button"))


def read_given(browser: Any, row_id: str) -> tuple[list[str], str]:
    """Return the buttons of a row that are pressed, and the words beside them."""
    pressed = browser.find_elements("css selector", f"li[data-row={row_id}] [aria-pressed=true]")
    words = browser.find_element("css selector", f"li[data-row={row_id}] .tools .given")
    return [button.text for button in pressed], words.text


def save_file(browser: Any, downloads: Path, file: Path) -> list[dict[str, Any]]:
    """Save the verdicts of the browser as a file and return them."""
    name = browser.find_element("css selector", ".review-bar input")
    name.clear()
    name.send_keys("Ada")
    click(browser, browser.find_element("css selector", ".review-bar .save"))
    file.write_text(take_download(downloads, ".json"), encoding="utf-8")
    reviews: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["reviews"]
    return reviews


def store_file(file: Path, warehouse: Path, site: Path) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["review", str(file), "--warehouse", str(warehouse)])
    build_site(warehouse, site, "The press")


def test_a_note_leaves_the_verdict_as_it_is(browser: Any, site: Path) -> None:
    open_article(browser, site)
    press(browser, "c1", "r")
    press(browser, "c1", "c")
    fill(browser, "note", "He only reports it.")
    keep(browser)
    rejected = (["Reject"], "rejected (“He only reports it.”) — not in the tables yet")
    assert read_given(browser, "c1") == rejected
    # A note has a form of its own, and a verdict that is given again keeps it.
    press(browser, "n1", "a")
    press(browser, "n1", "n")
    fill(browser, "note", "Sure.")
    keep(browser)
    assert read_given(browser, "n1") == (["Accept"], "accepted (“Sure.”) — not in the tables yet")
    press(browser, "n1", "r")
    assert read_given(browser, "n1") == (["Reject"], "rejected (“Sure.”) — not in the tables yet")
    assert browser.get_log("browser") == []


def test_keeping_a_correction_of_nothing_accepts_nothing(browser: Any, site: Path) -> None:
    open_article(browser, site)
    press(browser, "c2", "n")
    assert browser.find_elements("css selector", "form.correct") == []
    press(browser, "c2", "c")
    fill(browser, "note", "Odd.")
    keep(browser)
    assert "No value differs" in browser.find_element("css selector", "form.correct [role=alert]").text
    assert read_given(browser, "c2") == ([], "")
    fill(browser, "targets", "")
    keep(browser)
    assert read_given(browser, "c2") == (
        ["Correct"],
        "corrected: about nobody (“Odd.”) — not in the tables yet",
    )
    # Another note leaves the correction.
    press(browser, "c2", "c")
    fill(browser, "note", "Odder.")
    keep(browser)
    assert "corrected: about nobody (“Odder.”)" in read_given(browser, "c2")[1]


def test_a_correction_is_shown_goes_into_the_tables_and_is_shown_in_place_of_what_was_found(
    browser: Any, site: Path, warehouse: Path, downloads: Path, tmp_path: Path
) -> None:
    from selenium.webdriver.support.ui import Select

    open_article(browser, site)
    press(browser, "n1", "c")
    fill(browser, "speaker", "")
    claim = Select(browser.find_element("css selector", "[data-field=claim]"))
    listed = [option.text for option in claim.options]
    assert listed[0] == "no claim of these articles"
    assert "C1: Northia of shelling the harbour" in listed
    assert claim.first_selected_option.text == "C1: Northia of shelling the harbour"
    claim.select_by_visible_text("C2: 40 wounded were found")
    keep(browser)
    words = "corrected: no speaker; answers C2 “40 wounded were found” — not in the tables yet"
    assert read_given(browser, "n1") == (["Correct"], words)
    press(browser, "c1", "c")
    fill(browser, "targets", "Northia; The harbour guild")
    keep(browser)
    press(browser, "n3", "c")
    # A number of the page means its row.
    Select(browser.find_element("css selector", "[data-field=claim]")).select_by_value("other")
    browser.find_element("css selector", "[aria-label='Id of the claim']").send_keys("c1")
    keep(browser)
    reviews = {one["statement_id"]: one for one in save_file(browser, downloads, tmp_path / "reviews.json")}
    assert (reviews["n1"]["corrected_speaker"], reviews["n1"]["corrected_claim_id"]) == ("none", "c2")
    assert reviews["c1"]["corrected_targets"] == ["Q2", "The harbour guild"]
    assert reviews["n3"]["corrected_claim_id"] == "c1"

    store_file(tmp_path / "reviews.json", warehouse, site)
    open_article(browser, site)
    wait_for(browser, lambda b: not b.find_element("css selector", ".review-bar").is_displayed())
    assert read_given(browser, "c1") == ([], "")
    head = browser.find_element("css selector", "li[data-row=c1] h3").text
    assert "corrected by Ada: about Northia, The harbour guild (found: Northia)" in head
    assert "→ Northia, The harbour guild" in head
    head = browser.find_element("css selector", "li[data-row=n1] h3").text
    assert "no speaker (found: Carl Dorn)" in head
    assert "nobody named" in head
    # The form begins with the reviewed values.
    press(browser, "c1", "c")
    targets = browser.find_element("css selector", "form.correct [data-field=targets]")
    assert targets.get_attribute("value") == "Northia; The harbour guild"
    open_page(browser, (site / "claim" / "c2.html").as_uri())
    assert browser.find_elements("css selector", "li[data-row=n1]")
    open_page(browser, (site / "claim" / "c1.html").as_uri())
    assert browser.find_elements("css selector", "li[data-row=n1]") == []
    open_index(browser, site, "#find?uncertain=1&speaker=ent_dorn&kind=denial")
    assert list_results(browser) == ["n3"]
    open_index(browser, site, "#find?uncertain=1&q=guild")
    assert list_results(browser) == ["c1"]
    row = browser.find_element("css selector", ".results [data-row=c1]").text
    assert "corrected by Ada: about Northia, The harbour guild (found: Northia)" in row
    assert browser.get_log("browser") == []


def choose_type(browser: Any, label: str) -> None:
    """Choose a type in the open form, with the keys of its first letters."""
    field = browser.switch_to.active_element
    assert field.get_attribute("data-field") == "type"
    field.send_keys(label)


def test_a_row_of_the_other_kind_goes_into_the_tables_and_back_onto_the_site(
    browser: Any, site: Path, warehouse: Path, downloads: Path, tmp_path: Path
) -> None:
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select

    open_article(browser, site)
    button = browser.find_element("css selector", "li[data-row=n3] [data-verdict=other_kind]")
    assert (button.accessible_name, button.aria_role) == ("Is a claim", "button")
    click(browser, button)
    types = Select(browser.find_element("css selector", "form.correct [data-field=type]"))
    assert {option.text for option in types.options} >= {"choose a type", "statement", "accusation"}
    assert "explicit" not in {option.text for option in types.options}
    # No type is taken for the reviewer.
    keep(browser)
    assert "Choose the type" in browser.find_element("css selector", "form.correct [role=alert]").text
    assert read_given(browser, "n3") == ([], "")
    types.select_by_visible_text("statement")
    keep(browser)
    assert read_given(browser, "n3") == (
        ["Is a claim"],
        "rejected: really a claim (statement) — not in the tables yet",
    )
    # With the keyboard alone; a note that is added leaves the verdict.
    press(browser, "c1", "o")
    choose_type(browser, "labelling")
    browser.switch_to.active_element.send_keys(Keys.TAB, "It calls it a lie.", Keys.ENTER)
    words = "rejected: really a denial (labelling) (“It calls it a lie.”) — not in the tables yet"
    assert read_given(browser, "c1") == (["Is a denial"], words)
    press(browser, "c1", "n")
    fill(browser, "note", "A lie.")
    keep(browser)
    assert read_given(browser, "c1")[0] == ["Is a denial"]
    reviews = {one["statement_id"]: one for one in save_file(browser, downloads, tmp_path / "reviews.json")}
    assert [(reviews[i]["verdict"], reviews[i]["corrected_type"]) for i in ("c1", "n3")] == [
        ("rejected", "labelling"),
        ("rejected", "statement"),
    ]

    store_file(tmp_path / "reviews.json", warehouse, site)
    open_article(browser, site)
    wait_for(browser, lambda b: not b.find_element("css selector", ".review-bar").is_displayed())
    head = browser.find_element("css selector", "li[data-row=c1] h3").text
    assert "rejected by Ada: really a denial (labelling)" in head
    open_index(browser, site, "#find?uncertain=1&verdict=other_kind")
    assert sorted(list_results(browser)) == ["c1", "n3"]
    assert "really a claim (statement)" in browser.find_element("css selector", "[data-row=n3]").text
    open_index(browser, site, "#find?uncertain=1&verdict=rejected")
    assert sorted(list_results(browser)) == ["c1", "n3"]
    click(browser, browser.find_element("css selector", "[data-format=csv]"))
    exported = csv.DictReader(
        io.StringIO(take_download(downloads, ".csv").removeprefix("\ufeff"), newline="")
    )
    assert {row["id"]: (row["reviewed_kind"], row["reviewed_type"]) for row in exported} == {
        "c1": ("denial", "labelling"),
        "n3": ("claim", "statement"),
    }
    assert browser.get_log("browser") == []


def test_the_other_kind_gives_way_to_another_verdict(browser: Any, site: Path) -> None:
    open_article(browser, site)
    press(browser, "c4", "o")
    choose_type(browser, "explicit")
    keep(browser)
    # Another form takes the place of an open one and keeps its note; it begins with the values found.
    press(browser, "c4", "o")
    fill(browser, "note", "Odd.")
    press(browser, "c4", "c")
    (form,) = browser.find_elements("css selector", "form.correct")
    assert form.get_attribute("data-form") == "correction"
    assert form.find_element("css selector", "[data-field=note]").get_attribute("value") == "Odd."
    assert form.find_element("css selector", "[data-field=type]").get_attribute("value") == "statement"
    keep(browser)
    assert read_given(browser, "c4")[1].startswith("rejected: really a denial (explicit) (“Odd.”)")
    press(browser, "c4", "r")
    assert read_given(browser, "c4") == (["Reject"], "rejected (“Odd.”) — not in the tables yet")
    press(browser, "c4", "o")
    choose_type(browser, "explicit")
    keep(browser)
    press(browser, "c4", "u")
    assert read_given(browser, "c4") == ([], "")
    assert browser.get_log("browser") == []


def test_only_verdicts_that_the_tables_have_are_forgotten(
    browser: Any, site: Path, warehouse: Path, downloads: Path, tmp_path: Path
) -> None:
    open_article(browser, site)
    press(browser, "c1", "a")
    press(browser, "c2", "a")
    save_file(browser, downloads, tmp_path / "reviews.json")
    press(browser, "c2", "r")
    press(browser, "n1", "a")
    store_file(tmp_path / "reviews.json", warehouse, site)
    # A page without these rows knows it too.
    open_article(browser, site, "d2")
    wait_for(browser, lambda b: "2 verdicts" in b.find_element("css selector", ".review-bar").text)
    open_article(browser, site)
    wait_for(browser, lambda b: "2 verdicts" in b.find_element("css selector", ".review-bar").text)
    assert read_given(browser, "c1") == ([], "")
    assert read_given(browser, "c2")[0] == ["Reject"]
    # Another reviewer's verdict is not that of this one, however alike.
    browser.find_element("css selector", ".review-bar input").send_keys(" Brown")
    press(browser, "c1", "a")
    open_article(browser, site)
    time.sleep(0.5)
    assert "3 verdicts" in browser.find_element("css selector", ".review-bar").text


def test_keys_lead_to_the_rows_and_to_the_bar(browser: Any, site: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    open_article(browser, site)
    browser.find_element("css selector", "body").send_keys(Keys.TAB, Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the first row"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    row = browser.switch_to.active_element
    assert row.get_attribute("data-row")
    row.send_keys("a")
    row.send_keys("s")
    field = browser.execute_script("return document.activeElement.closest('.review-bar label')?.textContent")
    assert field == "Reviewer"
    open_article(browser, site)
    browser.find_element("css selector", "body").send_keys(Keys.TAB, Keys.TAB, Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to your verdicts"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.execute_script("return Boolean(document.activeElement.closest('.review-bar'))")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_bar_covers_no_field_of_a_form(width: int, browser: Any, site: Path) -> None:
    screen = {"width": width, "height": 700, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        open_article(browser, site)
        press(browser, "c1", "a")
        assert browser.find_element("css selector", ".review-bar").is_displayed()
        assert browser.execute_script(DISTANCE_OF_LABEL) >= 4
        for key in ("c", "o"):
            press(browser, "n1", key)
            assert browser.execute_script(HIDDEN_FIELDS) == []
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_each_file_has_the_moment_in_its_name(browser: Any, site: Path, downloads: Path) -> None:
    open_article(browser, site)
    press(browser, "c1", "a")
    name = browser.find_element("css selector", ".review-bar input")
    name.clear()
    bar = browser.find_element("css selector", ".review-bar")
    click(browser, bar.find_element("css selector", ".save"))
    assert "Give a reviewer's name first." in bar.text
    name.send_keys("Ada")
    click(browser, bar.find_element("css selector", ".save"))
    wait_for(browser, lambda _: list(downloads.glob("*.json")))
    (file,) = downloads.glob("*.json")
    assert FILE_NAME.fullmatch(file.name)
    assert f"1 verdict saved in {file.name}." in bar.text
    press(browser, "c2", "a")
    assert "saved in" not in bar.text
    file.unlink()
