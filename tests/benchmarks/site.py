"""Measure the site of 10,000 synthetic documents: ``make site`` writes docs/benchmarks/site.json.

The documents are invented: words of a vocabulary of 60,000 with the frequencies of a language, statements of a few
hundred speakers, and a denial for every sixth claim. Measured are the first build, a second build without news, a
build after ten documents were added, the size of what a browser loads first, and, where
Chromium is installed, how long it takes to search.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.sample_rows import Row, make_change, make_row
from tests.warehouse.report.browsing import IS_SKIPPED, start_browser
from warehouse.report.site import build_site
from warehouse.storage.store import Store

SITE_FIGURES = Path("docs/benchmarks/site.json")
LETTERS = "aeioubdfgklmnprst"
VOCABULARY_SIZE, NAME_COUNT, OUTLET_COUNT = 60_000, 4_000, 12
SENTENCES, STATEMENTS, WORDS_PER_SENTENCE = 28, 12, 15
DOCUMENTS_PER_PUBLICATION = 2_000
DOCUMENTS_PER_DAY = 20
BROWSER_FILTERS = ("find?type=accusation", "find?q=ba+de&uncertain=1", "find?sort=speaker.up")
PARETO_SHAPE = 0.9
"""shape of the Pareto distribution by which words and names occur"""


def _make_word(number: int, size: int = 6) -> str:
    return "".join(random.Random(number).choices(LETTERS, k=size))


def _draw(choice: random.Random, most: int) -> int:
    """Return the rank of a word or name: low ones are frequent."""
    return min(int(choice.paretovariate(PARETO_SHAPE)), most) - 1


def _make_sentence(choice: random.Random, words: list[str], names: list[str]) -> tuple[str, int, int]:
    """Return a sentence of the form "Speaker said that …", with the ranks of speaker and target."""
    speaker, target = _draw(choice, NAME_COUNT), _draw(choice, NAME_COUNT)
    said = " ".join(words[_draw(choice, VOCABULARY_SIZE)] for _ in range(WORDS_PER_SENTENCE))
    return f"{names[speaker]} said that {names[target]} {said}. ", speaker, target


def _make_document(number: int, words: list[str], names: list[str]) -> dict[str, list[Row]]:
    """Return the rows of one document."""
    choice = random.Random(number)
    day = date(2025, 1, 1) + timedelta(days=number // DOCUMENTS_PER_DAY)
    common = {"doc_id": f"doc_{number:06}", "published_month": f"{day:%Y-%m}", "extractor_version": "1"}
    rows: dict[str, list[Row]] = {
        t: [] for t in ("documents", "mentions", "claims", "denials", "denial_links")
    }
    text = ""
    for i in range(SENTENCES):
        sentence, speaker, target = _make_sentence(choice, words, names)
        at = len(text)
        text += sentence
        spans = ((0, len(names[speaker]), speaker), (len(names[speaker]) + 11, len(names[target]), target))
        for start, length, rank in spans:
            mention = {"start": at + start, "end": at + start + length, "text": names[rank]}
            mention |= {
                "mention_id": f"men_{number}_{i}_{start}",
                "entity_id": f"ent_{rank}",
                "label": "person",
            }
            rows["mentions"].append(make_row("mentions", **common, **mention))
        if i < STATEMENTS:
            given = _place_statement(sentence, at, names[speaker])
            given |= {"speaker_id": f"ent_{speaker}", "target_ids": [f"ent_{target}"]}
            _add_statement(rows, f"{number}_{i}", common | given | {"confidence": choice.random()})
    title = " ".join(words[_draw(choice, VOCABULARY_SIZE)] for _ in range(8)).capitalize()
    known = {"published_at": day, "language": "en", "content_sha256": str(number), "title": title}
    known |= {
        "publisher": f"Outlet {number % OUTLET_COUNT}",
        "n_chars": len(text),
        "n_tokens": len(text) // 5,
    }
    rows["documents"].append(make_row("documents", **common, **known, text=text))
    return rows


def _place_statement(sentence: str, at: int, speaker: str) -> Row:
    """Return the spans of the statement that a sentence makes."""
    start, end = len(speaker), len(sentence) - 2
    return {
        "source_start": at,
        "source_end": at + start,
        "source_text": speaker,
        "cue_start": at + start + 1,
        "cue_end": at + start + 5,
        "cue_text": "said",
        "content_spans": [{"start": at + start + 6, "end": at + end}],
        "content_text": sentence[start + 6 : end],
        "source_type": "named",
    }


def _add_statement(rows: dict[str, list[Row]], key: str, given: Row) -> None:
    """Add a claim or, for every sixth statement, a denial of the claim before it."""
    if len(rows["claims"]) % 6 == 5 and len(rows["denials"]) < len(rows["claims"]) // 5:
        common = {name: given[name] for name in ("doc_id", "published_month", "extractor_version")}
        link = {"rank": 1, "claim_id": rows["claims"][-1]["claim_id"], "same_document": True, "score": 0.6}
        rows["denials"].append(make_row("denials", **given, denial_id=f"den_{key}", denial_type="explicit"))
        rows["denial_links"].append(make_row("denial_links", **common, **link, denial_id=f"den_{key}"))
        return
    kind = "accusation" if len(rows["claims"]) % 3 == 0 else "statement"
    rows["claims"].append(make_row("claims", **given, claim_id=f"clm_{key}", claim_type=kind))


def publish_documents(root: Path, numbers: range) -> None:
    """Publish synthetic documents of these numbers, with the entities of all."""
    words = [_make_word(i) for i in range(VOCABULARY_SIZE)]
    names = [f"{_make_word(-2 * i - 1)} {_make_word(-2 * i - 2, 8)}".title() for i in range(NAME_COUNT)]
    entities = [
        make_row("entities", entity_id=f"ent_{i}", name=name, aliases=[name], entity_type="person")
        for i, name in enumerate(names)
    ]
    for start in range(numbers.start, numbers.stop, DOCUMENTS_PER_PUBLICATION):
        part = range(start, min(start + DOCUMENTS_PER_PUBLICATION, numbers.stop))
        documents = [_make_document(i, words, names) for i in part]
        with Store(root).open_writer() as writer:
            writer.publish(make_change(documents, run=f"r{start}", entities=entities))


def measure_site(folder: Path, documents: int) -> dict[str, Any]:
    """Return the figures of the builds of a site."""
    if not (folder / "data").exists():
        publish_documents(folder / "data", range(documents))
    builds = list(_time_builds(folder, "first build"))
    builds += _time_builds(folder, "nothing is new")
    publish_documents(folder / "data", range(documents, documents + 10))
    builds += _time_builds(folder, "ten documents are new")
    site = folder / "site"
    first = [*site.glob("assets/*"), *site.glob("data/catalogue-*"), *site.glob("data/entities-*")]
    first += [*site.glob("data/articles-*"), *site.glob("data/columns-*")]
    return {
        "documents": documents,
        "builds": builds,
        "index_bytes": (site / "index.html").stat().st_size,
        "bytes_loaded_for_filters": sum(path.stat().st_size for path in first),
        "largest_page_bytes": max(path.stat().st_size for path in site.rglob("*.html")),
        "largest_data_bytes": max(path.stat().st_size for path in site.glob("data/*")),
        "site_bytes": sum(path.stat().st_size for path in site.rglob("*") if path.is_file()),
        "browser": {} if IS_SKIPPED else measure_in_browser(site / "index.html"),
    }


def measure_in_browser(index: Path) -> dict[str, float]:
    """Return the seconds until the index of a site can be searched, and the seconds of some filters."""
    with tempfile.TemporaryDirectory() as profile:
        browser = start_browser(Path(profile))
        try:
            start = time.perf_counter()
            browser.get(f"{index.resolve().as_uri()}#find")
            ready = _wait_until_ready(browser, None)
            seconds = {"until ready": time.perf_counter() - start}
            for fragment in BROWSER_FILTERS:
                start = time.perf_counter()
                browser.execute_script("location.hash = arguments[0]", fragment)
                ready = _wait_until_ready(browser, ready)
                seconds[fragment] = time.perf_counter() - start
        finally:
            browser.quit()
    return {name: round(value, 2) for name, value in seconds.items()}


def _wait_until_ready(browser: Any, before: str | None) -> str:
    """Return the mark of the search that is shown, as soon as it is another than before."""
    while True:
        found = browser.execute_script("return document.getElementById('search')?.dataset.ready")
        if found and found != before:
            return str(found)
        time.sleep(0.02)


def _time_builds(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    start, processor_start = time.perf_counter(), time.process_time()
    done = build_site(folder / "data", folder / "site", "Synthetic")
    took = {
        "seconds": round(time.perf_counter() - start, 1),
        "processor_seconds": round(time.process_time() - processor_start, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(f"{name}: {took}, {done}", flush=True)
    yield {"build": name, **took, "pages": done.n_pages, "written": done.n_written}


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="folder to keep the tables and the site in")
    parser.add_argument("--out", type=Path, default=SITE_FIGURES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        figures = measure_site(given.keep or Path(scratch), given.documents)
    given.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
