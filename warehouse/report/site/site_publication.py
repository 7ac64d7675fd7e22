"""Publishing a site to a bucket: only what changed since the last publication, so that readers never miss a page.

The bucket has a marker as the folder has: by path, the fingerprint of what each file was made from. First come styles,
scripts and data, then the pages that name them, then the index; then what is gone is removed, and the marker says so.
While a publication runs, the marker names the files that it may have changed, so that the next publication finishes one
that was killed.
"""

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from warehouse.credentials import get_first_line, has_credentials, redact_secrets
from warehouse.errors import FailureError
from warehouse.report.report_scope import ReportError
from warehouse.report.site.site_folder import MARKER, OWNED_FOLDERS, read_marker
from warehouse.storage.fault_points import reach_fault_point
from warehouse.storage.location import BUCKET_ADDRESS_PATTERN, open_bucket_file_system
from warehouse.storage.storage_errors import advise_bucket_access

INDEX = "index.html"
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
}
NAMED_BY_CONTENT = ("assets/", "data/")
"""files whose name holds the hash of their content: browsers cache them for good, and ask for a new copy of others"""
KEPT, ASKED_FOR = "public, max-age=31536000, immutable", "no-cache"
FILES_AT_ONCE, FILES_PER_CHECKPOINT = 16, 2_000


class PublicationError(FailureError):
    """A site cannot be published: the message says why, where, and what to do."""


@dataclass(frozen=True, slots=True)
class SitePublication:
    """What a publication did."""

    address: str
    n_uploaded: int
    n_removed: int
    n_unchanged: int


@dataclass(frozen=True, slots=True)
class _Bucket:
    """The place of a site in a bucket."""

    address: str
    file_system: fs.FileSystem
    root: str

    def put(self, path: str, content: bytes) -> None:
        """Write a file with the headers by which a browser shows it."""
        suffix = Path(path).suffix
        headers = {
            "Content-Type": CONTENT_TYPES.get(suffix, "application/octet-stream"),
            "Cache-Control": KEPT if path.startswith(NAMED_BY_CONTENT) else ASKED_FOR,
        }
        with self.file_system.open_output_stream(f"{self.root}/{path}", metadata=headers) as out:
            out.write(content)

    def remove(self, path: str) -> None:
        """Remove a file if it exists."""
        try:
            self.file_system.delete_file(f"{self.root}/{path}")
        except FileNotFoundError:
            return


@dataclass(slots=True)
class _BucketState:
    """What the bucket holds, as its marker says."""

    title: str | None
    pages: dict[str, str]
    """fingerprint of each file that is known to be whole"""
    unfinished: set[str]
    """files that a killed publication may have written or removed"""


@dataclass(frozen=True, slots=True)
class _Transfer:
    """The files that one publication uploads from a folder, and removes."""

    folder: Path
    bucket: _Bucket
    pages: dict[str, str]
    """fingerprint of each file of the folder"""
    changed: list[str]
    gone: list[str]

    def run(self, state: _BucketState) -> None:
        """Upload what changed and remove what is gone, with a marker that is true at every moment."""
        state.unfinished |= {*self.changed, *self.gone}
        for path in state.unfinished:
            state.pages.pop(path, None)
        _put_marker(self.bucket, state)
        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            for number, group in enumerate(_order_uploads(self.changed), 1):
                _run_all(pool, self._upload, group)
                state.pages |= {path: self.pages[path] for path in group}
                state.unfinished -= set(group)
                reach_fault_point(f"site-group-{number}-uploaded")
                _put_marker(self.bucket, state)
            _run_all(pool, self.bucket.remove, self.gone)
        state.unfinished.clear()
        _put_marker(self.bucket, state)

    def _upload(self, path: str) -> None:
        try:
            content = (self.folder / path).read_bytes()
        except OSError as error:
            raise ReportError(f"The site {self.folder} lacks {path}. Build it again with --site.") from error
        self.bucket.put(path, content)


def publish_site(folder: Path, address: str) -> SitePublication:
    """Bring the copy of a site at ``s3://bucket/prefix`` up to date.

    Raises ReportError if the address or the folder is wrong, or if the place holds something else, and
    PublicationError if the bucket cannot be read or written.
    """
    bucket_path = check_site_address(address)
    title, pages = _read_local_marker(folder)
    with _explain_bucket_errors(address):
        # Deferred opening uploads a small file in one request instead of three.
        file_system = open_bucket_file_system(allow_delayed_open=True, background_writes=False)
        bucket = _Bucket(address, file_system, bucket_path)
        state = _read_state(bucket)
        changed = [path for path, mark in pages.items() if state.pages.get(path) != mark]
        gone = sorted((state.pages.keys() | state.unfinished) - pages.keys())
        if changed or gone or state.title != title:
            state.title = title
            _Transfer(folder, bucket, pages, changed, gone).run(state)
    return SitePublication(address, len(changed), len(gone), len(pages) - len(changed))


def check_site_address(address: str) -> str:
    """Return the path of a site in its bucket; ReportError if it is no such address, or contains credentials."""
    if has_credentials(address):
        raise ReportError(
            "The address of a site must not contain credentials. Name s3://bucket/prefix only, and give key and secret "
            "in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if not re.match(BUCKET_ADDRESS_PATTERN, address):
        raise ReportError(f"Expected s3://bucket/prefix as the place to publish to; found {address!r}.")
    return address.removeprefix("s3://").rstrip("/")


def _read_local_marker(folder: Path) -> tuple[str | None, dict[str, str]]:
    """Return the title and the pages of a site; ReportError if the folder holds none that is whole."""
    try:
        return read_marker((folder / MARKER).read_bytes())
    except (OSError, ValueError) as error:
        raise ReportError(f"{folder} holds no whole site. Build it with --site first.") from error


def _read_state(bucket: _Bucket) -> _BucketState:
    """Return what the bucket holds; ReportError if it holds something else than a site."""
    try:
        with bucket.file_system.open_input_stream(f"{bucket.root}/{MARKER}") as stream:
            content = stream.read()
    except FileNotFoundError:
        _check_free(bucket)
        return _BucketState(None, {}, set())
    try:
        title, pages = read_marker(content)
        return _BucketState(title, pages, set(json.loads(content).get("unfinished", ())))
    except (ValueError, TypeError):
        # Somebody edited it: everything is uploaded again.
        return _BucketState(None, {}, _list_owned_files(bucket))


def _check_free(bucket: _Bucket) -> None:
    """Raise ReportError if a site would overwrite what somebody else put there."""
    found = bucket.file_system.get_file_info(fs.FileSelector(bucket.root, allow_not_found=True))
    if taken := sorted({info.base_name for info in found} & {INDEX, *OWNED_FOLDERS}):
        raise ReportError(
            f"{bucket.address} is no site of Counterclaim and holds {', '.join(taken)}. Nothing was written there. "
            "Name a new or empty prefix."
        )


def _list_owned_files(bucket: _Bucket) -> set[str]:
    """Return the files of a bucket in the folders that belong to a site."""
    found: set[str] = set()
    for folder in OWNED_FOLDERS:
        where = fs.FileSelector(f"{bucket.root}/{folder}", allow_not_found=True, recursive=True)
        files = (i.path for i in bucket.file_system.get_file_info(where) if i.type == fs.FileType.File)
        found |= {path.removeprefix(f"{bucket.root}/") for path in files}
    return found


def _order_uploads(changed: Sequence[str]) -> Iterator[list[str]]:
    """Yield groups of files, each after what its files refer to: data and styles, pages, and last the index."""
    named_by_content = [path for path in changed if path.startswith(NAMED_BY_CONTENT)]
    other_pages = [path for path in changed if not path.startswith(NAMED_BY_CONTENT) and path != INDEX]
    for paths in (named_by_content, other_pages, [path for path in changed if path == INDEX]):
        for start in range(0, len(paths), FILES_PER_CHECKPOINT):
            yield paths[start : start + FILES_PER_CHECKPOINT]


def _run_all(pool: ThreadPoolExecutor, work: Any, paths: Sequence[str]) -> None:
    """Do the work for each path; after an error, no further one is begun."""
    try:
        for _ in pool.map(work, paths):
            pass
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise


def _put_marker(bucket: _Bucket, state: _BucketState) -> None:
    marker = {"title": state.title, "pages": state.pages, "unfinished": sorted(state.unfinished)}
    bucket.put(MARKER, json.dumps(marker, sort_keys=True).encode())


@contextmanager
def _explain_bucket_errors(address: str) -> Iterator[None]:
    """Raise errors of a bucket as PublicationError, with advice."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        # A server that refuses a key repeats it in its message; then the original error must not be shown either.
        reason = redact_secrets(get_first_line(error))
        advice = advise_bucket_access(error) or "Correct the address or the settings of the bucket"
        raise PublicationError(
            f"The site cannot be published to {address}: {reason}. {advice}, and publish again: "
            "what was uploaded is kept."
        ) from (error if redact_secrets(str(error)) == str(error) else None)
