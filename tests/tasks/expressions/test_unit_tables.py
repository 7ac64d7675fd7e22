"""Every row of the tables of units finds the quantity of its example."""

import pytest

from tasks.document.parser import ParsingPipeline, parse_texts
from tasks.expressions.quantities import find_quantities
from tasks.expressions.unit_tables import load_unit_tables
from tasks.seeds import read_seed_rows

TABLES = load_unit_tables()
ROWS = [
    (row["example"], row.get("unit") or row.get("currency") or row["word"])
    for table in ("units", "currencies", "casualty_words")
    for row in read_seed_rows(f"expressions/{table}.csv")
]


@pytest.mark.parametrize(("example", "unit"), ROWS)
def test_the_example_has_a_quantity_of_the_unit(example: str, unit: str, nlp: ParsingPipeline) -> None:
    (doc,) = parse_texts([example], nlp)
    assert [quantity.unit for quantity in find_quantities(doc[:], TABLES)] == [unit]
