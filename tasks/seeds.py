"""Where the reference tables are: one place that knows how the code was installed."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent


def seed_path(name: str) -> Path:
    """Return the path of a file or folder below ``seeds/``: in the checkout, or inside the installed package.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for root in (HERE.parent / "seeds", HERE / "_seeds"):
        if (path := root / name).exists():
            return path
    raise FileNotFoundError(
        f"seeds/{name} is missing: the installation is incomplete; install Counterclaim again"
    )


def read_seed(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV table below ``seeds/``, column name to text."""
    with seed_path(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def seed_words(name: str, column: str) -> frozenset[str]:
    """Return one column of a table below ``seeds/`` as a set, read once a process."""
    return frozenset(row[column] for row in read_seed(name))
