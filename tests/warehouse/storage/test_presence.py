"""The location of a warehouse: only a run creates one, no name opens another, and messages say what is wrong."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sample_rows import PublishDocuments, make_change, make_document_rows
from warehouse.errors import WarehouseError
from warehouse.export import export_tables
from warehouse.maintenance.compaction import compact_tables
from warehouse.maintenance.integrity import verify_deep
from warehouse.maintenance.migration import migrate_tables, plan_migration
from warehouse.maintenance.published_files import find_published_file_problems
from warehouse.maintenance.restoration import list_versions, restore_version
from warehouse.maintenance.verification import verify_tables
from warehouse.queries.connection import connect_to_warehouse
from warehouse.report import render_report
from warehouse.storage.file_damage import find_damaged_files
from warehouse.storage.location import locate_warehouse
from warehouse.storage.store import Store
from warehouse.tables import TABLES

READERS: dict[str, Callable[[Path], object]] = {
    "compact": compact_tables,
    "migrate": migrate_tables,
    "plan": plan_migration,
    "history": list_versions,
    "restore": lambda root: restore_version(root, 1),
    "verify": verify_tables,
    "verify_deep": verify_deep,
    "connect": connect_to_warehouse,
    "export": lambda root: export_tables(root, "csv", None, root.parent / "out.csv"),
    "report": lambda root: render_report(root, None, None, None),
    "datasets": lambda root: Store(root).open_datasets(),
}
NAMES = [
    "a b", "100%", "50 % off", "a*b", "[ab]", "[!x]", "{a,b}", "ü", "e\u0301", "a'b", 'a"b', "a&b=c",
    "~x",
    "a;b", "a|b", "published_month=2020-01", "%", "%zz", "日本", "🛩️", "-x", "a:b", "a+b", "a`b", "a^b", "**", "a@b",
]  # fmt: skip


def everything(root: Path) -> list[str]:
    """Return every path below a folder."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def nothing(root: Path) -> None:
    """Make no folder."""


def an_empty_folder(root: Path) -> None:
    root.mkdir()


def a_folder_of_others(root: Path) -> None:
    (root / "photos").mkdir(parents=True)
    (root / "notes.txt").write_text("mine")


def a_file(root: Path) -> None:
    root.write_text("mine")


@pytest.mark.parametrize("made", [nothing, an_empty_folder, a_folder_of_others, a_file])
@pytest.mark.parametrize("name", READERS)
def test_only_a_run_makes_a_warehouse(name: str, made: Callable[[Path], None], tmp_path: Path) -> None:
    root = tmp_path / "typo"
    made(root)
    before = everything(tmp_path)
    with pytest.raises(WarehouseError, match="no warehouse") as raised:
        READERS[name](root)
    assert str(root) in str(raised.value)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("made", [a_folder_of_others, a_file])
def test_a_run_leaves_what_is_no_warehouse(made: Callable[[Path], None], tmp_path: Path) -> None:
    root = tmp_path / "home"
    made(root)
    before = everything(tmp_path)
    with (
        pytest.raises(WarehouseError, match=r"is no warehouse (and is not empty|but a file)"),
        Store(root).open_writer(),
    ):
        pass
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "held", [".gitkeep", ".DS_Store", "lost+found/", "_snapshots/", "_delta/documents/", ".lock"]
)
def test_a_run_takes_a_folder_that_is_as_good_as_empty(
    held: str, store: Store, put: PublishDocuments
) -> None:
    path = Path(store.root) / held
    (path if held.endswith("/") else path.parent).mkdir(parents=True)
    if not held.endswith("/"):
        path.touch()
    put(make_document_rows("a"))
    assert verify_deep(store.root) == []


@pytest.mark.parametrize("names", [NAMES[i : i + 14] for i in range(0, len(NAMES), 14)], ids=" ".join)
def test_warehouses_of_any_name_hold_their_own_rows(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        roots = {str(i): Path(folder, name) for i, name in enumerate([*names, "ab", "a", "A"])}
        for doc, root in roots.items():
            with Store(root).open_writer() as writer:
                writer.publish(make_change([make_document_rows(doc)]))
        assert sorted(Path(folder).iterdir()) == sorted(roots.values())
        for doc, root in roots.items():
            assert Store(root).read("claims")["doc_id"].to_pylist() == [doc]
            assert connect_to_warehouse(root).sql("SELECT doc_id FROM claims").fetchall() == [(doc,)]
            assert [*find_damaged_files(locate_warehouse(root))] == []
            assert find_published_file_problems(root) == []
        # The checks in SQL, most of the time, read the views of the connection, whatever the name of the folder.
        for root in [*roots.values()][::3]:
            assert verify_deep(root) == []
            assert (
                compact_tables(root, hours=0).files_after == len(TABLES) - 3
            )  # no rejects, no reviews, no near-duplicates
            assert list_versions(root)[0].version >= 1


@pytest.mark.parametrize("name", ["a%20b", "%41", "x%2Fy", "a\\b", "%41/deeper", "a#b", "a?b", "#"])
def test_a_name_that_would_open_another_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="misinterprets"):
        locate_warehouse(tmp_path / name)
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / name)
    with pytest.raises(WarehouseError, match="misinterprets"):
        locate_warehouse(tmp_path / "link")


def lose_documents(root: Path) -> str:
    shutil.rmtree(root / "_delta" / "documents")
    return "lost its table of documents.*one backup"


def lose_delta(root: Path) -> str:
    shutil.rmtree(root / "_delta")
    return "lost its table of documents.*one backup"


def lose_the_log_of_documents(root: Path) -> str:
    shutil.rmtree(root / "_delta" / "documents" / "_delta_log")
    return "lost its table of documents.*one backup"


def lose_claims(root: Path) -> str:
    shutil.rmtree(root / "_delta" / "claims")
    return "The table claims of the warehouse .* is gone.*from a backup"


def age_denials(root: Path) -> str:
    log = root / "_delta" / "denials" / "_delta_log"
    max(log.glob("*.json")).unlink()
    return "The table denials .* ends at version 1.*with version 2.*one backup"


def garble_the_log(root: Path) -> str:
    max((root / "_delta" / "mentions" / "_delta_log").glob("*.json")).write_text("{no json")
    return "[Ll]og of .*backup"


def garble_the_log_of_documents(root: Path) -> str:
    max((root / "_delta" / "documents" / "_delta_log").glob("*.json")).write_text("{no json")
    return "[Ll]og of .*backup"


def copy_following_links(root: Path) -> str:
    copied = root.with_name("copied")
    shutil.copytree(root, copied, symlinks=False)
    shutil.rmtree(root)
    copied.rename(root)
    return "is a copy that followed links.*cp -a"


LOSSES = [
    lose_documents,
    lose_delta,
    lose_the_log_of_documents,
    lose_claims,
    age_denials,
    garble_the_log,
    garble_the_log_of_documents,
    copy_following_links,
]


@pytest.mark.parametrize("lose", LOSSES, ids=lambda function: function.__name__)
def test_problems_are_reported_and_nothing_is_replaced(
    lose: Callable[[Path], str], store: Store, put: PublishDocuments
) -> None:
    put(make_document_rows("a"))
    put(make_document_rows("a", version="2"), run="r2")
    root = Path(store.root)
    expected = lose(root)
    before = everything(root / "_delta") if (root / "_delta").exists() else []
    fresh = Store(root)

    def write() -> None:
        with fresh.open_writer() as writer:
            writer.publish(make_change([make_document_rows("b")], "r3"))

    for act in (write, lambda: verify_tables(root), lambda: verify_deep(root), lambda: compact_tables(root)):
        with pytest.raises(WarehouseError, match=expected) as raised:
            act()
        assert "Free space" not in str(raised.value)
        assert "Correct the permissions" not in str(raised.value)
    assert (everything(root / "_delta") if (root / "_delta").exists() else []) == before


def test_the_advice_repairs_a_copy_that_followed_links(store: Store, put: PublishDocuments) -> None:
    put(make_document_rows("a"))
    root = Path(store.root)
    copy_following_links(root)
    for name in ("_current", *TABLES):
        shutil.rmtree(root / name)
    put(make_document_rows("b"), run="r2")
    assert verify_deep(root) == []


def test_a_folder_that_may_not_be_written_is_said(
    store: Store, put: PublishDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(make_document_rows("a"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(store.root))

    monkeypatch.setattr("warehouse.storage.writer.hold_file_lock", refuse)
    with pytest.raises(WarehouseError, match="Correct the permissions"):
        put(make_document_rows("b"), run="r2")
