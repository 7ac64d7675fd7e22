"""Errors of the file system, the bucket or a library as WarehouseError: each kind with its own advice."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from deltalake.exceptions import DeltaError

from warehouse.credentials import get_first_line, redact_secrets
from warehouse.errors import WarehouseError
from warehouse.storage.location import WarehouseLocation

STORAGE_ERRORS = (OSError, DeltaError, pa.ArrowException)
ERROR_NUMBER = re.compile(r"os error (\d+)|\[errno (\d+)\]", re.IGNORECASE)
FULL_DISK_CODES = {errno.ENOSPC, errno.EDQUOT}
PERMISSION_CODES = {errno.EACCES, errno.EPERM, errno.EROFS}
BUCKET_ADVICE = (
    (
        re.compile(r"NoSuchBucket|bucket does not exist|specified bucket", re.I),
        "Create the bucket or correct its name",
    ),
    (
        re.compile(
            r"AccessDenied|Forbidden|InvalidAccessKey|SignatureDoesNotMatch|ACCESS_DENIED|credentials", re.I
        ),
        "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do in the bucket",
    ),
    (
        re.compile(r"error sending request|NETWORK_CONNECTION|connect|timed? ?out|dns", re.I),
        "The server cannot be reached: check AWS_ENDPOINT_URL, AWS_REGION and the network",
    ),
)
FREE_SPACE_ADVICE, PERMISSION_ADVICE = "Free space", "Correct the permissions"
DAMAGED_LOG_ADVICE = "The log of a table is damaged: restore the whole folder _delta from one backup"
PATH_ADVICE = {
    errno.ENOTDIR: "A part of the path is a file: name a folder",
    errno.ENAMETOOLONG: "The path is too long: name a shorter one",
    errno.ELOOP: "A link in the path leads back to itself: name another path",
}
GENERAL_ADVICE = "Free space or correct the permissions"


@contextmanager
def explain_storage_errors(location: WarehouseLocation, done: str = "written") -> Iterator[None]:
    """Raise storage errors of the block as WarehouseError, with advice; ``done`` is what failed: written or read."""
    try:
        yield
    except STORAGE_ERRORS as error:
        # A server that refuses a key repeats it in its message; then the original error must not be shown either.
        reason = redact_secrets(get_first_line(error))
        again = " and run again, or name another folder with --warehouse" if done == "written" else ""
        raise WarehouseError(
            f"The warehouse {location.uri} cannot be {done}: {reason}. What was published before is intact. "
            f"{_choose_advice(error, location)}{again}."
        ) from (error if redact_secrets(str(error)) == str(error) else None)


def advise_recovery(uri: Path | str, way_back: str | None = None) -> str:
    """Return what to do about damaged files.

    ``way_back`` says whether an older version helps; by default, the command that lists the older versions is named.
    """
    older = way_back or f", or go back to an older version with `counterclaim restore --warehouse {uri}`"
    return f"`counterclaim verify --deep --warehouse {uri}` names every damaged file. Restore them from a backup{older}"


def advise_bucket_access(error: Exception) -> str | None:
    """Return what to do about an error of a bucket; None if it is none of the known kinds."""
    return next((advice for kind, advice in BUCKET_ADVICE if kind.search(str(error))), None)


def _choose_advice(error: Exception, location: WarehouseLocation) -> str:
    """Return what to do about an error."""
    number = _find_error_number(error)
    if number in FULL_DISK_CODES:
        return FREE_SPACE_ADVICE
    if number in PERMISSION_CODES:
        return PERMISSION_ADVICE
    if location.local_folder is None and (known := advise_bucket_access(error)):
        return known
    if number in PATH_ADVICE:
        return PATH_ADVICE[number]
    if isinstance(error, DeltaError):
        return DAMAGED_LOG_ADVICE
    if isinstance(error, pa.ArrowException) or number in {None, errno.ENOENT, errno.EIO}:
        return f"A file of the tables is missing or damaged. {advise_recovery(location.uri)}"
    return GENERAL_ADVICE


def _find_error_number(error: Exception) -> int | None:
    """Return the error number of the operating system, taken from the message if a library gives it only there."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    match = ERROR_NUMBER.search(str(error))
    return int(match[1] or match[2]) if match else None
