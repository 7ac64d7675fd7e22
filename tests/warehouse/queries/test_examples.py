"""The examples in pandas and polars give the same rows as the SQL of the same name."""

import runpy
from pathlib import Path

import pytest

from warehouse.queries import load_questions, read_question_sql
from warehouse.queries.connection import connect_to_warehouse, run_select

EXAMPLES = Path(__file__).parents[3] / "docs" / "queries"
NAMES = ("by_month", "most_denials", "hedging_by_outlet", "most_accused", "ways_of_denying")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_the_same_answer(name: str, library: str, press: Path) -> None:
    example = runpy.run_path(str(EXAMPLES / f"five_{library}.py"))[name]
    found = example(press)
    expected = run_select(connect_to_warehouse(press), read_question_sql(name))
    assert list(found.columns) == expected.columns
    rows = found.itertuples(index=False, name=None) if library == "pandas" else found.iter_rows()
    assert list(rows) == expected.fetchall()
    assert example.__doc__ == load_questions()[name]
