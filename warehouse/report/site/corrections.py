"""Corrections of reviewers on the pages of a site: the values in place of those found, and both in words."""

from collections.abc import Mapping
from typing import Any

import orjson
from duckdb import DuckDBPyConnection

from warehouse.report.report_scope import Row, fetch_rows
from warehouse.report.site.wording import describe_speaker
from warehouse.reviews import word_other_kind, word_verdict

MAX_CLAIM_CHARACTERS = 90
STORED_FILE = "reviews.js"
"""the verdicts of the tables, by which a page knows those of the browser that are stored; its name never changes, so
that a verdict changes no page but those of its row"""
STORED_SQL = """
SELECT statement_id, list([
    reviewer, strftime(reviewed_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ'), verdict, corrected_speaker,
    corrected_type, corrected_targets::JSON::VARCHAR, corrected_claim_id, note
] ORDER BY reviewer) AS verdicts
FROM reviews GROUP BY statement_id ORDER BY statement_id
"""
CORRECT_SAID_SQL = """
UPDATE said SET type = shown.type, speaker_id = shown.speaker_id, target_ids = shown.target_ids
FROM shown WHERE shown.statement_id = said.statement_id AND shown.correction IS NOT NULL
"""


def read_stored_verdicts(connection: DuckDBPyConnection) -> dict[str, list[list[Any]]]:
    """Return the verdicts of each reviewed row: reviewer, moment, verdict, the four corrections, note."""
    return {
        row["statement_id"]: [_load_targets(values) for values in row["verdicts"]]
        for row in fetch_rows(connection, STORED_SQL)
    }


def _load_targets(values: list[Any]) -> list[Any]:
    targets = values[5]
    return [*values[:5], None if targets is None else orjson.loads(targets), *values[6:]]


def correct_said_rows(connection: DuckDBPyConnection) -> None:
    """Put the corrections of ``shown`` into the table ``said``, from which figures are made."""
    connection.execute(CORRECT_SAID_SQL)


def list_targets(row: Row, names: Mapping[str, str]) -> list[list[str | None]]:
    """Return the id and the name of each target of a row of ``shown``; no id for a name that no entity has."""
    if row["correction"] is None:
        return [[i, names.get(i, i)] for i in row["target_ids"]]
    correction = row["correction"]
    return [list(pair) for pair in zip(correction["reviewed_target_ids"], correction["targets"], strict=True)]


def describe_reviewed_speaker(row: Row) -> dict[str, Any]:
    """Return who speaks, as ``describe_speaker`` does: by the correction of a reviewer, if there is one."""
    correction = row["correction"]
    if correction is None or (row["speaker_id"], row["speaker"]) == (
        correction["found_speaker_id"],
        correction["found_speaker"],
    ):
        return describe_speaker(row)
    if row["speaker"]:
        return {"id": row["speaker_id"], "name": row["speaker"], "words": None}
    return {"id": None, "name": None, "words": "nobody named"}


def collect_found_values(row: Row, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the values that reviewers corrected as they were found; None for a row without a correction."""
    correction = row["correction"]
    if correction is None:
        return None
    found = row | {"speaker_id": correction["found_speaker_id"], "speaker": correction["found_speaker"]}
    speaker = describe_speaker(found)
    return {
        "speaker": speaker["name"],
        "speaker_words": speaker["name"] or speaker["words"],
        "type": correction["found_type"],
        "targets": [[i, names.get(i, i)] for i in correction["found_target_ids"]],
        "answers_id": correction["found_claim_id"],
    }


def is_of_other_kind(row: Row) -> bool:
    """Return True if reviewers say that a claim is really a denial, or a denial really a claim."""
    return row["reviewed_kind"] not in (None, row["kind"])


def word_corrections(row: Row, names: Mapping[str, str]) -> list[str]:
    """Return each value that reviewers corrected in words: "about Russia (found: United States)".

    Of a rejected row it is what the row is instead, if it is of the other kind; of a disputed one, what each says.
    """
    if row["differing"]:
        return [_word_given(given, row["kind"], names) for given in row["differing"]]
    if is_of_other_kind(row):
        return [word_other_kind(row["kind"], row["reviewed_type"])]
    found, correction = collect_found_values(row, names), row["correction"]
    if found is None:
        return []
    parts = []
    speaker = describe_reviewed_speaker(row)
    if (name := speaker["name"] or speaker["words"]) != found["speaker_words"]:
        said_by = f"said by {name}" if speaker["name"] else "no speaker"
        parts.append(f"{said_by} (found: {found['speaker_words']})")
    if row["type"] != found["type"]:
        parts.append(f"{_to_words(row['type'])} (found: {_to_words(found['type'])})")
    if (targets := list_targets(row, names)) != found["targets"]:
        parts.append(f"about {_join_names(targets)} (found: {_join_names(found['targets'])})")
    if correction["has_other_link"]:
        parts.append(
            f"answers {_word_claim(correction['claim'])} (found: {_word_claim(correction['found_claim'])})"
        )
    return parts


def _word_given(given: Mapping[str, Any], kind: str, names: Mapping[str, str]) -> str:
    """Return what one reviewer says of a row, with names in place of the ids of entities."""
    speaker, targets = given["corrected_speaker"], given["corrected_targets"]
    named = {
        "corrected_speaker": speaker and names.get(speaker, speaker),
        "corrected_targets": None if targets is None else [names.get(i, i) for i in targets],
    }
    return f"{given['reviewer']} {word_verdict({**given, **named}, kind)}"


def _to_words(kind: str) -> str:
    return kind.replace("_", " ")


def _join_names(targets: list[list[str | None]]) -> str:
    return ", ".join(name for _, name in targets if name) or "nobody"


def _word_claim(text: str | None) -> str:
    """Return a claim in quotation marks, shortened; without one, that there is none."""
    if text is None:
        return "no claim here"
    short = text if len(text) <= MAX_CLAIM_CHARACTERS else f"{text[:MAX_CLAIM_CHARACTERS].rstrip()}…"
    return f"“{short}”"
