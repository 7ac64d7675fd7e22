"""What Prefect, numpy and Arrow find in the environment; a variable that the user has set is never changed."""

import importlib.util
import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
CONSOLE, QUIET = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL"


def refuse_strangers() -> None:
    """End with a message if another package bears the name of one of ours and is found before it.

    It ends the process, since what is imported next would fail with an error that names neither cause nor remedy.
    """
    for name in ("tasks", "warehouse"):
        spec = importlib.util.find_spec(name)
        found = Path((spec.submodule_search_locations or [spec.origin or "."])[0]) if spec else None
        if found is None or found.resolve() != CHECKOUT / name:
            sys.exit(
                f"counterclaim: the package {name!r} is {found or 'missing'}, not that of Counterclaim in "
                f"{CHECKOUT}: take its folder out of PYTHONPATH, or call counterclaim from another folder."
            )


def prefect_home() -> Path:
    """Return the folder of Prefect's state: in the checkout, or where an installed package is run.

    Where the user may not write there, it is a folder of the user's own.
    """
    is_checkout = (CHECKOUT / "pyproject.toml").exists()
    usual = (CHECKOUT if is_checkout else Path.cwd()) / ".prefect"
    return usual if is_writable(usual) else user_state() / "prefect"


def is_writable(folder: Path) -> bool:
    """Tell whether files can be written to a folder, or the folder be made; nothing is made to find out."""
    found = folder if folder.exists() else folder.parent
    if not found.is_dir():
        return False
    log = folder / "server.log"
    return os.access(found, os.W_OK | os.X_OK) and (not log.exists() or os.access(log, os.W_OK))


def user_state() -> Path:
    """Return the folder of this program's state for the user (XDG Base Directory Specification)."""
    named = os.environ.get("XDG_STATE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "state") / "counterclaim"


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
        # A call to a server that is gone takes a quarter of a minute; a run ends with two of them, after it has
        # waited for the server (flows/runtime/prefect_calls.py).
        "PREFECT_CLIENT_MAX_RETRIES": "3",
        # Workers are processes: one that multiplied matrices on every core would take them from the others.
        "OPENBLAS_NUM_THREADS": "1",
    }
    if sys.platform == "linux":
        # Arrow's own choice keeps half a gigabyte of what a run of ten thousand documents has given back.
        defaults["ARROW_DEFAULT_MEMORY_POOL"] = "jemalloc"
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
