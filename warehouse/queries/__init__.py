"""Questions that researchers ask, each an SQL file whose first line is the question."""

from functools import cache
from importlib.resources import files

COMMENT_PREFIX = "-- "


@cache
def load_questions() -> dict[str, str]:
    """Return the question of each file, by file name and sorted by it."""
    return {
        name: read_question_sql(name).partition("\n")[0].removeprefix(COMMENT_PREFIX)
        for name in sorted(_list_question_names())
    }


def read_question_sql(name: str) -> str:
    """Return the SQL of a question by its name in :func:`load_questions`."""
    return files(__name__).joinpath(f"{name}.sql").read_text("utf-8")


def _list_question_names() -> set[str]:
    return {f.name.removesuffix(".sql") for f in files(__name__).iterdir() if f.name.endswith(".sql")}
