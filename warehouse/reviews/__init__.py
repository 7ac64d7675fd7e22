"""Reviews: verdicts of people on rows, read from files into a table, sampled, and summed up as precision.

``verdicts`` checks a verdict, ``verdict_files`` and ``workbooks`` read files of them, ``verdict_checks`` compares them
with the tables, ``review_store`` keeps them in
the table ``reviews``, ``sample_sheet`` draws rows to read, ``precision`` scores them.
"""

from warehouse.reviews.review_store import ReviewSummary, store_verdicts
from warehouse.reviews.verdict_checks import check_verdicts
from warehouse.reviews.verdict_files import read_placed_verdicts, read_verdicts
from warehouse.reviews.verdicts import (
    CLAIM_TYPES,
    DENIAL_TYPES,
    GIVEN_VERDICTS_SQL,
    ReviewError,
    word_other_kind,
    word_verdict,
)

__all__ = [
    "CLAIM_TYPES",
    "DENIAL_TYPES",
    "GIVEN_VERDICTS_SQL",
    "ReviewError",
    "ReviewSummary",
    "check_verdicts",
    "read_placed_verdicts",
    "read_verdicts",
    "store_verdicts",
    "word_other_kind",
    "word_verdict",
]
