"""The progress of a run: live bars on a terminal, elsewhere one line per batch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows.text_formats import format_document_count


@dataclass(slots=True)
class RunProgress:
    """How far a run is, as bars, as lines of text and as a share in [0, 1]."""

    bars: Progress
    report_line: Callable[[str], None]
    report_share: Callable[[float, str], None]
    """gets the share of documents that are extracted, and a description"""
    planned_batches: int = 0
    finished_batches: int = 0
    bar_ids: dict[str, TaskID] = field(default_factory=dict)

    def report_waiting(self, holder: str) -> None:
        """Report that another run is writing to the warehouse."""
        self.report_line(f"waiting: {holder} is writing to this warehouse")

    def report_read(self, documents: int) -> None:
        """Report how many documents have been read so far."""
        if "read" not in self.bar_ids:
            self.bar_ids["read"] = self.bars.add_task("read", total=None, note="documents")
        self.bars.update(self.bar_ids["read"], completed=documents)

    def report_plan(self, documents: int, batches: int) -> None:
        """Report how many documents are to be extracted."""
        self.planned_batches = batches
        self.bar_ids["extract"] = self.bars.add_task(
            "extract", total=documents, note=f"documents, batch 0/{batches}"
        )
        planned = f"{format_document_count(documents)} to extract, in {batches} batch{'es' * (batches != 1)}"
        self.report_line(planned)
        self.report_share(0.0, planned)

    def report_batch(self, documents: int, result: str) -> None:
        """Report that one more batch of so many documents is done, and its result."""
        self.finished_batches += 1
        # The halves of batches that were split were not planned.
        self.planned_batches = max(self.planned_batches, self.finished_batches)
        batch = f"batch {self.finished_batches}/{self.planned_batches}"
        self.bars.update(self.bar_ids["extract"], advance=documents, note=f"documents, {batch}")
        bar = self.bars.tasks[self.bar_ids["extract"]]
        done = f"{batch}, document {bar.completed:.0f}/{bar.total:.0f}"
        self.report_line(f"{done}: {result}")
        self.report_share(bar.completed / (bar.total or 1), done)


def make_console(quiet: bool) -> Console:
    """Return the console of a run; a worker prints the log of its runs already, so its console is quiet."""
    return Console(stderr=True, highlight=False, quiet=quiet)


@contextmanager
def track_progress(
    log: Callable[[str], None], report_share: Callable[[float, str], None], console: Console
) -> Iterator[RunProgress]:
    """Yield the progress of a run, whose lines go to the log and the console."""
    columns = (
        TextColumn("{task.description:8}"),
        BarColumn(20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as bars:

        def report_line(line: str) -> None:
            log(line)
            console.print(line, soft_wrap=True)

        yield RunProgress(bars, report_line, report_share)
