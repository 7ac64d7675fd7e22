"""What is printed reaches every terminal: what its encoding lacks is replaced by ASCII or escaped."""

import codecs
import io
import shlex
import sys
import unicodedata

from flows.runtime.settings import WAREHOUSE

MARK = "counterclaim.plain"
"""name of the error handler"""
PLAIN = {
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
"""a character that messages and news texts hold often → what is printed where the encoding lacks it"""


def print_everywhere() -> None:
    """Let standard output and standard error take any text, whatever their encoding."""
    codecs.register_error(MARK, replace_unprintable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=MARK)


def replace_unprintable(error: UnicodeError) -> tuple[str, int]:
    """Return what is printed in place of the characters that an encoding lacks, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(character: str) -> str:
    if character in PLAIN:
        return PLAIN[character]
    kind, _, lines = unicodedata.name(character, "").partition("BOX DRAWINGS ")
    if lines and not kind:
        return _line(lines)
    return character.encode("ascii", "backslashreplace").decode("ascii")


def _line(name: str) -> str:
    """Return the ASCII character for a line, by its Unicode name: ``LIGHT HORIZONTAL``."""
    if "VERTICAL" in name and "HORIZONTAL" not in name and "AND" not in name:
        return "|"
    return "-" if "VERTICAL" not in name and "DOWN" not in name and "UP" not in name else "+"


def size_of(count: int) -> str:
    """Return a number of bytes as a person reads it: ``950 bytes``, ``12.3 kB``, ``0.2 MB``."""
    if count < 1000:
        return f"{count} byte{'s' * (count != 1)}"
    return f"{count / 1e3:.1f} kB" if count < 99_950 else f"{count / 1e6:,.1f} MB"


def naming(warehouse: str) -> str:
    """Return the option that names a warehouse in a command that is shown; nothing for the usual one."""
    return "" if warehouse == WAREHOUSE else f" --warehouse {shlex.quote(warehouse)}"
