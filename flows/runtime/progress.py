"""What a person sees while a run goes: live bars on a terminal, a line a batch elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows.pipeline.batches import counted


@dataclass(slots=True)
class Meter:
    """How far a run is: ``say`` gets a line a batch, the bars move, and ``show`` gets the share done."""

    bars: Progress
    say: Callable[[str], None]
    show: Callable[[float, str], None]
    batches: int = 0
    finished: int = 0
    rows: dict[str, TaskID] = field(default_factory=dict)

    def wait(self, holder: str) -> None:
        """Tell that another run is writing to the warehouse."""
        self.say(f"waiting: {holder} is writing to this warehouse")

    def read(self, documents: int) -> None:
        """Tell how many documents have been read so far."""
        if "read" not in self.rows:
            self.rows["read"] = self.bars.add_task("read", total=None, note="documents")
        self.bars.update(self.rows["read"], completed=documents)

    def plan(self, documents: int, batches: int) -> None:
        """Tell what is to be extracted."""
        self.batches = batches
        self.rows["extract"] = self.bars.add_task(
            "extract", total=documents, note=f"documents, batch 0/{batches}"
        )
        planned = f"{counted(documents)} to extract, in {batches} batch{'es' * (batches != 1)}"
        self.say(planned)
        self.show(0.0, planned)

    def batch(self, documents: int, found: str) -> None:
        """Tell that one more batch is done, and what it found."""
        # The pieces of a batch that was split are more than was planned.
        self.finished += 1
        self.batches = max(self.batches, self.finished)
        batch = f"batch {self.finished}/{self.batches}"
        self.bars.update(self.rows["extract"], advance=documents, note=f"documents, {batch}")
        row = self.bars.tasks[self.rows["extract"]]
        done = f"{batch}, document {row.completed:.0f}/{row.total:.0f}"
        self.say(f"{done}: {found}")
        self.show(row.completed / (row.total or 1), done)


def screen(quiet: bool) -> Console:
    """Return the console of a run; that of a worker's run is quiet, as its log is printed already."""
    return Console(stderr=True, highlight=False, quiet=quiet)


@contextmanager
def metered(
    log: Callable[[str], None], show: Callable[[float, str], None], console: Console
) -> Iterator[Meter]:
    """Yield the meter of a run; its lines go to the log and the console, its shares to ``show``."""
    columns = (
        TextColumn("{task.description:8}"),
        BarColumn(20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as bars:

        def say(line: str) -> None:
            log(line)
            console.print(line, soft_wrap=True)

        yield Meter(bars, say, show)
