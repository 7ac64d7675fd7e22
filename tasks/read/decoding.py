"""Decode bytes as text; bytes that cannot be decoded with confidence are rejected, not repaired."""

import codecs
import re

from charset_normalizer import CharsetMatch, CharsetMatches, from_bytes

from tasks.read.errors import UnusableError

# UTF-32 before UTF-16: the UTF-32 LE mark begins with the UTF-16 LE mark.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NEWS_ENCODINGS = [
    *("cp1252", "mac_roman", "cp1250", "iso8859_2", "cp1254", "cp1257", "cp1253", "cp1251", "koi8_r"),
    *("iso8859_5", "cp1255", "cp1256", "cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
"""encodings of news besides UTF-8; a guess of any rarer code page is almost always wrong"""
MAX_CHAOS = 0.1
"""largest chaos of a guess by charset-normalizer"""
MAX_STRANGE_SHARE = 0.02
"""largest share of control or replacement characters"""
MIN_SEQUENCES_PER_BAD_BYTE = 2
LONG_SEQUENCE_WEIGHT = 3
LONG_SEQUENCE_CHARACTER = re.compile("[\u0800-\ufffc\U00010000-\U0010ffff]")
MIN_UTF16_CHARS, MIN_ZERO_SHARE = 8, 0.7
ASCII_BYTES = range(128)
CONTROL_BYTES = bytes([*range(9), *range(14, 32), 127])
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
FORBIDDEN_CHARACTER = re.compile(r"[\x00\ud800-\udfff]")


def decode_payload(payload: bytes | str) -> tuple[str, str]:
    """Return the text of a payload, without its byte-order mark, and the name of its encoding.

    Tried in order: the byte-order mark, strict UTF-8, UTF-8 with a few bad bytes, and charset-normalizer
    restricted to the encodings of news.

    Raises:
        UnusableError: "binary", or "unknown encoding" where no encoding gives clean text.
    """
    if isinstance(payload, str):
        return payload, "utf-8"
    marked = next((name for mark, name in BYTE_ORDER_MARKS if payload.startswith(mark)), None)
    known = marked or _detect_utf16(payload)
    try:
        return payload.decode(known or "utf-8"), known or "utf-8"
    except UnicodeDecodeError as error:
        if known:
            return _decode_damaged_text(payload, known, error)
    controls = len(payload) - len(payload.translate(None, CONTROL_BYTES))
    if b"\0" in payload or controls > MAX_STRANGE_SHARE * len(payload):
        raise UnusableError("binary", f"{controls:,} control bytes in {len(payload):,}: expected text")
    return _decode_damaged_utf8(payload) or _guess_encoding(payload)


def _detect_utf16(payload: bytes) -> str | None:
    """Return the encoding of UTF-16 without a byte-order mark; None if the payload is not UTF-16.

    In UTF-16 text of a western language the high byte of almost every character is zero.
    """
    sample = payload[:4096]
    half = len(payload) // 2
    if b"\0" not in sample or half < MIN_UTF16_CHARS:
        return None
    for name, high, low in (
        ("utf-16-le", payload[1::2], payload[::2]),
        ("utf-16-be", payload[::2], payload[1::2]),
    ):
        if high.count(0) > MIN_ZERO_SHARE * half and not low.count(0):
            return name
    return None


def _decode_damaged_text(payload: bytes, name: str, error: UnicodeDecodeError) -> tuple[str, str]:
    """Return text in a known encoding with U+FFFD for what is damaged, and the encoding with their number.

    Raises:
        UnusableError: too much is damaged.
    """
    text = payload.decode(name, "replace")
    bad = text.count("\ufffd")
    if bad > max(1, MAX_STRANGE_SHARE * len(text)):
        raise UnusableError("unknown encoding", f"marked as {name} but broken: {error}") from error
    return text, f"{name} ({bad} replaced)"


def _decode_damaged_utf8(payload: bytes) -> tuple[str, str] | None:
    """Return UTF-8 text with each bad byte replaced with U+FFFD, and the encoding with their number.

    Returns None if the payload is not mostly UTF-8: text in another encoding hardly ever contains two valid
    multi-byte sequences for each bad byte. A sequence of three bytes or more, such as a printed quotation mark, is
    rarer still, and counts as several.
    """
    text = payload.decode("utf-8", "replace")
    bad = text.count("\ufffd") - payload.count(b"\xef\xbf\xbd")
    good = len(text) - text.count("\ufffd") - sum(map(payload.count, ASCII_BYTES))
    good += (LONG_SEQUENCE_WEIGHT - 1) * len(LONG_SEQUENCE_CHARACTER.findall(text))
    if good < MIN_SEQUENCES_PER_BAD_BYTE * bad:
        return None
    return text, f"utf-8 ({bad} replaced)"


def _guess_encoding(payload: bytes) -> tuple[str, str]:
    """Return text and encoding as guessed by charset-normalizer; raise UnusableError if no guess is clean."""
    matches = from_bytes(payload, cp_isolation=NEWS_ENCODINGS, threshold=MAX_CHAOS)
    best = _prefer_western(matches)
    if best is None:
        raise UnusableError("unknown encoding", "no usual encoding gives clean text: save it as UTF-8")
    name = "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
    try:
        # Decode the whole payload strictly: the guess is made from samples.
        return payload.decode(name), name
    except UnicodeDecodeError as error:
        raise UnusableError("unknown encoding", f"most like {name}, but {error}: save it as UTF-8") from error


def _prefer_western(matches: CharsetMatches) -> CharsetMatch | None:
    """Return the best match, or cp1252 if it is as good: a few accents cannot distinguish Săo from São."""
    best = matches.best()
    western = next((match for match in matches if "cp1252" in match.could_be_from_charset), None)
    if best and western and (western.chaos, -western.coherence) <= (best.chaos, -best.coherence):
        return western
    return best


def check_characters(text: str) -> None:
    """Raise UnusableError for characters that Arrow strings cannot hold, or too many control characters."""
    if found := FORBIDDEN_CHARACTER.search(text):
        raise UnusableError("control characters", f"U+{ord(found.group()):04X} at character {found.start()}")
    allowed = MAX_STRANGE_SHARE * len(text)
    if (strange := len(CONTROL_CHARACTER.findall(text))) > allowed:
        raise UnusableError("control characters", f"{strange:,} of {len(text):,} characters")
    if (lost := text.count("\ufffd")) > allowed:
        raise UnusableError("replacement characters", f"{lost:,} of {len(text):,}: decode the original again")
