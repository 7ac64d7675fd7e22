"""A headless Chromium for tests of pages: how it is started, what it asked for, what it complained about."""

import importlib.util
import json
import os
import shutil
from pathlib import Path
from typing import Any

FLAGS = [
    "--headless",
    "--no-sandbox",
    # Containers give /dev/shm 64 MB, and a long page needs more.
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
]
MISSING = [
    name
    for name, found in (
        ("chromium", shutil.which("chromium")),
        ("chromedriver", shutil.which("chromedriver")),
        ("selenium", importlib.util.find_spec("selenium")),
    )
    if not found
]
REQUIRED = "CI" in os.environ and os.environ.get("COUNTERCLAIM_BROWSER") == "1"
IS_SKIPPED = bool(MISSING) and not REQUIRED
REDUCED_MOTION = {"name": "prefers-reduced-motion", "value": "reduce"}
SKIP_REASON = f"no browser to look with: {', '.join(MISSING)} not found"


def start_browser(profile: Path, downloads: Path | None = None) -> Any:
    """Return a driver of a new browser, on an empty page."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if downloads:
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    # Away from Chromium's start page, whose own requests would otherwise be counted as the report's.
    driver.get("about:blank")
    return driver


def open_page(browser: Any, address: str) -> Any:
    """Open a page, forgetting what was logged before, and return the browser when it is whole."""
    from selenium.webdriver.support.ui import WebDriverWait

    for log in ("browser", "performance"):
        browser.get_log(log)
    # An address that differs in its fragment only would not load the page again.
    browser.get("about:blank")
    browser.get(address)
    # On a loaded machine the driver may come back while the page before is still shown.
    whole = "return document.readyState === 'complete' && location.href !== 'about:blank'"
    WebDriverWait(browser, 60).until(lambda shown: shown.execute_script(whole))
    return browser


def list_requests(browser: Any) -> list[str]:
    """Return the addresses requested since the page was opened."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
