"""Any sequence of publications gives the same rows as the same steps on a dictionary."""

import tempfile
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

import warehouse
from tests.sample_rows import make_change, make_document_rows
from warehouse.storage.store import Store
from warehouse.tables import TABLES

names = st.sampled_from("abcdef")
days = st.sampled_from([None, date(2026, 10, 1), date(2026, 11, 1), date(2026, 11, 30)])
bring = st.dictionaries(names, st.tuples(days, st.sampled_from("12")), max_size=4)
steps = st.lists(st.tuples(bring, st.sets(names, max_size=2)), min_size=1, max_size=5)


@settings(max_examples=6, deadline=None)
@given(steps)
def test_publications_equal_the_set_level_expectation(
    sequence: list[tuple[dict[str, tuple[date | None, str]], set[str]]],
) -> None:
    expected: dict[str, tuple[str, str]] = {}
    with tempfile.TemporaryDirectory() as root, Store(root).open_writer() as writer:
        for i, (brought, gone) in enumerate(sequence):
            before = dict(expected)
            for name in gone:
                expected.pop(name, None)
            expected |= {n: (v, f"{d:%Y-%m}" if d else "unknown") for n, (d, v) in brought.items()}
            rows = [make_document_rows(name, day, version) for name, (day, version) in brought.items()]
            version = writer.publish(make_change(rows, f"r{i}", removed=sorted(gone - brought.keys())))
            assert i == 0 or version is not None or expected == before
        with warehouse.open(root) as snapshot:
            for table in (table for table in TABLES.values() if table.partitioned):
                frame = snapshot.to_pandas(table.name)
                columns = (frame[c] for c in ("doc_id", "extractor_version", "published_month"))
                assert sorted(zip(*columns, strict=True)) == sorted((n, *e) for n, e in expected.items())
