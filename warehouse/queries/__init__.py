"""Questions that researchers ask, one commented SQL file each; the first line of a file is its question."""

from functools import cache
from importlib.resources import files

COMMENT = "-- "


@cache
def questions() -> dict[str, str]:
    """Return the question of every file by its name, sorted by name."""
    return {name: sql(name).partition("\n")[0].removeprefix(COMMENT) for name in sorted(_names())}


def sql(name: str) -> str:
    """Return the text of a query of :func:`questions`."""
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8")


def _names() -> set[str]:
    return {f.name.removesuffix(".sql") for f in files(__name__).iterdir() if f.name.endswith(".sql")}
