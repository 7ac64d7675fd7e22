"""The days on which documents were published."""

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

PublicationDates = Mapping[str, date | None]
"""day of publication by doc_id"""


def get_publication_dates(documents: pa.Table) -> dict[str, date | None]:
    """Return the day of each document of a table with ``doc_id`` and ``published_at``, None if it is not known."""
    return dict(zip(documents["doc_id"].to_pylist(), documents["published_at"].to_pylist(), strict=True))
