"""The daily flow on a Dask cluster of separate processes and on Ray makes the same rows, even if workers die."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

from flows.pipeline.stage import open_stage
from tests.dask_cluster import serve_dask_cluster
from tests.flows.prefect_runs import read_all_tables, run_daily
from tests.object_storage import CREDENTIAL_VARIABLES, serve_buckets
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.location import open_bucket_file_system

Expected = tuple[Path, dict[str, list[dict[str, Any]]]]
pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("server")]
dask = pytest.importorskip("prefect_dask", reason="needs the extra dask: make test-cluster")
ray = pytest.importorskip("prefect_ray", reason="needs the extra ray: make test-cluster")


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Serve buckets for the module, with endpoint and credentials in the environment; return the address of one."""
    import boto3

    with serve_buckets() as endpoint, pytest.MonkeyPatch.context() as patch:
        for name, value in (CREDENTIAL_VARIABLES | {"AWS_ENDPOINT_URL": endpoint}).items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="news")
        yield "s3://news"


@pytest.fixture(scope="module")
def scheduler(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a Dask cluster with two workers that share no folder; return the address of the scheduler."""
    request.getfixturevalue("bucket")  # the workers get its endpoint and credentials from the environment
    with serve_dask_cluster(tmp_path_factory.mktemp("dask"), workers=2) as cluster:
        yield cluster.address


@pytest.fixture(scope="module")
def expected(
    tmp_path_factory: pytest.TempPathFactory,
) -> Expected:
    """Return a corpus and the rows that worker processes make of it."""
    import json

    from tests.flows.prefect_runs import SAMPLE_TEXTS

    folder = tmp_path_factory.mktemp("expected")
    lines = [json.dumps({"id": name, "text": text}) for name, text in SAMPLE_TEXTS.items()]
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run_daily(folder / "corpus.jsonl", warehouse=folder / "tables", workers=2, batch_size=1)
    return folder / "corpus.jsonl", read_all_tables(folder / "tables")


def test_dask_cluster_at_an_address_makes_the_same_rows(
    scheduler: str, expected: Expected, tmp_path: Path
) -> None:
    corpus, rows = expected
    run_daily(corpus, warehouse=tmp_path / "tables", batch_size=1, runner="dask", cluster=scheduler)
    assert read_all_tables(tmp_path / "tables") == rows


def test_a_cluster_that_shares_only_a_bucket_makes_the_same_rows(
    scheduler: str, bucket: str, expected: Expected, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, rows = expected
    stages: list[str] = []

    def record_stage(*given: Any, **named: Any) -> Any:
        stages.append("in the bucket" if named["is_shared"] else "here")
        return open_stage(*given, **named)

    monkeypatch.setattr("flows.runtime.run_execution.open_stage", record_stage)
    old = f"{bucket.removeprefix('s3://')}/w/_staging/old/documents.arrow"
    with open_bucket_file_system().open_output_stream(old) as stream:
        stream.write(b"of a run that was killed")
    run_daily(corpus, warehouse=f"{bucket}/w", batch_size=1, runner="dask", cluster=scheduler)
    assert stages == ["in the bucket"]
    assert read_all_tables(f"{bucket}/w") == rows
    assert verify_tables(f"{bucket}/w") == []
    left = open_bucket_file_system().get_file_info(fs.FileSelector("news/w/_staging", recursive=True))
    assert [info.path for info in left if info.type is fs.FileType.File] == [old]


@pytest.mark.parametrize("runner", ["dask", "ray"])
def test_workers_that_die_are_survived(
    runner: str,
    expected: Expected,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from flows.runtime.failure_policy import PartialRunError

    corpus, rows = expected
    given: dict[str, Any] = {"batch_size": 1, "workers": 2, "runner": runner}
    with monkeypatch.context() as fault:
        fault.setenv("COUNTERCLAIM_FAULT", "extract:2")
        with pytest.raises(PartialRunError, match="1 of 4 documents wait"):
            run_daily(corpus, warehouse=tmp_path / "tables", **given)
    run_daily(corpus, warehouse=tmp_path / "tables", **given)
    assert read_all_tables(tmp_path / "tables") == rows
    assert verify_tables(tmp_path / "tables") == []
