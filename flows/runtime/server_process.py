"""The child process that serves Prefect's API for one run; see :mod:`flows.runtime.server`."""

import os
import socket
import sys
import threading
from pathlib import Path

import uvicorn
from prefect.server.api.server import create_app

from warehouse.file_lock import hold_file_lock


class LockedStartupServer(uvicorn.Server):
    """A server that starts while no other does: two runs may otherwise create the tables of one database at once."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start under a lock, which the kernel frees if the process dies."""
        with hold_file_lock(Path(os.environ["PREFECT_HOME"]) / ".starting"):
            await super().startup(sockets)


def _exit_with_parent() -> None:
    """End this process when standard input closes, which is when the process of the run has ended."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve on the listening socket whose file descriptor is the first argument.

    ``create_app`` is not documented; the documented ways to start a server cannot be given a socket that is open
    already. ``ephemeral`` leaves out the user interface and background services, ``final`` what only a second
    application in the process would need.
    """
    listener = socket.socket(fileno=int(sys.argv[1]))
    app = create_app(ephemeral=True, final=True)
    LockedStartupServer(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


if __name__ == "__main__":
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    main()
