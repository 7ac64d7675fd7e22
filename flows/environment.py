"""What Prefect, numpy and Arrow find in the environment; a variable that the user has set is never changed."""

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CONSOLE, QUIET = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL"


def prefect_home() -> Path:
    """Return the folder of Prefect's state: in the checkout, or where an installed package is run."""
    is_checkout = (CHECKOUT / "pyproject.toml").exists()
    return (CHECKOUT if is_checkout else Path.cwd()) / ".prefect"


def prepare() -> None:
    """Set the variables that keep Prefect at home, silent towards the network, and quick to record runs."""
    recorder = "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER"
    defaults = {
        "PREFECT_HOME": str(prefect_home()),
        # Together these two leave no connection to the outside.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The command line reports on the run itself; the server keeps the full log.
        CONSOLE: QUIET,
        # Where a server goes away, this logger would print whole events on standard output.
        "PREFECT_LOGGING_INTERNAL_LEVEL": QUIET,
        # A fresh database needs some 15 s; a loaded machine several times that.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        # With the stock values a run of a thousand batches ends before its task runs are written.
        f"{recorder}_BATCH_SIZE": "500",
        f"{recorder}_READ_BATCH_SIZE": "500",
        f"{recorder}_FLUSH_INTERVAL": "1",
        # Workers are processes: one that multiplied matrices on every core would take them from the others.
        "OPENBLAS_NUM_THREADS": "1",
    }
    if sys.platform == "linux":
        # Arrow's own choice keeps half a gigabyte of what a run of ten thousand documents has given back.
        defaults["ARROW_DEFAULT_MEMORY_POOL"] = "jemalloc"
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
