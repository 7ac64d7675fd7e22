"""The location of a warehouse, a folder or a bucket, and what makes files written there durable."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pyarrow import fs

from warehouse.credentials import check_no_credentials
from warehouse.errors import InputError, WarehouseError
from warehouse.folder_names import DELTA_FOLDER

ADDRESS_PATTERN = r"^(s3://[^/:]+/.+|[./~].*|[^:/]+(/.*)?)$"
"""matches a path in a bucket, and the path of a folder that does not begin with a scheme such as ``file:``"""
BUCKET_ADDRESS_PATTERN = r"^s3://[^/:]+(/.*)?$"
"""matches a bucket, and a path in one"""
ALMOST_S3_ADDRESS = re.compile(r"s3[an]?:/*([^/:]+/.*[^/]|[^/:]+)/*", re.IGNORECASE)
ALMOST_FOLDER = re.compile(r"file:(?:/*(?=/))?(.+)", re.IGNORECASE)
MISREAD_CHARACTERS = re.compile(r"%[0-9A-Fa-f]{2}|[\\#?]")
"""what deltalake misreads, however it is quoted: it decodes a percent sign twice, and reads no history after # or ?"""


class AddressError(InputError, WarehouseError):
    """The address of a warehouse is neither a folder nor a path in a bucket."""


@dataclass(frozen=True)
class WarehouseLocation:
    """The root of a warehouse and the file system that holds it; ``local_folder`` is None on object storage."""

    uri: str
    file_system: fs.FileSystem
    root_path: str
    """the root, as a path on ``file_system``"""
    local_folder: Path | None
    options: dict[str, str] = field(default_factory=dict)
    """storage options of deltalake"""

    def get_table_uri(self, name: str) -> str:
        """Return the URI of a Delta table, as deltalake takes it."""
        folder = f"{self.uri}/{DELTA_FOLDER}/{name}"
        # Characters that have a meaning in a URI are quoted.
        return Path(folder).as_uri() if self.local_folder else f"s3://{quote(folder.removeprefix('s3://'))}"

    def get_table_path(self, name: str) -> str:
        """Return the path of a Delta table on :attr:`file_system`."""
        return f"{self.root_path}/{DELTA_FOLDER}/{name}"


def locate_warehouse(root: Path | str) -> WarehouseLocation:
    """Return the location of a warehouse, a folder or ``s3://bucket/path``, which need not exist yet.

    For S3 the usual AWS variables give key, region and endpoint. Raises AddressError for anything else, and
    WarehouseError for an address that contains credentials or a path that deltalake would misread.
    """
    address = check_address(root)
    if not address.startswith("s3://"):
        folder = Path(root).expanduser().absolute()
        _check_folder_path(folder)
        return WarehouseLocation(
            uri=str(folder),
            file_system=fs.LocalFileSystem(),
            root_path=str(folder),
            local_folder=folder,
        )
    path = address.removeprefix("s3://").rstrip("/")
    endpoint = _get_endpoint()
    return WarehouseLocation(
        uri=f"s3://{path}",
        file_system=open_bucket_file_system(),
        root_path=path,
        local_folder=None,
        options={"AWS_ALLOW_HTTP": "true"} if endpoint and endpoint.startswith("http:") else {},
    )


def open_bucket_file_system(**options: Any) -> fs.S3FileSystem:
    """Return the file system of all buckets; the usual AWS variables give key, region and endpoint."""
    return fs.S3FileSystem(endpoint_override=_get_endpoint(), region=os.environ.get("AWS_REGION"), **options)


def _get_endpoint() -> str | None:
    """Return the address of a store other than Amazon's."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")


def check_address(root: Path | str) -> str:
    """Return the address of a warehouse as text.

    Raises AddressError if it is neither a folder nor a path in a bucket, and WarehouseError if it contains
    credentials.
    """
    address = check_no_credentials(root)
    if not re.match(ADDRESS_PATTERN, address):
        raise AddressError(
            f"Expected a folder or s3://bucket/path as the warehouse; found {address!r}."
            f"{_suggest_address(address)}"
        )
    return address


def _suggest_address(address: str) -> str:
    """Return a sentence with the address that was probably meant; empty if there is nothing to suggest."""
    if match := ALMOST_S3_ADDRESS.fullmatch(address):
        path = match[1] if "/" in match[1] else f"{match[1]}/warehouse"
        return f" Try: --warehouse s3://{path}"
    if match := ALMOST_FOLDER.fullmatch(address):
        return f" Try: --warehouse {match[1]}"
    if address and "://" not in address:
        return f" To use a folder of this name, write ./{address}."
    return ""


def _check_folder_path(folder: Path) -> None:
    """Raise WarehouseError for a folder whose path deltalake would misread."""
    real = os.path.realpath(folder)
    if found := MISREAD_CHARACTERS.search(f"{folder}\0{real}"):
        raise WarehouseError(
            f"The path {real} contains {found[0]!r}, which the library deltalake misinterprets: "
            "it would open another folder or miss the history of the tables. Rename the folder, or name another "
            "with --warehouse."
        )


def flush_to_disk(location: WarehouseLocation) -> None:
    """Flush everything written so far to the disk, so that no later commit can survive without it.

    One flush of everything takes milliseconds; flushing a thousand folders one by one takes a second.
    """
    if location.local_folder:
        os.sync()
