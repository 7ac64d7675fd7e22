"""The texts of `make demo`: the open texts of tests/gold as one JSON Lines file."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

CHECKOUT_ROOT = Path(__file__).parents[2]
CORPUS_HOME_PAGE = "https://gucorpling.org/gum/"
SOURCES = ("texts.jsonl", "wikinews-texts.jsonl")


def get_article_url(url: str) -> str | None:
    """Return the address of an article; None for the home page of the corpus from which it comes."""
    return None if url == CORPUS_HOME_PAGE else url.replace(".org//", ".org/")


def read_demo_articles() -> Iterator[dict[str, str | None]]:
    """Yield the articles in the columns that `counterclaim run` reads."""
    for name in SOURCES:
        for line in (CHECKOUT_ROOT / "tests" / "gold" / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            given = {column: row[column] for column in ("title", "text")} | {
                "url": get_article_url(row["url"])
            }
            yield given | {
                "id": row["doc_id"],
                "publisher": row["source"].partition(",")[0].partition(" (")[0],
                "published_at": row["date"] or None,
            }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path, help="file to write")
    target = parser.parse_args().target
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(json.dumps(row) + "\n" for row in read_demo_articles()), encoding="utf-8")
