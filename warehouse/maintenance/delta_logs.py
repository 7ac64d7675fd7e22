"""The logs of the Delta tables: of their commits and checkpoints, those that can still be asked for are kept.

A log has a file a commit. Whoever opens a table or commits lists them all, so that a run a minute would cost more
each day. Delta cuts its logs by itself after thirty days; versions can be restored for a week.
"""

from datetime import UTC, datetime, timedelta

from pyarrow import fs

from warehouse.storage.delta_tables import COMMIT, log_folder
from warehouse.storage.location import Place

CHECKPOINT = ".checkpoint.parquet"


def trim(place: Place, name: str, version: int, hours: int) -> int:
    """Remove what no version of a table needs that is newer than so many hours; return how many files went.

    A version is read from the last checkpoint before it. So everything goes before the newest checkpoint of
    that age, which is not beyond the version that is published.
    """
    found = place.files.get_file_info(fs.FileSelector(log_folder(place, name)))
    entries = {info.path: int(info.base_name[:20]) for info in found if COMMIT.fullmatch(info.base_name)}
    before = datetime.now(UTC) - timedelta(hours=hours)
    old = {info.path for info in found if info.path.endswith(CHECKPOINT) and info.mtime < before}
    first = max((entries[path] for path in old if entries[path] <= version), default=0)
    going = sorted(path for path, number in entries.items() if number < first)
    for path in going:
        place.files.delete_file(path)
    return len(going)
