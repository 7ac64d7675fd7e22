"""Files of verdicts: JSON, as the pages of a site save it; CSV or .xlsx, as a spreadsheet saves the sheet to read."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warehouse.reviews.verdicts import ReviewError, Verdict, make_verdict, raise_faults
from warehouse.reviews.workbooks import is_workbook, read_workbook

FORMULA_GUARD = "'"
"""what a CSV sheet puts before text that a spreadsheet would take for a formula"""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MAX_FILE_BYTES = 100_000_000
SEMICOLON_LOCALES = ";\t"
"""separators of spreadsheets in countries that write a decimal comma, and of text pasted from them"""


def read_verdicts(path: Path, reviewer: str | None = None) -> list[Verdict]:
    """Return the rows of ``reviews`` that a file holds; of two verdicts on one row the later counts.

    Rows of a sheet without a verdict are passed over. Raises ReviewError with each place of what does not fit.
    """
    return [verdict for verdict, _ in read_placed_verdicts(path, reviewer)]


def read_placed_verdicts(path: Path, reviewer: str | None = None) -> list[tuple[Verdict, str]]:
    """Return the verdicts of :func:`read_verdicts`, each with its place in the file, for messages."""
    placed, faults = list[tuple[Verdict, str]](), list[str]()
    for given, place in _read_file(path):
        try:
            placed.append((make_verdict(given, reviewer, place), place))
        except ReviewError as error:
            faults.append(str(error))
    raise_faults(faults)
    return list({(v["statement_id"], v["reviewer"]): (v, place) for v, place in placed}.values())


def _read_file(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Return the verdicts of a file, each with its place; the content decides what kind of file it is."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ReviewError(
                f"{path} is larger than {MAX_FILE_BYTES:,} bytes: it can hold no sheet of verdicts"
            )
        payload = path.read_bytes()
        if is_workbook(payload):
            return read_workbook(payload, path)
        text = payload.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError(f"The file {path} cannot be read: {error}") from error
    return _read_json(text, path) if text.lstrip().startswith(("{", "[")) else _read_csv(text, path)


def _read_json(text: str, path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each verdict of a JSON file with its place."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ReviewError(f"{path} is not complete JSON: {error}") from error
    listed = data.get("reviews") if isinstance(data, dict) else data
    if not isinstance(listed, list):
        raise ReviewError(f"{path}: expected a list of verdicts under 'reviews'")
    for number, given in enumerate(listed, 1):
        place = f"{path}, verdict {number}"
        if not isinstance(given, dict):
            raise ReviewError(f"{place}: expected an object; found {given!r}")
        yield given, place


def _read_csv(text: str, path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each verdict of a sheet with its place."""
    header = text.partition("\n")[0]
    separator = next((mark for mark in SEMICOLON_LOCALES if mark in header and "," not in header), ",")
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    if missing := {"statement_id", "verdict"} - set(rows.fieldnames or ()):
        raise ReviewError(f"{path}: the columns {', '.join(sorted(missing))} are missing")
    for number, row in enumerate(rows, 2):
        given = {name: _remove_guard(value) for name, value in row.items() if name and value}
        if given.get("verdict", "").strip():
            yield given, f"{path}, line {number}"


def guard_formula(text: str) -> str:
    """Return text that a spreadsheet would take for a formula with an apostrophe before it."""
    return FORMULA_GUARD + text if text.startswith(FORMULA_STARTS) else text


def _remove_guard(text: str) -> str:
    """Return text as it was before :func:`guard_formula`; another apostrophe stays."""
    bare = text.removeprefix(FORMULA_GUARD)
    return bare if bare.startswith(FORMULA_STARTS) else text
