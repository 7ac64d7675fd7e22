"""The table ``reviews``: new verdicts replace those of the same reviewer on the same row, and all others stay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.reviews.verdicts import Verdict
from warehouse.storage.edits.table_edits import WarehouseChange
from warehouse.storage.presence import check_warehouse_present
from warehouse.storage.store import Store
from warehouse.storage.writer import retry_on_conflict
from warehouse.tables import REVIEWS, to_arrow


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What a file of verdicts changed."""

    n_new: int
    n_changed: int
    n_unchanged: int
    unknown_ids: tuple[str, ...]
    """rows that the tables do not have: their verdicts are kept for a run that finds them again"""


def store_verdicts(
    root: Path | str, verdicts: Sequence[Verdict], on_wait: Callable[[str], None] | None = None
) -> ReviewSummary:
    """Put verdicts into ``reviews`` as one version; WarehouseError if there is no warehouse."""
    store = Store(root)
    check_warehouse_present(store.location)
    with store.open_writer(on_wait) as writer:

        def publish() -> ReviewSummary:
            base = store.read_version()
            known = {(row["statement_id"], row["reviewer"]): row for row in store.read("reviews").to_pylist()}
            given = {(v["statement_id"], v["reviewer"]): v for v in verdicts}
            given = {key: _keep_if_same(known.get(key), verdict) for key, verdict in given.items()}
            writer.publish(WarehouseChange({"reviews": to_arrow((known | given).values(), REVIEWS)}), base)
            changed = sum(key in known and known[key] != verdict for key, verdict in given.items())
            n_new = len(given.keys() - known.keys())
            return ReviewSummary(n_new, changed, len(given) - n_new - changed, _find_unknown(store, verdicts))

        return retry_on_conflict(publish)


def _keep_if_same(known: Verdict | None, given: Verdict) -> Verdict:
    """Return the known verdict if the given one differs in nothing but its time, which sheets do not hold."""
    return known if known and known | {"reviewed_at": given["reviewed_at"]} == given else given


def _find_unknown(store: Store, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """Return the ids of rows with a verdict that the tables do not have."""
    known = {
        i
        for table, key in (("claims", "claim_id"), ("denials", "denial_id"))
        for i in store.read(table, [key])[key].to_pylist()
    }
    return tuple(sorted({v["statement_id"] for v in verdicts} - known))
