"""``python -m flows.watch FOLDER``: tell Prefect of new files in a folder; an automation makes a run of it.

Prefect watches no folders. This looks every few seconds, and when a file of a readable kind is new or changed, and
has not grown since the last look, it sends the event ``counterclaim.files.new``. The deployment ``watch`` in
``prefect.yaml`` turns each of them into a run.

It remembers nothing when it ends. When it starts, it tells of the whole folder: what the warehouse holds already
costs a run no more than a hash.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from prefect.events import Event, get_events_client
from prefect.events.schemas.events import Resource

from tasks.read.source_files import Source, find_path

EVENT = "counterclaim.files.new"
RESOURCE = "counterclaim.folder"
MOST = 200
"""files that an event names; of more, it names the folder"""

Stamps = Mapping[Path, tuple[int, int]]
"""size and time of change in nanoseconds, by file"""


def look(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return the stamps of the files below a folder that a run would read."""
    stamps = {}
    for found in find_path(folder):
        if isinstance(found, Source):
            try:
                state = found.path.stat()
            except OSError:  # gone since
                continue
            stamps[found.path] = (state.st_size, state.st_mtime_ns)
    return stamps


def settled(told: Stamps, before: Stamps, now: Stamps) -> list[Path]:
    """Return the files that are to be told of: new or changed, and the same at two looks."""
    return sorted(path for path, stamp in now.items() if before.get(path) == stamp != told.get(path))


def event(folder: Path, files: list[Path]) -> Event:
    """Return the event that tells of files in a folder."""
    paths = [str(folder)] if len(files) > MOST else [str(path) for path in files]
    resource = {"prefect.resource.id": RESOURCE, "prefect.resource.name": str(folder)}
    return Event(event=EVENT, resource=Resource(resource), payload={"paths": paths, "files": len(files)})


async def send(event: Event) -> None:
    """Send an event to the server, or raise if it cannot be reached."""
    async with get_events_client(checkpoint_every=1) as client:
        await client.emit(event)


def watch(folder: Path, every: float) -> None:
    """Look and tell until somebody stops it; what could not be sent is told at the next look."""
    told: dict[Path, tuple[int, int]] = {}
    before: dict[Path, tuple[int, int]] = {}
    while True:
        now = look(folder)
        if files := settled(told, before, now):
            try:
                asyncio.run(send(event(folder, files)))
            except Exception as error:
                print(
                    f"{folder}: Prefect cannot be told ({error}); trying again", file=sys.stderr, flush=True
                )
            else:
                print(f"{folder}: {len(files)} new files", flush=True)
                told |= {path: now[path] for path in files}
        before = now
        time.sleep(every)


def main() -> None:
    """Read the arguments and watch."""
    parser = argparse.ArgumentParser(prog="python -m flows.watch", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder to watch, with all below it")
    parser.add_argument("--every", type=float, default=10, metavar="SECONDS", help="time between two looks")
    given = parser.parse_args()
    if not given.folder.is_dir():
        parser.error(f"{given.folder} is no folder")
    try:
        watch(given.folder.resolve(), given.every)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
