"""Where a warehouse lies: a folder or a bucket, its parts, and making what is written there durable."""

import os
import re
import signal
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from pyarrow import fs

from warehouse.credentials import WarehouseError as WarehouseError
from warehouse.credentials import without_credentials

FAULT = "COUNTERCLAIM_FAULT"
MISREAD = re.compile(r"%[0-9A-Fa-f]{2}|\\")
"""what deltalake decodes once too often, however it is quoted: it would open another folder"""


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
        folder = f"{self.uri}/_delta/{name}"
        # A name is no URI: what stands for something else in one is quoted.
        return Path(folder).as_uri() if self.local else f"s3://{quote(folder.removeprefix('s3://'))}"

    def table_path(self, name: str) -> str:
        """Return the path of a Delta table on :attr:`files`."""
        return f"{self.base}/_delta/{name}"


def locate(root: Path | str) -> Place:
    """Return the place of a warehouse, a folder or ``s3://bucket/path``; it need not exist yet.

    For S3 the ordinary AWS variables give key, region and endpoint. Raises WarehouseError for other schemes,
    for an address with credentials in it, and for a path that a library would misread.
    """
    scheme, found, rest = without_credentials(root).partition("://")
    if not found:
        folder = Path(root).expanduser().absolute()
        _check_name(folder)
        return Place(str(folder), fs.LocalFileSystem(), str(folder), folder)
    if scheme != "s3" or not rest.strip("/"):
        raise WarehouseError(f"A warehouse is a folder or s3://bucket/path; found {root}.")
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    files = fs.S3FileSystem(endpoint_override=endpoint, region=os.environ.get("AWS_REGION"))
    plain = {"AWS_ALLOW_HTTP": "true"} if endpoint and endpoint.startswith("http:") else {}
    return Place(f"s3://{rest.rstrip('/')}", files, rest.rstrip("/"), None, plain)


def _check_name(folder: Path) -> None:
    """Raise WarehouseError for a folder that deltalake would take for another."""
    real = os.path.realpath(folder)
    if found := MISREAD.search(f"{folder}\0{real}"):
        raise WarehouseError(
            f"The path {real} holds {found[0]!r}, which the library of the tables takes for another character: "
            "it would open another folder. Rename the folder, or name another with --warehouse."
        )


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
