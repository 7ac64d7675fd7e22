"""``python -m flows.watch FOLDER``: report new files in a folder to Prefect, which starts a run for them.

Prefect does not watch folders. This program checks a folder every few seconds. When a file of a readable kind is new or
has changed, and is the same at two checks, it sends the event ``counterclaim.files.new``. The deployment ``watch`` in
``prefect.yaml`` starts a run for each event.

It stores no state. When it starts, it reports the whole folder; files that the warehouse holds already cost a run a
hash each.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from prefect.events import Event, get_events_client
from prefect.events.schemas.events import Resource

from tasks.read.source_files import SourceFile, find_path_sources

NEW_FILES_EVENT = "counterclaim.files.new"
FOLDER_RESOURCE_ID = "counterclaim.folder"
MAX_FILES_NAMED = 200
"""files that an event names; if there are more, it names the folder"""

FileStamps = Mapping[Path, tuple[int, int]]
"""size in bytes and time of modification in nanoseconds, by file"""


def read_file_stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return size and time of the files in a folder that a run would read."""
    stamps = {}
    for found in find_path_sources(folder):
        if isinstance(found, SourceFile):
            try:
                state = found.path.stat()
            except OSError:  # deleted meanwhile
                continue
            stamps[found.path] = (state.st_size, state.st_mtime_ns)
    return stamps


def find_stable_files(reported: FileStamps, before: FileStamps, now: FileStamps) -> list[Path]:
    """Return the files to report: new or changed since they were reported, and the same at two checks."""
    return sorted(path for path, stamp in now.items() if before.get(path) == stamp != reported.get(path))


def make_event(folder: Path, files: list[Path]) -> Event:
    """Return the event that reports files in a folder."""
    paths = [str(folder)] if len(files) > MAX_FILES_NAMED else [str(path) for path in files]
    resource = {"prefect.resource.id": FOLDER_RESOURCE_ID, "prefect.resource.name": str(folder)}
    return Event(
        event=NEW_FILES_EVENT, resource=Resource(resource), payload={"paths": paths, "files": len(files)}
    )


async def _send_event(event: Event) -> None:
    """Send an event to the server; raise an error if it cannot be reached."""
    async with get_events_client(checkpoint_every=1) as client:
        await client.emit(event)


def _watch_folder(folder: Path, interval: float) -> None:
    """Check a folder and report files without end; an event that could not be sent is sent after the next check."""
    reported: dict[Path, tuple[int, int]] = {}
    before: dict[Path, tuple[int, int]] = {}
    while True:
        now = read_file_stamps(folder)
        if files := find_stable_files(reported, before, now):
            try:
                asyncio.run(_send_event(make_event(folder, files)))
            except Exception as error:
                print(
                    f"{folder}: the event could not be sent ({error}); trying again",
                    file=sys.stderr,
                    flush=True,
                )
            else:
                print(f"{folder}: {len(files)} new files", flush=True)
                reported |= {path: now[path] for path in files}
        before = now
        time.sleep(interval)


def main() -> None:
    """Read the arguments and watch the folder."""
    parser = argparse.ArgumentParser(prog="python -m flows.watch", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder to watch, including its subfolders")
    parser.add_argument("--every", type=float, default=10, metavar="SECONDS", help="time between two checks")
    given = parser.parse_args()
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is not a folder")
    try:
        _watch_folder(given.folder.resolve(), given.every)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
