"""The real command line over a warehouse in a bucket: run, run again, query, verify."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.object_storage import CREDENTIAL_VARIABLES, find_seaweedfs, serve_buckets

pytest.importorskip("moto.server")
pytestmark = pytest.mark.slow
SCRIPT = Path(sys.executable).with_name("counterclaim")
QUERY = "SELECT count(*) AS n FROM documents"


@pytest.fixture(params=["moto", "seaweedfs"])
def bucket(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a new bucket; the environment has its endpoint and credentials."""
    import boto3

    if request.param == "seaweedfs" and not find_seaweedfs():
        pytest.skip("SeaweedFS is not installed (make storage)")
    with serve_buckets(request.param) as endpoint:
        for name, value in (CREDENTIAL_VARIABLES | {"AWS_ENDPOINT_URL": endpoint}).items():
            monkeypatch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="news")
        yield "s3://news/warehouse"


def test_run_to_a_bucket(bucket: str, corpus: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PREFECT_HOME": str(tmp_path / "prefect")}
    environment.pop("PREFECT_API_URL", None)

    def counterclaim(*arguments: str | Path) -> str:
        command = [SCRIPT, *arguments, "--warehouse", bucket]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
        )
        assert CREDENTIAL_VARIABLES["AWS_SECRET_ACCESS_KEY"] not in done.stdout.replace("test_", "")
        return done.stdout

    assert "4 read, 4 stored" in counterclaim("run", corpus, "--workers", "1")
    assert "4 unchanged" in counterclaim("run", corpus, "--workers", "1")
    assert "4" in counterclaim("query", QUERY, "--format", "csv")
    assert "every check passed" in counterclaim("verify", "--deep")
    assert "4 stored" in counterclaim("backfill", "--since", "2020-01-01", "--workers", "1")
    assert not list(tmp_path.glob("s3*"))
