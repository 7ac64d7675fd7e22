"""The command line ``counterclaim``: each command is a function, which imports heavy libraries only when it runs."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from cyclopts import App, CycloptsError, Group

from flows.cli.evaluate import evaluate
from flows.cli.explain import explain
from flows.cli.export import export
from flows.cli.maintenance import backfill, compact, migrate, restore, verify
from flows.cli.query import query, tables
from flows.cli.report import report
from flows.cli.review import review
from flows.cli.run import run
from flows.cli.terminal import allow_any_terminal_encoding
from warehouse.errors import FailureError, InputError

FAILURE_CODE, INPUT_ERROR_CODE = FailureError.exit_code, InputError.exit_code
INTERRUPT_CODE, CLOSED_PIPE_CODE, TERMINATION_CODE = 130, 141, 143
INTERRUPT_ADVICE = {
    "run": "What it has published is kept; the same command extracts only what is missing.",
    "backfill": "What it has published is kept; the same command extracts all documents again.",
    "review": "The table of reviews is as it was, or has all verdicts of the file; the same command is safe to repeat.",
    **dict.fromkeys(
        ("compact", "restore", "migrate"),
        "The tables are complete, at the old version or the new one; the same command finishes the work.",
    ),
}
"""command → what is kept when it is interrupted, and what the same command will do"""


def _get_installed_version() -> str:
    """Return the version of this package; the import is here because it is slow."""
    from importlib.metadata import version

    return version("counterclaim")


app = App(
    name="counterclaim",
    help="Who said what about whom, who denied it, and which claim each denial answers.",
    help_format="markdown",
    version=_get_installed_version,
    version_flags=["--version"],
    result_action="return_value",
)
COMMAND_GROUPS: dict[str, tuple[Callable[..., object], ...]] = {
    "Read and query": (run, report, review, query, tables, export),
    "Inspect and evaluate": (explain, evaluate),
    "Maintain the tables": (verify, backfill, compact, restore, migrate),
}


def _register_commands() -> None:
    """Add the commands to the application, in the order of the groups."""
    for title, commands in COMMAND_GROUPS.items():
        group = Group.create_ordered(title)
        for number, command in enumerate(commands):
            app.command(command, group=group, sort_key=number)
    app["--help"].group = app["--version"].group = Group.create_ordered("Other")


_register_commands()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 bad input, 130 interrupted, 141 pipe closed, 143 ended."""
    allow_any_terminal_encoding()
    # SIGTERM becomes an exception, so that a run ends its workers and its server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATION_CODE))
    try:
        code = app(arguments, exit_on_error=False)
        print(end="", flush=True)
        sys.exit(code)
    except BrokenPipeError:
        _exit_with_closed_pipe()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            _exit_with_closed_pipe()  # rich makes exit code 1 of it
        raise
    except CycloptsError:
        sys.exit(INPUT_ERROR_CODE)
    except KeyboardInterrupt:
        command = next(iter(sys.argv[1:] if arguments is None else arguments), "")
        kept = INTERRUPT_ADVICE.get(command, "It only reads: no table is changed.")
        print(f"counterclaim: interrupted. {kept}", file=sys.stderr)
        sys.exit(INTERRUPT_CODE)
    except (InputError, FailureError) as error:
        print(f"counterclaim: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _exit_with_closed_pipe() -> NoReturn:
    """Exit after the reader has closed the pipe, as `head` does; discard what is still buffered."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(CLOSED_PIPE_CODE)
