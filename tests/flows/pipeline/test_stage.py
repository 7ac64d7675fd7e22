"""The files of a run in a folder and in a bucket, and what remains of runs that were killed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from flows.pipeline.stage import Stage, open_cluster_stage, open_stage
from tests.object_storage import CREDENTIAL_VARIABLES, serve_buckets

TABLE = pa.table({"number": [1, 2, 3]})


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Serve a bucket for the module, with endpoint and credentials in the environment; return its address."""
    pytest.importorskip("moto.server")
    import boto3

    with serve_buckets() as endpoint, pytest.MonkeyPatch.context() as patch:
        for name, value in (CREDENTIAL_VARIABLES | {"AWS_ENDPOINT_URL": endpoint}).items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="stages")
        yield "s3://stages"


@pytest.fixture(params=["folder", "bucket"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    if request.param == "folder":
        return Stage(str(tmp_path))
    return Stage(f"{request.getfixturevalue('bucket')}/{tmp_path.name}")


def read_table(stage: Stage, name: str) -> pa.Table:
    with stage.open_input(name) as file:
        return pa.ipc.open_file(file).read_all()


def test_files_are_listed_in_order_read_and_deleted(stage: Stage) -> None:
    assert stage.list_files("rows") == []
    names = ["rows/000002/claims-.arrow", "rows/000001/claims-b.arrow", "rows/000001/claims-a.arrow"]
    for name in names:
        stage.write_table(name, TABLE)
    with stage.open_output("documents/000001.arrow") as stream:
        stream.write(b"text")
    assert stage.list_files("rows") == sorted(names)
    assert stage.list_files("rows/000001") == sorted(names[1:])
    assert read_table(stage, names[0]) == TABLE
    stage.delete_files(names[1:])
    assert stage.list_files("") == ["documents/000001.arrow", names[0]]


def test_the_stage_of_a_folder_is_that_of_the_run_and_ends_with_it(tmp_path: Path) -> None:
    (tmp_path / "_staging" / "killed").mkdir(parents=True)
    with open_stage(str(tmp_path), "run") as own, open_cluster_stage(str(tmp_path), "run", own) as shared:
        assert shared is own
        own.write_table("rows/000001/claims-.arrow", TABLE)
        assert [path.name for path in (tmp_path / "_staging").iterdir()] == ["run"]
    assert not (tmp_path / "_staging").exists()


def test_the_stage_of_a_bucket_ends_with_its_run_and_old_ones_with_a_later_one(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = f"{bucket}/warehouse"
    killed = Stage(f"{warehouse}/_staging/killed")
    killed.write_table("rows/000001/claims-.arrow", TABLE)
    with open_stage(warehouse, "run") as own, open_cluster_stage(warehouse, "run", own) as shared:
        shared.write_table("rows/000001/claims-.arrow", TABLE)
        assert shared.address == f"{warehouse}/_staging/run"
        assert own.list_files("") == []
        assert killed.list_files("") == ["rows/000001/claims-.arrow"]
    assert shared.list_files("") == []
    monkeypatch.setattr("flows.pipeline.stage.MAX_STAGE_AGE", timedelta(seconds=-60))
    with open_stage(warehouse, "next") as own, open_cluster_stage(warehouse, "next", own):
        assert killed.list_files("") == []
