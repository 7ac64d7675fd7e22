"""Warehouses for tests: one to publish small rows to, one with the invented press, and buckets."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.object_storage import CREDENTIAL_VARIABLES, find_seaweedfs, serve_buckets
from tests.sample_rows import PublishDocuments, Row, make_change
from tests.warehouse.invented_press import make_press_change
from warehouse.storage.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return the store of a warehouse that does not exist yet."""
    return Store(tmp_path / "data")


@pytest.fixture
def put(store: Store) -> PublishDocuments:
    """Return a function that publishes a change (see :func:`make_change`) and returns the version."""

    def publish(*documents: Mapping[str, list[Row]], **more: Any) -> int | None:
        with store.open_writer() as writer:
            return writer.publish(make_change(documents, **more))

    return publish


@pytest.fixture(scope="session")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a warehouse with the invented press, published once."""
    root = tmp_path_factory.mktemp("press") / "data"
    with Store(root).open_writer() as writer:
        writer.publish(make_press_change())
    return root


@pytest.fixture(scope="module", params=["moto", pytest.param("seaweedfs", marks=pytest.mark.slow)])
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve buckets on this machine."""
    if request.param == "seaweedfs" and not find_seaweedfs():
        pytest.skip("SeaweedFS is not installed (make storage)")
    with serve_buckets(request.param) as address:
        yield address


@pytest.fixture
def bucket_name(endpoint: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Return the name of a new bucket, for which the environment holds endpoint and credentials."""
    import boto3

    for name, value in (CREDENTIAL_VARIABLES | {"AWS_ENDPOINT_URL": endpoint}).items():
        monkeypatch.setenv(name, value)
    bucket = f"bucket-{abs(hash(request.node.name))}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return bucket
