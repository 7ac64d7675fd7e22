"""Names as strings: one normal form for comparison, and the parts of a person's name."""

import re
import unicodedata
from functools import lru_cache

from tasks.document.records import content_id

WORD = re.compile(r"[^\W_]+")
KEPT = 1 << 16
"""Names whose forms are kept: the same few are asked for again and again."""
ELISION = re.compile(r"\b([od])['’](?=\w{2})")
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
# Letters with a stroke, which Unicode does not decompose.
UNDECOMPOSED = str.maketrans("ıøłđØŁĐ", "ioldOLD")
# Particles with which a surname begins; "Van" and "Al" before a space may be a given name.
PREFIXED = re.compile(
    r"^(?:(?:(?:al|el|as|ad|ar|an|az|bin|ibn|van|von|de|da|di|del|der|den|dos|du|le|la)[- ])+"
    r"|(?:Al|El|As|Ad|Ar|Az)-|(?:El|De|Di|Da|Del|Della|Der|La|Le|Von|Van [Dd]er|Van [Dd]en|De [Ll]a) )(?=\w)"
)
PARTICLES = frozenset(
    {"al", "el", "bin", "ibn", "van", "von", "de", "da", "di", "del", "der", "le", "la", "abu", "mc"}
)


@lru_cache(KEPT)
def normalise(name: str) -> str:
    """Return the form under which two spellings of one name compare equal.

    Case, accents, punctuation, a leading article and the dots of an abbreviation do not count:
    ``"The U.S. Army"`` and ``"us army"`` are the same.
    """
    words = split(name)
    joined: list[str] = []
    for i, word in enumerate(words):
        after_letter = i > 0 and len(words[i - 1]) == 1 and len(word) == 1
        if after_letter:
            joined[-1] += word
        else:
            joined.append(word)
    return " ".join(joined[1:] if len(joined) > 1 and joined[0] == "the" else joined)


@lru_cache(KEPT)
def split(name: str) -> tuple[str, ...]:
    """Return the words of a name, folded to lower case without accents."""
    plain = name.lower() if name.isascii() else unaccented(name).casefold()
    return tuple(WORD.findall(ELISION.sub(r"\1", plain) if "'" in plain or "’" in plain else plain))


def unaccented(text: str) -> str:
    """Return the text without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(UNDECOMPOSED)


def entity_id(entity_type: str, name: str) -> str:
    """Return the id of an entity that no reference table knows."""
    return content_id("ent", entity_type, full_name(name) if entity_type == "person" else normalise(name))


@lru_cache(KEPT)
def full_name(name: str) -> str:
    """Return a person's normal form without middle initials and suffixes (Jr., III)."""
    words = normalise(name).split()
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    inner = [w for w in words[1:-1] if len(w) > 1]
    return " ".join([words[0], *inner, words[-1]]) if len(words) > 1 else "".join(words)


def surname(name: str) -> str:
    """Return the last word of a person's name, suffixes aside."""
    return full_name(name).rpartition(" ")[2]


@lru_cache(KEPT)
def is_surname(name: str) -> bool:
    """Tell whether a name is a surname alone, with its particles and suffix: "al-Zawahri", "Piquet Jr."."""
    return " " not in full_name(PREFIXED.sub("", name.strip()))


def given_name(name: str) -> str:
    """Return the first word of a person's name of two words or more, else an empty string."""
    return full_name(name).partition(" ")[0] if " " in full_name(name) else ""


@lru_cache(KEPT)
def initials(name: str) -> frozenset[str]:
    """Return the acronyms a long form may have: all its words' initials, and those of its greater words."""
    words = split(name)
    small = {"of", "the", "and", "for", "in", "on", "to", "a", "de", "s"}
    greater = [w for w in words if w not in small]
    bare = words[1:] if words[:1] == ("the",) else words
    return frozenset("".join(w[0] for w in some) for some in (words, greater, bare))


def abbreviates(short: str, long: str) -> bool:
    """Tell whether ``short`` abbreviates ``long``, by the backward match of Schwartz and Hearst (2003).

    Each letter of the short form must be found in the long form, from right to left, the first at the
    beginning of a word.
    """
    letters = [c for c in short.casefold() if c.isalnum()]
    text = long.casefold()
    if not 2 <= len(letters) <= 10 or not letters[0].isalpha():
        return False
    at = len(text)
    for i, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= 0 and not (text[at] == letter and (i or at == 0 or not text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return False
    return True
