"""Bytes become text, exactly: what cannot be decoded with confidence is refused, never patched."""

import codecs
import re

from charset_normalizer import CharsetMatch, CharsetMatches, from_bytes

from tasks.read.errors import UnusableError

# UTF-32 before UTF-16: its little-endian mark begins with the other's.
MARKS = (
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
"""what news is written in besides UTF-8; the rarer code pages only ever win by mistake"""
MAX_MESS = 0.1
MAX_STRANGE_SHARE = 0.02
GOOD_PER_BAD = 2
MIN_UTF16, MIN_ZERO_SHARE = 8, 0.7
ASCII = range(128)
CONTROL_BYTES = bytes([*range(9), *range(14, 32), 127])
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
NEVER_IN_TEXT = re.compile(r"[\x00\ud800-\udfff]")


def decode(payload: bytes | str) -> tuple[str, str]:
    """Return the text of a payload and the name of its encoding; a byte-order mark is no part of the text.

    A mark is believed, then UTF-8 if every byte fits, then charset-normalizer among the encodings of news.

    Raises:
        UnusableError: "binary", or "unknown encoding" where no encoding gives clean text.
    """
    if isinstance(payload, str):
        return payload, "utf-8"
    marked = next((name for mark, name in MARKS if payload.startswith(mark)), None)
    name = marked or find_utf16(payload) or "utf-8"
    try:
        return payload.decode(name), name
    except UnicodeDecodeError as error:
        if marked:
            raise UnusableError("unknown encoding", f"marked as {name} but broken: {error}") from error
    controls = len(payload) - len(payload.translate(None, CONTROL_BYTES))
    if b"\0" in payload or controls > MAX_STRANGE_SHARE * len(payload):
        raise UnusableError("binary", f"{controls:,} control bytes in {len(payload):,}: expected text")
    return decode_damaged_utf8(payload) or guess(payload)


def find_utf16(payload: bytes) -> str | None:
    """Return the name of the UTF-16 encoding of a payload without a byte-order mark; None if it is none.

    Of text in a western language almost every second byte is zero, always on the same side.
    """
    sample = payload[:4096]
    half = len(payload) // 2
    if b"\0" not in sample or len(payload) % 2 or half < MIN_UTF16:
        return None
    for name, high, low in (
        ("utf-16-le", payload[1::2], payload[::2]),
        ("utf-16-be", payload[::2], payload[1::2]),
    ):
        if high.count(0) > MIN_ZERO_SHARE * half and not low.count(0):
            try:
                payload.decode(name)
            except UnicodeDecodeError:
                continue
            return name
    return None


def decode_damaged_utf8(payload: bytes) -> tuple[str, str] | None:
    """Return text in UTF-8 with each bad byte replaced by U+FFFD, and how many; None if it is not UTF-8.

    Text in another encoding hardly ever holds two whole sequences of UTF-8 for each bad byte.
    """
    text = payload.decode("utf-8", "replace")
    bad = text.count("\ufffd") - payload.count(b"\xef\xbf\xbd")
    good = len(text) - text.count("\ufffd") - sum(map(payload.count, ASCII))
    if good < GOOD_PER_BAD * bad:
        return None
    return text, f"utf-8 ({bad} replaced)"


def guess(payload: bytes) -> tuple[str, str]:
    """Return text and encoding by charset-normalizer, or raise UnusableError where it finds nothing clean."""
    matches = from_bytes(payload, cp_isolation=NEWS_ENCODINGS, threshold=MAX_MESS)
    best = prefer_western(matches)
    if best is None:
        raise UnusableError("unknown encoding", "no usual encoding gives clean text: save it as UTF-8")
    name = "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
    try:
        # Again, strictly: the guess was made on samples.
        return payload.decode(name), name
    except UnicodeDecodeError as error:
        raise UnusableError("unknown encoding", f"most like {name}, but {error}: save it as UTF-8") from error


def prefer_western(matches: CharsetMatches) -> CharsetMatch | None:
    """Return the best match, cp1252 where it is as good: a few accents do not tell Săo from São."""
    best = matches.best()
    western = next((match for match in matches if "cp1252" in match.could_be_from_charset), None)
    if best and western and (western.chaos, -western.coherence) <= (best.chaos, -best.coherence):
        return western
    return best


def check_characters(text: str) -> None:
    """Raise UnusableError for characters that no table can hold, or too many that no text has."""
    if found := NEVER_IN_TEXT.search(text):
        raise UnusableError("control characters", f"U+{ord(found.group()):04X} at character {found.start()}")
    allowed = MAX_STRANGE_SHARE * len(text)
    if (strange := len(CONTROL.findall(text))) > allowed:
        raise UnusableError("control characters", f"{strange:,} of {len(text):,} characters")
    if (lost := text.count("\ufffd")) > allowed:
        raise UnusableError("replacement characters", f"{lost:,} of {len(text):,}: decode the original again")
