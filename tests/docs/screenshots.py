"""Takes the pictures of the documentation in a headless Chromium: ``python -m tests.docs.screenshots SITE REPORT``."""

import argparse
import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.warehouse.report.browsing import MISSING, REDUCED_MOTION, open_page, start_browser

DOCS = Path("docs")
SITE_PICTURES = {"site.png": (1280, 900), "site-390.png": (390, 900)}
"""pictures of the index of a site, each with the width and height of the screen"""
REPORT_SCREEN, REVIEW_SCREEN = (1180, 1060), (1000, 700)
MARKED_DENIAL = "D5"
"""denial of the sample article whose row is shown beside its text"""
IS_INDEX_READY = "return Boolean(document.querySelector('.results [data-row]'))"
POINT_AT_DENIAL = """
const cue = document.querySelector(`.cue[data-tag~="${arguments[0]}"]`);
window.scrollBy(0, cue.getBoundingClientRect().top - 590);
const box = cue.getBoundingClientRect();
return [box.left + box.width / 2, box.top + box.height / 2];
"""
GIVE_VERDICTS = """
const [first, second] = document.querySelectorAll('li.row.denial[data-row]');
first.querySelector('[data-verdict=accepted]').click();
second.querySelector('[data-verdict=other_kind]').click();
second.querySelector('select').value = 'statement';
second.querySelector('select').blur();
window.scrollBy(0, first.getBoundingClientRect().top - 20);
"""


@contextmanager
def open_browser() -> Iterator[Any]:
    """Give a browser whose pages do not move."""
    with tempfile.TemporaryDirectory() as profile:
        browser = start_browser(Path(profile))
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [REDUCED_MOTION]})
        try:
            yield browser
        finally:
            browser.quit()


def set_screen(browser: Any, size: tuple[int, int]) -> None:
    """Give the browser a screen of this width and height, without a scroll bar."""
    width, height = size
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})


def save_picture(browser: Any, name: str) -> None:
    """Save what the screen shows as a picture of the documentation."""
    taken = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    (DOCS / name).write_bytes(base64.b64decode(taken["data"]))


def take_site_pictures(browser: Any, site: Path) -> None:
    """Take the index at each width, and an article under review: the one with most denials."""
    from selenium.webdriver.support.ui import WebDriverWait

    for name, size in SITE_PICTURES.items():
        set_screen(browser, size)
        open_page(browser, (site / "index.html").as_uri())
        WebDriverWait(browser, 60).until(lambda shown: shown.execute_script(IS_INDEX_READY))
        save_picture(browser, name)
    set_screen(browser, REVIEW_SCREEN)
    article = max(
        (site / "article").glob("*.html"), key=lambda page: page.read_text("utf-8").count('class="row denial')
    )
    open_page(browser, article.as_uri())
    browser.execute_script(GIVE_VERDICTS)
    save_picture(browser, "site-review.png")


def take_report_picture(browser: Any, report: Path) -> None:
    """Take the article of a report, with the pointer on a denial."""
    set_screen(browser, REPORT_SCREEN)
    open_page(browser, report.as_uri())
    x, y = browser.execute_script(POINT_AT_DENIAL, MARKED_DENIAL)
    browser.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y})
    save_picture(browser, "report.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, help="folder of the site of `make demo`")
    parser.add_argument(
        "report", type=Path, help="report of the sample article, as `counterclaim report` writes it"
    )
    given = parser.parse_args()
    if MISSING:
        parser.error(f"{', '.join(MISSING)} not found")
    with open_browser() as browser:
        take_site_pictures(browser, given.site.resolve())
        take_report_picture(browser, given.report.resolve())
