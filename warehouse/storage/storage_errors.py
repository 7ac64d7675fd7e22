"""What to do where a file system, a bucket or a library refuses: each kind of failure has its own advice."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
from deltalake.exceptions import DeltaError

from warehouse.credentials import first_line, redacted
from warehouse.storage.location import Place, WarehouseError

REFUSALS = (OSError, DeltaError, pa.ArrowException)
NUMBER = re.compile(r"os error (\d+)|\[errno (\d+)\]", re.IGNORECASE)
FULL = {errno.ENOSPC, errno.EDQUOT}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
ADVICE = (
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
FREE, MEND = "Free space", "Mend the permissions"
BROKEN_FILE = (
    "A file of the tables is missing or damaged: "
    "`counterclaim verify --deep --warehouse {uri}` names it. Put it back from a backup, or go back with "
    "`counterclaim restore`"
)
BROKEN_LOG = "The log of a table is damaged: put the whole of _delta back from one backup"
UNKNOWN = "Free space or mend the permissions"


@contextmanager
def complaints(place: Place, done: str = "written") -> Iterator[None]:
    """Raise what refuses as WarehouseError, with what to do about it."""
    try:
        yield
    except REFUSALS as error:
        # A server that refuses a key repeats it; then the chain of errors may not be shown either.
        said = redacted(first_line(error))
        again = " and run again, or name another folder with --warehouse" if done == "written" else ""
        raise WarehouseError(
            f"The warehouse {place.uri} cannot be {done}: {said}. What was published before is intact. "
            f"{advise(error, place)}{again}."
        ) from (error if redacted(str(error)) == str(error) else None)


def advise(error: Exception, place: Place) -> str:
    """Return what to do about a refusal."""
    said, number = str(error), find_number(error)
    if number in FULL:
        return FREE
    if number in FORBIDDEN:
        return MEND
    if place.local is None and (known := next((told for kind, told in ADVICE if kind.search(said)), None)):
        return known
    if isinstance(error, DeltaError):
        return BROKEN_LOG
    if isinstance(error, pa.ArrowException) or number in {None, errno.ENOENT, errno.EIO}:
        return BROKEN_FILE.format(uri=place.uri)
    return UNKNOWN


def find_number(error: Exception) -> int | None:
    """Return the number of the operating system's error, also where a library tells it in words alone."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    match = NUMBER.search(str(error))
    return int(match[1] or match[2]) if match else None
