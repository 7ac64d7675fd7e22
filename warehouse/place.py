"""Where a warehouse lies: a folder or a bucket, its parts, and making what is written there durable."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

from pyarrow import fs

from warehouse.address import WarehouseError as WarehouseError
from warehouse.address import without_credentials

FAULT = "COUNTERCLAIM_FAULT"


@dataclass(frozen=True)
class Place:
    """The root of a warehouse on the file system that holds it; ``local`` is null on object storage."""

    uri: str
    files: fs.FileSystem
    base: str
    local: Path | None
    options: dict[str, str] = field(default_factory=dict)

    def table_uri(self, name: str) -> str:
        """Return the address of a Delta table, as deltalake takes it."""
        return f"{self.uri}/_delta/{name}"

    def table_path(self, name: str) -> str:
        """Return the path of a Delta table on :attr:`files`."""
        return f"{self.base}/_delta/{name}"


def locate(root: Path | str) -> Place:
    """Return the place of a warehouse, a folder or ``s3://bucket/path``; it need not exist yet.

    For S3 the ordinary AWS variables give key, region and endpoint. Raises WarehouseError for other schemes,
    and for an address with credentials in it.
    """
    scheme, found, rest = without_credentials(root).partition("://")
    if not found:
        folder = Path(root).expanduser().absolute()
        return Place(str(folder), fs.LocalFileSystem(), str(folder), folder)
    if scheme != "s3" or not rest.strip("/"):
        raise WarehouseError(f"A warehouse is a folder or s3://bucket/path; found {root}.")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    files = fs.S3FileSystem(endpoint_override=endpoint, region=os.environ.get("AWS_REGION"))
    plain = {"AWS_ALLOW_HTTP": "true"} if endpoint and endpoint.startswith("http:") else {}
    return Place(f"s3://{rest.rstrip('/')}", files, rest.rstrip("/"), None, plain)


def settle(place: Place) -> None:
    """Flush all that was written here to the disk, so that what is committed next cannot outlive it.

    One flush of everything takes milliseconds; one of each of a thousand folders takes a second.
    """
    if place.local:
        os.sync()


def reached(point: str) -> None:
    """Die here by SIGKILL if the environment asks for it: how tests kill a writer at a named point."""
    if os.environ.get(FAULT) == point:
        os.kill(os.getpid(), signal.SIGKILL)
