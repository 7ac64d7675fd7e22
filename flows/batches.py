"""Batches: what one worker extracts at a time. Nothing heavy is imported here."""

from dataclasses import dataclass

BATCH_FAILED = "batch failed"
"""why a document is rejected that was extracted together with others, in vain"""

BATCH_TEXT = 200_000
"""characters that a batch holds at most: some five seconds of extraction, of which its task is one in a hundred"""


@dataclass(frozen=True, slots=True)
class Batch:
    """The documents that one worker extracts at a time, by their numbers in the spool."""

    number: int
    of: int
    documents: tuple[int, ...]
    stage: str
    run_id: str
    model: str

    @property
    def size(self) -> str:
        """How many documents it holds, in words."""
        return counted(len(self.documents))


def counted(documents: int) -> str:
    """Return a number of documents as people write it."""
    return f"{documents:,} document{'s' * (documents != 1)}"
