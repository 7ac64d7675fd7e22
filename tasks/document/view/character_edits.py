"""Edits that normalise characters: a text in the view has only visible characters in their usual form.

Soft hyphens, zero-width and bidirectional characters are removed. Spaces of all widths become spaces, full-width
forms the usual letters, and letters with combining marks the composed characters.
"""

import re
import unicodedata
from collections.abc import Iterator

from tasks.document.view.text_view import Edit

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
SPACES = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
UNUSUAL = re.compile(
    rf"(?P<invisible>[{INVISIBLE}]+)|(?P<space>[{SPACES}])|(?P<break>\r(?!\n)|[\x0b\x0c\x85\u2028\u2029])"
    r"|(?P<wide>[\uff01-\uff5e])|(?P<marked>[^\W\d_][\u0300-\u036f]+)"
)
# Emoji of several people or skins are held together by a joiner; without it each stands alone, which changes nothing.
WIDE_OFFSET = 0xFEE0


def find_character_edits(text: str) -> Iterator[Edit]:
    """Yield the edits that remove invisible characters and replace unusual forms."""
    if text.isascii() and "\r" not in text and "\x0b" not in text and "\x0c" not in text:
        return
    for match in UNUSUAL.finditer(text):
        replacement = _get_replacement(match)
        if replacement != match.group():
            yield Edit(match.start(), match.end(), replacement)


def _get_replacement(match: re.Match[str]) -> str:
    """Return what replaces an unusual character."""
    found = match.group()
    if match.lastgroup == "wide":
        return chr(ord(found) - WIDE_OFFSET)
    if match.lastgroup == "marked":
        return unicodedata.normalize("NFC", found)
    return {"invisible": "", "space": " ", "break": "\n"}[match.lastgroup or ""]
