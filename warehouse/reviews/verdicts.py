"""A verdict of a reviewer on a claim or denial: its parts, and the check that they fit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from warehouse.errors import InputError

VERDICTS = ("accepted", "rejected", "corrected")
CLAIM_TYPES = ("accusation", "statement", "belief", "intention", "question", "doubt")
DENIAL_TYPES = ("explicit", "negated_assertion", "lack_of_knowledge", "labelling", "counter")
OTHER_KIND = {"claim": "denial", "denial": "claim"}
CORRECTIONS = ("corrected_speaker", "corrected_type", "corrected_targets", "corrected_claim_id")
OPTIONAL_TEXTS = ("corrected_speaker", "corrected_type", "corrected_claim_id", "note", "extractor_version")
MAX_TOLD = 10
"""faults of a file that one message lists"""
NONE = "none"
"""the value of a correction that means nobody, or no claim"""
NAMED_BY_NONE = ("corrected_speaker", "corrected_claim_id")
GIVEN_VERDICTS_SQL = f"""
list(struct_pack({", ".join(f"{name} := {name}" for name in ("reviewer", "verdict", *CORRECTIONS))}) ORDER BY reviewer)
"""
"""the verdicts on a row, in a query of ``reviews`` that is grouped by its statement_id"""
Verdict = dict[str, Any]
"""a row of ``reviews``"""


class ReviewError(InputError):
    """A file of verdicts cannot be used."""


def raise_faults(faults: Sequence[str]) -> None:
    """Raise ReviewError with the faults of a file, the first ones of many, if there are any."""
    if faults:
        more = [f"and {len(faults) - MAX_TOLD} more"] if len(faults) > MAX_TOLD else []
        raise ReviewError("\n".join([*faults[:MAX_TOLD], *more, "Nothing was stored."]))


def make_verdict(given: Mapping[str, Any], reviewer: str | None, place: str) -> Verdict:
    """Return a row of ``reviews`` from the values of a file; ReviewError, with the place, if they do not fit.

    A value of a file that names its reviewer wins over ``reviewer``.
    """
    verdict = (_read_text(given, "verdict", place) or "").lower()
    name = _read_text(given, "reviewer", place) or reviewer
    statement_id = _read_text(given, "statement_id", place)
    if verdict not in VERDICTS:
        raise ReviewError(f"{place}: expected a verdict {', '.join(VERDICTS)}; found {verdict!r}")
    if not statement_id:
        raise ReviewError(f"{place}: the statement_id is missing")
    if not name:
        raise ReviewError(f"{place}: no reviewer is named; give one with --reviewer")
    row: Verdict = {column: _read_text(given, column, place) for column in OPTIONAL_TEXTS}
    row |= {"statement_id": statement_id, "reviewer": name, "verdict": verdict}
    row |= {column: _read_none(given.get(column), row[column], verdict) for column in NAMED_BY_NONE}
    row["corrected_targets"] = _read_names(given.get("corrected_targets"), place)
    row["reviewed_at"] = _read_moment(given.get("reviewed_at"), place)
    return _check_corrections(row, place)


def _check_corrections(row: Verdict, place: str) -> Verdict:
    """Return the row; ReviewError if it corrects nothing and says so, or corrects and does not say so.

    A rejected row may have a type: that of the other kind, a denial that was taken for a claim or the reverse.
    """
    corrected = [name for name in CORRECTIONS if row[name] is not None]
    has_type_alone = is_other_kind(row) and corrected == ["corrected_type"]
    if corrected and row["verdict"] != "corrected" and not has_type_alone:
        raise ReviewError(f"{place}: {', '.join(corrected)} is given, but the verdict is {row['verdict']!r}")
    if row["verdict"] == "corrected" and not corrected:
        raise ReviewError(
            f"{place}: the verdict is 'corrected', but none of {', '.join(CORRECTIONS)} is given"
        )
    if row["corrected_type"] not in (None, *CLAIM_TYPES, *DENIAL_TYPES):
        raise ReviewError(
            f"{place}: expected a type, one of {', '.join((*CLAIM_TYPES, *DENIAL_TYPES))}; "
            f"found {row['corrected_type']!r}"
        )
    return row


def is_other_kind(verdict: Mapping[str, Any]) -> bool:
    """Return True if a verdict says that a claim is really a denial, or a denial really a claim."""
    return verdict["verdict"] == "rejected" and verdict["corrected_type"] is not None


def word_other_kind(kind: str, given_type: str) -> str:
    """Return what a row of the other kind is, in words: "really a denial (labelling)"."""
    return f"really a {OTHER_KIND[kind]} ({given_type.replace('_', ' ')})"


def word_verdict(verdict: Mapping[str, Any], kind: str) -> str:
    """Return a verdict on a claim or denial in words, with its corrections: "corrected (speaker Ada Brown)"."""
    if is_other_kind(verdict):
        return f"rejected: {word_other_kind(kind, verdict['corrected_type'])}"
    parts = [
        f"{name.removeprefix('corrected_').removesuffix('_id')} {_word_value(verdict[name])}"
        for name in CORRECTIONS
        if verdict[name] is not None
    ]
    return f"{verdict['verdict']} ({', '.join(parts)})" if parts else str(verdict["verdict"])


def _word_value(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "; ".join(value) or NONE


def _read_text(given: Mapping[str, Any], name: str, place: str) -> str | None:
    """Return a value as text without space around it; None if it is missing or empty."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ReviewError(f"{place}: expected text as {name}; found {value!r}")
    return value.strip() or None


def _read_none(value: Any, text: str | None, verdict: str) -> str | None:
    """Return the text of a correction, with ``none`` in small letters.

    An empty text, which no sheet has, is a field of a page that was cleared: it is ``none`` too.
    """
    if value == "" and verdict == "corrected":
        return NONE
    return NONE if text and text.lower() == NONE else text


def _read_names(value: Any, place: str) -> list[str] | None:
    """Return a list of names, given as a list or joined by semicolons; ``none`` is the empty list."""
    if value is None or value == "":
        return None
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ReviewError(f"{place}: expected names as corrected_targets; found {value!r}")
    names = [part.strip() for part in parts if part.strip()]
    return [] if [name.lower() for name in names] == [NONE] else names


def _read_moment(value: Any, place: str) -> datetime:
    """Return a moment; the present one if none is given."""
    if value in (None, ""):
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ReviewError(f"{place}: expected a time as 2026-11-23T10:00:00Z; found {value!r}") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
