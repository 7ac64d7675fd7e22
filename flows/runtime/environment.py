"""Environment variables for Prefect, numpy and Arrow; variables that the user has set are never changed."""

import importlib.util
import os
import sys
from pathlib import Path

CHECKOUT_ROOT = Path(__file__).resolve().parents[2]
CONSOLE_LEVEL_VARIABLE, QUIET_LEVEL = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL"


def refuse_foreign_packages() -> None:
    """Exit with a message if Python finds another package under the name of one of ours.

    Otherwise the next import would fail with an error that names neither the cause nor the remedy.
    """
    for name in ("tasks", "warehouse"):
        spec = importlib.util.find_spec(name)
        found = Path((spec.submodule_search_locations or [spec.origin or "."])[0]) if spec else None
        if found is None or found.resolve() != CHECKOUT_ROOT / name:
            sys.exit(
                f"counterclaim: the package {name!r} is {found or 'missing'}, not that of Counterclaim in "
                f"{CHECKOUT_ROOT}: remove its folder from PYTHONPATH, or call counterclaim from another folder."
            )


def find_prefect_home() -> Path:
    """Return the folder of Prefect's state: in the checkout or, for an installed package, in the current folder.

    If the user may not write there, it is in the user's state folder.
    """
    is_checkout = (CHECKOUT_ROOT / "pyproject.toml").exists()
    usual = (CHECKOUT_ROOT if is_checkout else Path.cwd()) / ".prefect"
    return usual if is_writable(usual) else find_user_state_folder() / "prefect"


def is_writable(folder: Path) -> bool:
    """Return True if files can be written to a folder, or the folder can be created; nothing is created."""
    found = folder if folder.exists() else folder.parent
    if not found.is_dir():
        return False
    log = folder / "server.log"
    return os.access(found, os.W_OK | os.X_OK) and (not log.exists() or os.access(log, os.W_OK))


def find_user_state_folder() -> Path:
    """Return the user's folder for the state of this program (XDG Base Directory Specification)."""
    named = os.environ.get("XDG_STATE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "state") / "counterclaim"


def set_environment_defaults() -> None:
    """Set the variables that keep Prefect's state local, its network use at zero, and its recording of runs fast."""
    recorder = "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER"
    defaults = {
        "PREFECT_HOME": str(find_prefect_home()),
        # With both, Prefect opens no connection to the outside.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The command line prints its own report; the server keeps the full log.
        CONSOLE_LEVEL_VARIABLE: QUIET_LEVEL,
        # If a server goes away, this logger would print whole events on standard output.
        "PREFECT_LOGGING_INTERNAL_LEVEL": QUIET_LEVEL,
        # Creating a database takes about 15 s, on a loaded machine several times as long.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        # With Prefect's defaults, a run of a thousand batches ends before its task runs are written.
        f"{recorder}_BATCH_SIZE": "500",
        f"{recorder}_READ_BATCH_SIZE": "500",
        f"{recorder}_FLUSH_INTERVAL": "1",
        # With three retries, a call to a server that is gone takes 15 s; a run ends with two such calls, after it
        # has waited for the server (flows/runtime/prefect_calls.py).
        "PREFECT_CLIENT_MAX_RETRIES": "3",
        # Workers are processes: one that multiplied matrices on every core would slow down the others.
        "OPENBLAS_NUM_THREADS": "1",
    }
    if sys.platform == "linux":
        # Arrow's default allocator keeps half a gigabyte that a run of ten thousand documents has freed.
        defaults["ARROW_DEFAULT_MEMORY_POOL"] = "jemalloc"
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
