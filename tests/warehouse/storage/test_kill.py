"""A writer is killed at every point of a publication: readers see one version, and the next run repairs the rest."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from tests.sample_rows import PublishDocuments, make_change, make_document_rows, make_row
from warehouse.reviews import store_verdicts
from warehouse.storage.store import Store
from warehouse.tables import TABLES

POINTS = [
    "written",
    *(f"commit:{name}" for name in TABLES if name not in ("near_duplicates", "rejects", "reviews")),
    *(f"link:{name}" for name in TABLES),
    "built",
    "swapped",
]
# A fork server that has already imported everything starts the processes.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])

OLD = [("a", "1", "2026-11"), ("b", "1", "2026-11"), ("c", "1", "unknown"), ("e", "1", "2026-11")]
NEW = [("a", "2", "2026-11"), ("b", "1", "2026-10"), ("d", "1", "2026-11"), ("e", "1", "2026-11")]
OTHER = [("z", "1", "2026-09")]
N_PARTITIONED = sum(table.partitioned for table in TABLES.values())


def write(root: Path | str) -> None:
    """Return the change from OLD to NEW."""
    new = [
        make_document_rows("a", version="2"),
        make_document_rows("b", date(2026, 10, 1)),
        make_document_rows("d"),
    ]
    with Store(root).open_writer() as writer:
        writer.publish(make_change(new, "r2", removed=["c"], entities=[]))


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
    """Publish a change in a process that kills itself at a point."""
    os.environ["COUNTERCLAIM_FAULT"] = point
    write(root)


def review(root: Path | str, verdict: str) -> None:
    """Store a verdict of one reviewer on one row."""
    store_verdicts(root, [make_row("reviews", statement_id="c1", reviewer="Ada", verdict=verdict)])


def fail_review(root: Path, point: str) -> None:
    """Store another verdict in a process that kills itself at a point."""
    os.environ["COUNTERCLAIM_FAULT"] = point
    review(root, "rejected")


def killed(root: Path, point: str, work: Callable[[Path, str], None] = fail) -> bool:
    """Run the writer in its own process, to be killed at a point; return True if it was."""
    process = FORKS.Process(target=work, args=(root, point))
    process.start()
    process.join(60)
    return process.exitcode == -signal.SIGKILL


def test_a_run_succeeds_after_a_kill_in_an_empty_folder(store: Store) -> None:
    root = Path(store.root)
    assert killed(root, "created")
    assert not (root / "_current").exists()
    with store.open_writer():
        assert plain(root) == [[]] * N_PARTITIONED


@pytest.mark.parametrize("point", ["link:mentions", "link:denials", "built"])
def test_a_kill_while_months_move_loses_nothing(point: str, store: Store, put: PublishDocuments) -> None:
    root = Path(store.root)
    put(
        make_document_rows("a"),
        make_document_rows("b"),
        make_document_rows("c", None),
        make_document_rows("e"),
    )
    for i in range(store.keep):
        put(make_document_rows("z", date(2026, 9, 1), version=str(i)), run=f"r{i}")
    old = sorted([*OLD, ("z", "2", "2026-09")])
    assert killed(root, point)
    assert plain(root) == [old] * N_PARTITIONED
    with store.open_writer():
        assert plain(root) == pinned(store) == [sorted([*NEW, ("z", "2", "2026-09")])] * N_PARTITIONED
    assert len(list((root / "_snapshots").iterdir())) <= store.keep


@pytest.mark.parametrize("point", ["commit:reviews", "commit:documents", "link:reviews", "built", "swapped"])
def test_a_kill_while_verdicts_are_stored_shows_the_old_or_the_new_ones(
    point: str, store: Store, put: PublishDocuments
) -> None:
    root = Path(store.root)
    put(make_document_rows("a"))
    review(root, "accepted")
    assert killed(root, point, fail_review)
    with store.open_writer():
        found = pd.read_parquet(str(root / "reviews"))["verdict"].tolist()
    assert found == ["accepted" if point == "commit:reviews" else "rejected"]
    review(root, "rejected")
    assert pd.read_parquet(str(root / "reviews"))["verdict"].tolist() == ["rejected"]


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_nothing_and_shows_nothing_twice(
    point: str, store: Store, put: PublishDocuments
) -> None:
    root = Path(store.root)
    put(
        make_document_rows("a"),
        make_document_rows("b"),
        make_document_rows("c", None),
        make_document_rows("e"),
    )
    assert killed(root, point)

    committed = point.startswith("link") or point in ("built", "swapped", "commit:documents")
    truth = NEW if committed else OLD
    assert plain(root) == [NEW if point == "swapped" else OLD] * N_PARTITIONED
    assert pinned(store) == [truth] * N_PARTITIONED
    with store.open_writer():
        assert plain(root) == pinned(store) == [truth] * N_PARTITIONED

    put(make_document_rows("z", date(2026, 9, 1)), run="r3")
    assert plain(root) == pinned(store) == [sorted(truth + OTHER)] * N_PARTITIONED
    write(root)
    assert plain(root) == pinned(store) == [sorted(NEW + OTHER)] * N_PARTITIONED
    assert {"r1", "r3"} <= set(store.read("runs")["run_id"].to_pylist())
    leftovers = [p for p in (root / "_snapshots").iterdir() if p.name.startswith(".")]
    assert leftovers == []
