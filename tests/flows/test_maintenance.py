"""The flows backfill and maintenance on a real server: what they change, and what they do not."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from tests.flows.prefect_runs import SAMPLE_TEXTS, hash_all_tables, read_all_tables, run_daily
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.store import Store

Command = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.usefixtures("server")


def backfill(tables: Path, since: date, **given: Any) -> dict[str, int]:
    from flows.backfill import backfill as backfill_flow

    summary = backfill_flow(since, warehouse=str(tables), **{"workers": 1, **given})
    return dict[str, int](summary.run["counts"])


def age(tables: Path, version: str) -> None:
    """Make the rows look as if an older extractor had made them, and remove the claims."""
    store, names = Store(tables), ("documents", "mentions", "claims", "denials", "denial_links")
    rows = {name: store.read(name) for name in names}
    for name, table in rows.items():
        at = table.schema.get_field_index("extractor_version")
        column = pc.replace_substring_regex(table["extractor_version"], "^.*$", version)
        rows[name] = table.set_column(at, table.schema.field(at), column)
    with store.open_writer() as writer:
        writer.publish(WarehouseChange({**rows, "claims": rows["claims"].slice(0, 0)}))


def test_backfill_extracts_again_without_the_sources(corpus: Path, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    run_daily(corpus, warehouse=tables)
    before = read_all_tables(tables)
    corpus.unlink()
    age(tables, "0")
    assert read_all_tables(tables) != before
    counts = backfill(tables, date(2020, 1, 1), extractor_version="0")
    assert (counts["read"], counts["stored"]) == (len(SAMPLE_TEXTS), len(SAMPLE_TEXTS))
    assert read_all_tables(tables) == before
    assert verify_tables(tables) == []


def test_backfill_takes_the_days_and_versions_that_it_is_given(corpus: Path, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    run_daily(corpus, warehouse=tables)
    bytes_before = hash_all_tables(tables)
    assert backfill(tables, date(2020, 5, 2), until=date(2020, 5, 3))["stored"] == 2
    assert backfill(tables, date(2020, 5, 1), extractor_version="0")["read"] == 0
    assert hash_all_tables(tables) == bytes_before  # the same extractor makes the same rows


def test_other_knowledge_extracts_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, own = tmp_path / "tables", tmp_path / "own"
    before = run_daily(corpus, warehouse=tables)
    own.mkdir()
    (own / "entities.csv").write_text("name,type,qid,aliases\nHaftar,person,Q1,\n")
    monkeypatch.setenv("COUNTERCLAIM_ENTITIES", str(own))
    assert run_daily(corpus, warehouse=tables).run["counts"]["stored"] == len(SAMPLE_TEXTS)
    assert run_daily(corpus, warehouse=tables).run["counts"]["unchanged"] == len(SAMPLE_TEXTS)
    versions = set(Store(tables).read("claims", ["extractor_version"])["extractor_version"].to_pylist())
    assert len(versions) == 1
    (old,) = {json.loads(before.run["versions"])["extractor"]}
    counts = backfill(tables, date(2020, 1, 1), extractor_version=old)
    assert counts["read"] == 0
    assert backfill(tables, date(2020, 1, 1), extractor_version=versions.pop())["read"] == len(SAMPLE_TEXTS)


def test_backfill_leaves_a_newer_reject_of_its_source(tmp_path: Path) -> None:
    page, tables = tmp_path / "page.txt", tmp_path / "tables"
    page.write_text(SAMPLE_TEXTS["denial"], encoding="utf-8")
    run_daily(page, warehouse=tables, published=date(2020, 5, 1))
    page.write_bytes(b"")
    run_daily(page, warehouse=tables)
    backfill(tables, date(2020, 5, 1))
    assert Store(tables).read("rejects").num_rows == Store(tables).read("documents").num_rows == 1


def test_backfill_refuses_days_that_end_before_they_begin(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2020-05-01, is before since, 2020-05-02"):
        backfill(tmp_path, date(2020, 5, 2), until=date(2020, 5, 1))


def test_maintenance_merges_what_is_whole_and_names_what_is_not(corpus: Path, tmp_path: Path) -> None:
    from flows.maintenance import VerificationError, maintenance

    tables = tmp_path / "tables"
    run_daily(corpus, warehouse=tables)
    before = read_all_tables(tables)
    assert maintenance(str(tables), 0)["files_after"] > 0
    assert read_all_tables(tables) == before
    site = tmp_path / "site"
    maintenance(str(tables), site=str(site))
    first = _read_newest_artifact("site")
    assert "first build that is known" in first
    assert f"## {Store(tables).read('denials').num_rows} new denial" in first
    for page in re.findall(r"\(file://([^)#]+)", first):
        assert Path(page).is_file()
    maintenance(str(tables), site=str(site))
    news = _read_newest_artifact("site")
    assert "## 0 new accusations" in news
    assert "## 0 newly contested claims" in news
    with pytest.raises(ValueError, match="name its folder"):
        maintenance(str(tables), publish="s3://bucket/site")
    next((tables / "claims").rglob("*.parquet")).unlink()
    with pytest.raises(VerificationError, match="claims: "):
        maintenance(str(tables))


def _read_newest_artifact(key: str) -> str:
    """Return the newest artifact of a key on the server of the tests."""
    from prefect.artifacts import Artifact

    artifact: Any = Artifact.get(key)
    return str(artifact.data)


def test_upkeep_from_the_command_line(counterclaim: Command, corpus: Path, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    at = ("--warehouse", tables)
    assert counterclaim("run", corpus, *at, "--workers", "1")[0] == 0
    age(tables, "0")
    assert counterclaim("compact", *at, "--keep-hours", "1")[0] == 0
    assert [line.split()[0] for line in counterclaim("restore", *at)[1].splitlines()] == ["2", "1"]
    assert counterclaim("restore", *at, "--version", "7")[0] == 1
    assert counterclaim("backfill", *at, "--since", "2020-01-01", "--workers", "1")[0] == 0
    backfilled = read_all_tables(tables)
    assert counterclaim("restore", *at, "--version", "1")[0] == 0
    assert read_all_tables(tables) == backfilled
    assert "as declared" in counterclaim("migrate", *at, "--dry-run")[1]
    assert counterclaim("verify", "--deep", *at)[0] == 0
    next((tables / "claims").rglob("*.parquet")).unlink()
    code, _, err = counterclaim("verify", "--deep", *at)
    assert (code, "claims: " in err) == (1, True)
