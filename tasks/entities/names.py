"""Names as strings: one normal form for comparison, and the parts of a person's name."""

import re
import unicodedata
from functools import lru_cache

from tasks.document.records import make_content_id

NAME_WORD = re.compile(r"[^\W_]+")
CASE_CONTEXT_CHARS = 40
NAME_CACHE_SIZE = 1 << 16
"""Entries of each cache of name forms: few names make up most look-ups."""
ELISION = re.compile(r"\b([od])['’](?=\w{2})")
ACRONYM_FUNCTION_WORDS = frozenset({"of", "the", "and", "for", "in", "on", "to", "a", "de", "s"})
NAME_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})
# Letters without a Unicode decomposition.
STROKED_LETTERS = str.maketrans("ıøłđØŁĐ", "ioldOLD")
# Particles at the beginning of a surname; "Van" and "Al" before a space may be a given name.
SURNAME_PREFIX = re.compile(
    r"^(?:(?:(?:al|el|as|ad|ar|an|az|bin|ibn|van|von|de|da|di|del|der|den|dos|du|le|la)[- ])+"
    r"|(?:Al|El|As|Ad|Ar|Az)-|(?:El|De|Di|Da|Del|Della|Der|La|Le|Von|Van [Dd]er|Van [Dd]en|De [Ll]a) )(?=\w)"
)
NAME_PARTICLES = frozenset(
    {"al", "el", "bin", "ibn", "van", "von", "de", "da", "di", "del", "der", "le", "la", "abu", "mc"}
)


@lru_cache(NAME_CACHE_SIZE)
def normalise_name(name: str) -> str:
    """Return the normal form of a name, for comparison.

    Case, accents, punctuation, a leading article and the dots of an abbreviation are ignored:
    ``"The U.S. Army"`` and ``"us army"`` have one normal form.
    """
    words = split_name(name)
    joined: list[str] = []
    for i, word in enumerate(words):
        after_letter = i > 0 and len(words[i - 1]) == 1 and len(word) == 1
        if after_letter:
            joined[-1] += word
        else:
            joined.append(word)
    return " ".join(joined[1:] if len(joined) > 1 and joined[0] == "the" else joined)


@lru_cache(NAME_CACHE_SIZE)
def split_name(name: str) -> tuple[str, ...]:
    """Return the words of a name, in lower case without accents."""
    plain = name.lower() if name.isascii() else _strip_accents(name).casefold()
    return tuple(NAME_WORD.findall(ELISION.sub(r"\1", plain) if "'" in plain or "’" in plain else plain))


def _strip_accents(text: str) -> str:
    """Return the text without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(STROKED_LETTERS)


@lru_cache(NAME_CACHE_SIZE)
def make_entity_id(entity_type: str, name: str) -> str:
    """Return the id of an entity that is in no reference table."""
    if entity_type != "person":
        return make_content_id("ent", entity_type, normalise_name(name))
    # Texts name the son with or without his suffix, the father with his.
    suffix = ("sr",) if get_generation(name) == "sr" else ()
    return make_content_id("ent", entity_type, normalise_full_name(name), *suffix)


@lru_cache(NAME_CACHE_SIZE)
def normalise_full_name(name: str) -> str:
    """Return the normal form of a person's name without middle initials and suffixes (Jr., III)."""
    words = normalise_name(name).split()
    while len(words) > 1 and words[-1] in NAME_SUFFIXES:
        words.pop()
    inner = [w for w in words[1:-1] if len(w) > 1]
    return " ".join([words[0], *inner, words[-1]]) if len(words) > 1 else "".join(words)


@lru_cache(NAME_CACHE_SIZE)
def make_name_parts(name: str) -> frozenset[tuple[str, ...]]:
    """Return the shorter forms of a full name: its runs of at least two words, for *Ana Ruiz Soto* also *Ruiz Soto*."""
    words = tuple(normalise_full_name(name).split())
    runs = (words[i:j] for i in range(len(words)) for j in range(i + 2, len(words) + 1))
    return frozenset(run for run in runs if run != words)


@lru_cache(NAME_CACHE_SIZE)
def get_generation(name: str) -> str:
    """Return the suffix that tells a person from a namesake of the family (``jr``, ``sr``, ``iii``), or ``""``."""
    last = normalise_name(name).rpartition(" ")[2]
    return last if last in GENERATIONS else ""


def get_surname(name: str) -> str:
    """Return the last word of a person's name, without suffixes."""
    return normalise_full_name(name).rpartition(" ")[2]


@lru_cache(NAME_CACHE_SIZE)
def is_bare_surname(name: str) -> bool:
    """Return True if a name is only a surname, particles and suffixes included: "al-Zawahri", "Piquet Jr."."""
    return " " not in normalise_full_name(SURNAME_PREFIX.sub("", name.strip()))


def get_given_name(name: str) -> str:
    """Return the first word of a person's name, or an empty string if it has only one."""
    return normalise_full_name(name).partition(" ")[0] if " " in normalise_full_name(name) else ""


@lru_cache(NAME_CACHE_SIZE)
def make_acronyms(name: str) -> frozenset[str]:
    """Return the possible acronyms of a long form: initials of all words, without the article, or of content words."""
    words = split_name(name)
    content_words = [w for w in words if w not in ACRONYM_FUNCTION_WORDS]
    without_article = words[1:] if words[:1] == ("the",) else words
    return frozenset("".join(w[0] for w in some) for some in (words, content_words, without_article))


def get_case_context(text: str, start: int, end: int) -> str:
    """Return the characters around a name, which show whether the text is all in capitals."""
    return text[max(0, start - CASE_CONTEXT_CHARS) : start] + text[end : end + CASE_CONTEXT_CHARS]


def is_abbreviation(short: str, long: str) -> bool:
    """Return True if ``short`` abbreviates ``long``, by the algorithm of Schwartz and Hearst (2003).

    Each letter of the short form must occur in the long form, matched from right to left; the first must begin a
    word.
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
