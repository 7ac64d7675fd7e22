"""Edits that normalise characters: a text in the view has only visible characters in their usual form.

Soft hyphens, zero-width, bidirectional and control characters are removed. Spaces of all widths become spaces,
full-width forms and styled letters the usual ones, and letters with combining marks the composed characters. An HTML
entity or an escaped quotation mark that a corpus left in its text becomes the character that it encodes.
"""

import html
import re
import unicodedata
from collections.abc import Iterator

from tasks.document.view.text_view import Edit

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U000e0000-\U000e0fff"
)
CONTROL = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
COMPATIBLE = "\ufb00-\ufb06\U0001d400-\U0001d7ff"
"""ligatures, and letters in the styles of mathematics, which social media use for bold and italic"""
UNUSUAL = re.compile(
    rf"(?P<invisible>[{INVISIBLE}{CONTROL}]+)|(?P<space>[{SPACES}])|(?P<break>\r(?!\n)|[\x0b\x0c\x85\u2028\u2029])"
    rf"|(?P<wide>[\uff01-\uff5e])|(?P<marked>[^\W\d_][\u0300-\u034e\u0350-\u036f]+)|(?P<compatible>[{COMPATIBLE}])"
    r"|(?P<entity>&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,10}\d{0,2});)"
    r"|(?P<escape>\\(?=[\"'“”‘’]|\r?\n))"
)
# Emoji of several people or skins are held together by a joiner; without it they are separate, which changes nothing.
UNUSUAL_ASCII = re.compile(r"[\x00-\x08\x0b-\x1f\x7f&\\]")
WIDE_OFFSET = 0xFEE0
MARKUP_CHARACTERS = frozenset("<>")
"""characters that are not inserted for an entity: they would be read as markup or as a sign of quoted mail"""


def find_character_edits(text: str) -> Iterator[Edit]:
    """Yield the edits that remove invisible characters and replace unusual forms."""
    if text.isascii() and not UNUSUAL_ASCII.search(text):
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
    if match.lastgroup == "compatible":
        return unicodedata.normalize("NFKC", found)
    if match.lastgroup == "entity":
        return _get_entity_replacement(found)
    return {"invisible": "", "escape": "", "space": " ", "break": "\n"}[match.lastgroup or ""]


def _get_entity_replacement(entity: str) -> str:
    """Return the character that an HTML entity in plain text encodes, or the text itself if it is no entity."""
    character = html.unescape(entity)
    if character == entity or len(character) != 1 or character in MARKUP_CHARACTERS:
        return entity
    unusual = UNUSUAL.fullmatch(character)
    return character if unusual is None else _get_replacement(unusual)
