"""The command line ``counterclaim``: each command is one small function; heavy imports wait until it runs."""

import os
import signal
import sys
from collections.abc import Callable, Sequence

from cyclopts import App, CycloptsError, Group

from flows.cli.evaluate import evaluate
from flows.cli.explain import explain
from flows.cli.export import export
from flows.cli.maintenance import backfill, compact, migrate, restore, verify
from flows.cli.query import query, tables
from flows.cli.report import report
from flows.cli.run import run
from flows.cli.terminal import print_everywhere
from warehouse.errors import FailureError, InputError

FAILED, BAD_INPUT = FailureError.exit_code, InputError.exit_code
INTERRUPTED, UNREAD, TERMINATED = 130, 141, 143
AFTER_INTERRUPT = {
    "run": "What it had published is kept; the same command again extracts only what is missing.",
    "backfill": "What it had published is kept; the same command again extracts all of it anew.",
    **dict.fromkeys(
        ("compact", "restore", "migrate"),
        "The tables are whole, at the old version or the new one; the same command again ends the work.",
    ),
}
"""command → what was kept when it is interrupted, and what the next run of it will do"""


def installed() -> str:
    """Return the version of this package; the library that knows it takes a while to load."""
    from importlib.metadata import version

    return version("counterclaim")


app = App(
    name="counterclaim",
    help="Who said what about whom, who denied it, and which claim each denial answers.",
    help_format="markdown",
    version=installed,
    version_flags=["--version"],
    result_action="return_value",
)
COMMANDS: dict[str, tuple[Callable[..., object], ...]] = {
    "Read and ask": (run, report, query, tables, export),
    "See how good it is": (explain, evaluate),
    "Look after the tables": (verify, backfill, compact, restore, migrate),
}
for title, commands in COMMANDS.items():
    group = Group.create_ordered(title)
    for number, command in enumerate(commands):
        app.command(command, group=group, sort_key=number)
app["--help"].group = app["--version"].group = Group.create_ordered("Other")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 bad input, 130 interrupted, 141 not read on, 143 ended."""
    print_everywhere()
    # As an exception, so that a run that is told to end ends its workers and its server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        code = app(arguments, exit_on_error=False)
        print(end="", flush=True)
        sys.exit(code)
    except BrokenPipeError:
        # Whoever reads has seen enough, as `head` has. What is still unwritten goes nowhere, without complaint.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(UNREAD)
    except CycloptsError:
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        command = next(iter(sys.argv[1:] if arguments is None else arguments), "")
        kept = AFTER_INTERRUPT.get(command, "It only reads: no table is changed.")
        print(f"counterclaim: interrupted. {kept}", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except (InputError, FailureError) as error:
        print(f"counterclaim: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
