"""A writer killed at every point of a publication: readers agree meanwhile, and the next run mends it."""

import multiprocessing
import os
import signal
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from tests.sample_rows import change, document_rows
from tests.warehouse.conftest import Put
from warehouse.storage.store import Store
from warehouse.tables import TABLES

POINTS = [
    "written",
    *(f"commit:{name}" for name in TABLES if name != "rejects"),
    *(f"link:{name}" for name in TABLES),
    "built",
    "swapped",
]
# Processes that need not import anything anew: a server that has done nothing else forks them.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])

OLD = [("a", "1", "2026-11"), ("b", "1", "2026-11"), ("c", "1", "unknown"), ("e", "1", "2026-11")]
NEW = [("a", "2", "2026-11"), ("b", "1", "2026-10"), ("d", "1", "2026-11"), ("e", "1", "2026-11")]
OTHER = [("z", "1", "2026-09")]


def write(root: Path | str) -> None:
    """Make NEW of OLD."""
    new = [document_rows("a", version="2"), document_rows("b", date(2026, 10, 1)), document_rows("d")]
    with Store(root).writing() as writer:
        writer.publish(change(new, "r2", removed=["c"], entities=[]))


def seen(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return (document, version, month) of every row, sorted."""
    columns = (frame[name].astype(str) for name in ("doc_id", "extractor_version", "published_month"))
    return sorted(zip(*columns, strict=True))


def plain(root: Path) -> list[list[tuple[str, str, str]]]:
    """Return what a plain reader sees, table by table."""
    names = [table.name for table in TABLES.values() if table.partitioned]
    return [seen(pd.read_parquet(str(root / name))) for name in names]


def pinned(store: Store) -> list[list[tuple[str, str, str]]]:
    """Return what a reader of the Delta tables sees, table by table."""
    return [seen(store.read(table.name).to_pandas()) for table in TABLES.values() if table.partitioned]


def fail(root: Path, point: str) -> None:
    """Write, to be killed at a point."""
    os.environ["COUNTERCLAIM_FAULT"] = point
    write(root)


def killed(root: Path, point: str) -> bool:
    """Run the writer in a process of its own, to be killed at a point; tell whether it was."""
    process = FORKS.Process(target=fail, args=(root, point))
    process.start()
    process.join(60)
    return process.exitcode == -signal.SIGKILL


def test_a_kill_in_an_empty_folder_leaves_nothing_in_the_way(store: Store) -> None:
    root = Path(store.root)
    assert killed(root, "created")
    assert not (root / "_current").exists()
    with store.writing():
        assert plain(root) == [[]] * 5


@pytest.mark.parametrize("point", ["link:mentions", "link:denials", "built"])
def test_a_kill_while_months_move_loses_nothing(point: str, store: Store, put: Put) -> None:
    root = Path(store.root)
    put(document_rows("a"), document_rows("b"), document_rows("c", None), document_rows("e"))
    for i in range(store.keep):
        put(document_rows("z", date(2026, 9, 1), version=str(i)), run=f"r{i}")
    old = sorted([*OLD, ("z", "2", "2026-09")])
    assert killed(root, point)
    assert plain(root) == [old] * 5
    with store.writing():
        assert plain(root) == pinned(store) == [sorted([*NEW, ("z", "2", "2026-09")])] * 5
    assert len(list((root / "_snapshots").iterdir())) <= store.keep


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_nothing_and_shows_nothing_twice(point: str, store: Store, put: Put) -> None:
    root = Path(store.root)
    put(document_rows("a"), document_rows("b"), document_rows("c", None), document_rows("e"))
    assert killed(root, point)

    committed = point.startswith("link") or point in ("built", "swapped", "commit:documents")
    truth = NEW if committed else OLD
    assert plain(root) == [NEW if point == "swapped" else OLD] * 5
    assert pinned(store) == [truth] * 5
    with store.writing():
        assert plain(root) == pinned(store) == [truth] * 5

    put(document_rows("z", date(2026, 9, 1)), run="r3")
    assert plain(root) == pinned(store) == [sorted(truth + OTHER)] * 5
    write(root)
    assert plain(root) == pinned(store) == [sorted(NEW + OTHER)] * 5
    assert {"r1", "r3"} <= set(store.read("runs")["run_id"].to_pylist())
    leftovers = [p for p in (root / "_snapshots").iterdir() if p.name.startswith(".")]
    assert leftovers == []
