"""The claims that can decide the links of some denials, chosen among any number of claims that are read in parts.

A denial is linked to claims that share a key with it: an entity, a word and a period. A key that too many claims share
is no evidence, so that the claims of each key are counted over all parts before any is chosen.
"""

from collections.abc import Iterable, Mapping, Set
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tasks.corpus.cross_document_links import (
    MAX_CLAIMS_PER_KEY,
    ClaimKey,
    list_claim_keys,
    read_dated_statements,
)
from tasks.corpus.key_lists import find_holders


class ClaimCandidates:
    """The claims among those that were added that share a key with some denials."""

    def __init__(self, keys: Iterable[ClaimKey], window_days: int) -> None:
        """Begin with no claims; ``keys`` are those of the denials."""
        self._window_days = window_days
        self._numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        self._counts = [0] * len(self._numbers)
        self._entities = pa.array(sorted({entity for entity, _, _ in self._numbers}), pa.string())
        self._parts: list[pa.Table] = []
        self._keys_by_claim: dict[str, list[int]] = {}

    def add(self, claims: pa.Table | pa.RecordBatch, days: Mapping[str, date | None]) -> None:
        """Add claims with the columns of ``CLAIM_COLUMNS``, given the days of their documents."""
        rows = claims.filter(find_rows_with_entities(claims, self._entities))
        found = {}
        for claim in read_dated_statements(rows, "claim_id", days):
            keys = list_claim_keys(claim, self._window_days)
            if numbers := [self._numbers[key] for key in keys if key in self._numbers]:
                found[claim.statement_id] = numbers
                for number in numbers:
                    self._counts[number] += 1
        self._keys_by_claim |= found
        kept = rows.filter(pc.is_in(rows["claim_id"], pa.array(sorted(found), pa.string())))
        self._parts.append(kept if isinstance(kept, pa.Table) else pa.Table.from_batches([kept]))

    def choose(self, schema: pa.Schema) -> tuple[pa.Table, Set[ClaimKey]]:
        """Return the claims with a key that is evidence, as rows of a schema, and the keys that are not."""
        is_common = [count > MAX_CLAIMS_PER_KEY for count in self._counts]
        chosen = [
            claim for claim, keys in self._keys_by_claim.items() if not all(is_common[key] for key in keys)
        ]
        rows = pa.concat_tables([schema.empty_table(), *(part.cast(schema) for part in self._parts)])
        rows = rows.filter(pc.is_in(rows["claim_id"], pa.array(sorted(chosen), pa.string())))
        return rows, {key for key, number in self._numbers.items() if is_common[number]}


def find_rows_with_entities(statements: pa.Table | pa.RecordBatch, entities: pa.Array) -> pa.Array:
    """Return a mask of the claims or denials whose speaker, affiliation or targets are among some entities."""
    is_speaker = pc.or_(
        pc.is_in(statements["speaker_id"], entities),
        pc.is_in(statements["speaker_affiliation_id"], entities),
    )
    targets = statements["target_ids"]
    if isinstance(targets, pa.ChunkedArray):
        targets = targets.combine_chunks()
    return pc.or_(is_speaker, find_holders(targets, entities))
