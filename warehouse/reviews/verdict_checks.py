"""Comparing verdicts with the tables: the rows that they name, the types that fit, and names that no entity has."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.reviews.verdicts import CLAIM_TYPES, DENIAL_TYPES, NONE, OTHER_KIND, Verdict, raise_faults

TYPES = {"claim": CLAIM_TYPES, "denial": DENIAL_TYPES}
NAMES_SQL = """
SELECT entity_id FROM entities UNION ALL SELECT name FROM entities UNION ALL SELECT unnest(aliases) FROM entities
"""


def check_verdicts(
    connection: DuckDBPyConnection, placed: Sequence[tuple[Verdict, str]], keep_unknown: bool = False
) -> list[str]:
    """Return each corrected name that no entity has, with its place and similar names.

    Raises ReviewError, with all places, if a row or the claim of a correction is not in the tables, or if a correction
    does not fit its row. With ``keep_unknown``, rows that are not in the tables pass: a later run may find them again.
    """
    kinds = _read_kinds(connection, [verdict for verdict, _ in placed])
    faults = []
    for verdict, place in placed:
        found = _list_faults(verdict, kinds, keep_unknown)
        faults += [f"{place}: {fault}" for fault in found]
    raise_faults(faults)
    return _list_unknown_names(connection, placed)


def _read_kinds(connection: DuckDBPyConnection, verdicts: Iterable[Verdict]) -> dict[str, str]:
    """Return claim or denial for each row that verdicts name and the tables have."""
    named = {i for v in verdicts for i in (v["statement_id"], v["corrected_claim_id"]) if i}
    sql = "SELECT statement_id, kind FROM statements WHERE list_contains($ids::VARCHAR[], statement_id)"
    return dict(connection.execute(sql, {"ids": sorted(named)}).fetchall())


def _list_faults(verdict: Verdict, kinds: Mapping[str, str], keep_unknown: bool) -> list[str]:
    """Return what does not fit in a verdict: what was found, and what to do."""
    row_id = verdict["statement_id"]
    kind = kinds.get(row_id)
    if kind is None and not keep_unknown:
        return [
            f"the tables have no row {row_id!r}. Correct the statement_id; or, if the row was there when it was read, "
            "add --keep-unknown to keep its verdict for a run that finds it again"
        ]
    faults = []
    if fault := _find_fault_of_type(verdict, kind):
        faults.append(fault)
    if fault := _find_fault_of_link(verdict, kinds, keep_unknown):
        faults.append(fault)
    return faults


def _find_fault_of_type(verdict: Verdict, kind: str | None) -> str | None:
    """Return what does not fit in a type: a corrected row keeps its kind, a rejected one has a type of the other."""
    row_id, given_type = verdict["statement_id"], verdict["corrected_type"]
    if not kind or not given_type:
        return None
    is_rejected = verdict["verdict"] == "rejected"
    other = OTHER_KIND[kind]
    expected = TYPES[other if is_rejected else kind]
    if given_type in expected:
        return None
    advice = (
        f"A {kind} of another type is corrected"
        if is_rejected
        else f"A row that is no {kind} is rejected; if it is a {other}, with its type as corrected_type"
    )
    return (
        f"the row {row_id} is a {kind}{' and rejected' if is_rejected else ''}: expected corrected_type "
        f"{', '.join(expected)}; found {given_type!r}. {advice}"
    )


def _find_fault_of_link(verdict: Verdict, kinds: Mapping[str, str], keep_unknown: bool) -> str | None:
    """Return what does not fit in the claim that a denial is said to answer; None if all fits."""
    row_id, claim_id = verdict["statement_id"], verdict["corrected_claim_id"]
    if claim_id is None:
        return None
    if kinds.get(row_id) == "claim":
        return (
            f"the row {row_id} is a claim, and only a denial answers a claim: leave corrected_claim_id empty"
        )
    known = kinds.get(claim_id)
    if claim_id == NONE or known == "claim" or (known is None and keep_unknown):
        return None
    what = "is a denial" if known else "is no row of the tables"
    return (
        f"corrected_claim_id {claim_id!r} {what}: expected the claim_id of a claim, with which its Permalink ends, or "
        f"{NONE}"
    )


def _list_unknown_names(connection: DuckDBPyConnection, placed: Iterable[tuple[Verdict, str]]) -> list[str]:
    """Return the corrected names that are neither id, name nor alias of an entity, with their places."""
    given = {name: place for verdict, place in placed for name in _list_names(verdict)}
    if not given:
        return []
    known = {name.lower(): name for (name,) in connection.sql(NAMES_SQL).fetchall() if name}
    unknown = {name: place for name, place in given.items() if name.lower() not in known}
    return [f"{place}: {name!r}{_word_similar(name, known)}" for name, place in unknown.items()]


def _list_names(verdict: Mapping[str, Any]) -> list[str]:
    """Return the names of a correction."""
    speaker = verdict["corrected_speaker"]
    return [*([speaker] if speaker and speaker != NONE else []), *(verdict["corrected_targets"] or [])]


def _word_similar(name: str, known: Mapping[str, str]) -> str:
    """Return a question that names similar entities; nothing if there are none."""
    similar = [known[key] for key in get_close_matches(name.lower(), known, n=2, cutoff=0.8)]
    return f" (is it {' or '.join(similar)}?)" if similar else ""
