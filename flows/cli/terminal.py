"""Output for terminals of any encoding: characters that the encoding lacks are replaced by ASCII or escaped."""

import codecs
import io
import shlex
import sys
import unicodedata
from typing import BinaryIO

from flows.runtime.settings import DEFAULT_WAREHOUSE

ASCII_ERROR_HANDLER = "counterclaim.plain"
"""name under which the error handler of the codecs is registered"""
ASCII_REPLACEMENTS = {
    "\u00a0": " ",
    "\u00b7": "-",
    "\u2013": "-",
    "\u2014": "--",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2022": "*",
    "\u2026": "...",
    "\u2192": "->",
    "\u00d7": "x",
}
"""frequent character of messages and news texts → its replacement if the encoding lacks it"""


def allow_any_terminal_encoding() -> None:
    """Make standard output and standard error accept any text, whatever their encoding."""
    codecs.register_error(ASCII_ERROR_HANDLER, _replace_unencodable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ASCII_ERROR_HANDLER)


def _replace_unencodable(error: UnicodeError) -> tuple[str, int]:
    """Return the replacement of characters that an encoding lacks, and the position after them."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_to_ascii, error.object[error.start : error.end])), error.end


def _to_ascii(character: str) -> str:
    if character in ASCII_REPLACEMENTS:
        return ASCII_REPLACEMENTS[character]
    kind, _, lines = unicodedata.name(character, "").partition("BOX DRAWINGS ")
    if lines and not kind:
        return _to_ascii_line(lines)
    return character.encode("ascii", "backslashreplace").decode("ascii")


def _to_ascii_line(name: str) -> str:
    """Return the ASCII character for a box-drawing line, by the end of its Unicode name: ``LIGHT HORIZONTAL``."""
    if "VERTICAL" in name and "HORIZONTAL" not in name and "AND" not in name:
        return "|"
    return "-" if "VERTICAL" not in name and "DOWN" not in name and "UP" not in name else "+"


def write_whole(stream: BinaryIO, content: bytes) -> None:
    """Write all bytes: an unbuffered stream takes some and reports a closed pipe only at the next write."""
    view = memoryview(content)
    while view:
        view = view[stream.write(view) :]


def format_warehouse_option(warehouse: str) -> str:
    """Return the option for this warehouse in a command that is shown; empty for the default warehouse."""
    return "" if warehouse == DEFAULT_WAREHOUSE else f" --warehouse {shlex.quote(warehouse)}"
