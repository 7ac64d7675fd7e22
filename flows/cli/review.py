"""``counterclaim review``: verdicts of people on rows, from a file into the tables; and the sheet to read."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.types import PositiveInt

from flows.cli.query import QueryError
from flows.cli.run import print_waiting
from flows.cli.terminal import format_warehouse_option
from flows.runtime.settings import DEFAULT_WAREHOUSE
from warehouse.errors import InputError

SampleGroup = Literal["type", "rule", "confidence", "publisher"]
"""the keys of ``GROUP_SQL`` in ``warehouse.reviews.sample_sheet``, which is not imported before the command runs"""
MAX_UNKNOWN_SHOWN = 5
OTHER_WORKBOOKS = {".xls", ".xlsm", ".xlsb", ".ods", ".numbers"}
"""suffixes of formats that are not written: a spreadsheet could not open CSV under such a name"""


def review(
    file: Annotated[Path | None, Parameter(name="FILE")] = None,
    /,
    *,
    reviewer: str | None = None,
    sample: PositiveInt | None = None,
    by: SampleGroup | None = None,
    out: Path = Path("review-sheet.csv"),
    keep_unknown: Annotated[bool, Parameter(negative=())] = False,
    warehouse: str = DEFAULT_WAREHOUSE,
) -> int:
    """Put verdicts on rows into the table `reviews`, or draw a sample of rows to read.

    The file is one that a page of `counterclaim report --site DIR` saved, or the sheet that `--sample` wrote, as CSV
    or as a workbook (.xlsx), with a verdict in each row that was read: accepted, rejected or corrected. Ids of rows
    are hashes of content, so verdicts hold across runs; the view `reviewed` applies them.

    Example: `counterclaim review --sample 50 --by type`

    Example: `counterclaim review --sample 50 --out review-sheet.xlsx`

    Example: `counterclaim review review-sheet.csv --reviewer Ada`

    Args:
        file: File of verdicts: JSON, CSV or .xlsx.
        reviewer: Name of the reviewer for verdicts of the file that name none.
        sample: Write a sheet of this many rows that nobody has reviewed, drawn at random.
        by: Draw the rows in equal numbers from each type, rule, tenth of confidence, or publisher.
        out: File to write the sheet to: a workbook with drop-downs if its name ends in .xlsx, else CSV.
        keep_unknown: Keep verdicts on rows that the tables do not have now, for a run that finds them again.
        warehouse: Folder of the tables, or s3://bucket/path.
    """
    if (file is None) == (sample is None):
        raise InputError("name a FILE of verdicts, or draw a sheet with --sample N")
    if sample:
        return _write_sheet(warehouse, sample, by, out)
    if by:
        raise InputError("--by is for --sample")
    assert file is not None
    return _store_file(warehouse, file, reviewer, keep_unknown)


def _write_sheet(warehouse: str, sample: int, by: SampleGroup | None, out: Path) -> int:
    from warehouse.queries.connection import connect_to_warehouse, explain_damage
    from warehouse.reviews.sample_sheet import draw_sample_sheet

    if out.suffix.lower() in OTHER_WORKBOOKS:
        raise QueryError(f"Expected a name that ends in .csv or .xlsx with --out; found {out}.")
    if out.exists():
        raise QueryError(f"{out} exists and may hold verdicts. Name another file with --out.")
    connection = connect_to_warehouse(warehouse)
    with explain_damage(warehouse):
        sheet = draw_sample_sheet(connection, sample, by)
    content = sheet.to_workbook() if out.suffix.lower() == ".xlsx" else sheet.to_csv()
    try:
        out.write_bytes(content)
    except OSError as error:
        raise QueryError(f"The sheet cannot be written to {out}: {error.strerror or error}.") from error
    print(f"The sheet is in {out}. Write accepted, rejected or corrected into the column verdict, then run:")
    print(f"counterclaim review {out} --reviewer NAME{format_warehouse_option(warehouse)}")
    return 0


def _store_file(warehouse: str, file: Path, reviewer: str | None, keep_unknown: bool) -> int:
    from warehouse.queries.connection import connect_to_warehouse, explain_damage
    from warehouse.reviews import check_verdicts, read_placed_verdicts, store_verdicts

    placed = read_placed_verdicts(file, reviewer)
    if not placed:
        raise InputError(f"{file} holds no verdict")
    with explain_damage(warehouse):
        unknown_names = check_verdicts(connect_to_warehouse(warehouse), placed, keep_unknown)
    done = store_verdicts(warehouse, [verdict for verdict, _ in placed], print_waiting)
    news = "verdict" if done.n_new == 1 else "verdicts"
    print(f"{warehouse}: {done.n_new} new {news}, {done.n_changed} changed, {done.n_unchanged} as before")
    if unknown := done.unknown_ids:
        shown = ", ".join(unknown[:MAX_UNKNOWN_SHOWN])
        print(
            f"{len(unknown)} of the rows are not in the tables now: {shown}. Their verdicts are kept.",
            file=sys.stderr,
        )
    if unknown_names:
        print(_word_unknown_names(unknown_names), file=sys.stderr)
    return 0


def _word_unknown_names(told: list[str]) -> str:
    """Return the corrected names that no entity has, and what to do about them."""
    n = len(told)
    lines = [
        "No entity has this name, which is kept as written:"
        if n == 1
        else f"No entity has these {n} names, which are kept as written:",
        *told[:MAX_UNKNOWN_SHOWN],
        *([f"and {n - MAX_UNKNOWN_SHOWN} more"] if n > MAX_UNKNOWN_SHOWN else []),
        "If one is misspelt, correct it in the file and run the command again.",
    ]
    return "\n".join(lines)
