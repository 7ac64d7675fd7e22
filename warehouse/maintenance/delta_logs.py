"""Trimming the logs of the Delta tables: removes commits and checkpoints that no version within the retention needs.

A log has one file for each commit. Every opening of a table and every commit lists them all, so that frequent runs
would become slower each day. Delta trims its logs only after thirty days; versions can be restored for a week.
"""

from datetime import UTC, datetime, timedelta

from pyarrow import fs

from warehouse.storage.delta_tables import LOG_FILE_NAME, get_log_folder
from warehouse.storage.location import WarehouseLocation

CHECKPOINT_SUFFIX = ".checkpoint.parquet"


def trim_log(location: WarehouseLocation, name: str, version: int, hours: int) -> int:
    """Remove the log files that no version of a table younger than ``hours`` needs; return how many were removed.

    A version is read from the last checkpoint before it: all files are removed that precede the newest
    checkpoint of that age that is not newer than the published ``version``.
    """
    found = location.file_system.get_file_info(fs.FileSelector(get_log_folder(location, name)))
    entries = {
        info.path: int(info.base_name[:20]) for info in found if LOG_FILE_NAME.fullmatch(info.base_name)
    }
    before = datetime.now(UTC) - timedelta(hours=hours)
    old = {info.path for info in found if info.path.endswith(CHECKPOINT_SUFFIX) and info.mtime < before}
    first = max((entries[path] for path in old if entries[path] <= version), default=0)
    unneeded = sorted(path for path, number in entries.items() if number < first)
    for path in unneeded:
        location.file_system.delete_file(path)
    return len(unneeded)
