"""Access to the files under ``seeds/``, in a checkout or in the installed package."""

import csv
from collections.abc import Iterator
from pathlib import Path

USER_ENTITIES_VARIABLE = "COUNTERCLAIM_ENTITIES"
"""environment variable with the folder of the user's own entities"""
USER_TABLES = ("entities.csv", "merge.csv", "split.csv")
"""the files that are read from this folder"""
TASKS_FOLDER = Path(__file__).resolve().parent


def get_seed_path(name: str) -> Path:
    """Return the path of a file or folder below ``seeds/``, in the checkout or in the installed package.

    Raises:
        FileNotFoundError: there is no such file; the installation is incomplete.
    """
    for root in (TASKS_FOLDER.parent / "seeds", TASKS_FOLDER / "_seeds"):
        if (path := root / name).exists():
            return path
    raise FileNotFoundError(
        f"seeds/{name} is missing: the installation is incomplete; install Counterclaim again"
    )


def read_seed_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV table below ``seeds/``, as column name to text."""
    with get_seed_path(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def read_seed_words(name: str, column: str) -> frozenset[str]:
    """Return the values of a column of a table below ``seeds/``."""
    return frozenset(row[column] for row in read_seed_rows(name))
