"""The child process that serves Prefect's API for one run; see :mod:`flows.runtime.server`."""

import os
import socket
import sys
import threading
from pathlib import Path

import uvicorn
from prefect.server.api.server import create_app

from warehouse.file_lock import exclusive


class Server(uvicorn.Server):
    """A server that lays its tables while no other does: two runs may meet over one fresh database."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start under a lock that the kernel frees with the process."""
        with exclusive(Path(os.environ["PREFECT_HOME"]) / ".starting"):
            await super().startup(sockets)


def end_with_parent() -> None:
    """End this process when the other end of standard input closes: its holder has ended."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve on the listening socket whose number is the first argument."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    app = create_app(ephemeral=True, final=True)
    Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    main()
