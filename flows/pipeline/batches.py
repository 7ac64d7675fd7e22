"""Batches: what one worker extracts at a time. Nothing heavy is imported here."""

from dataclasses import dataclass, replace

BATCH_FAILED = "batch failed"
"""why a document is rejected where the system failed and not the document: it waits for the next run"""

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
    piece: str = ""
    """which part of the batch of this number it is, where that was split; empty for the whole"""

    @property
    def size(self) -> str:
        """How many documents it holds, in words."""
        return counted(len(self.documents))

    def split(self) -> "tuple[Batch, Batch]":
        """Return both halves of a batch of at least two documents."""
        half = len(self.documents) // 2
        return (
            replace(self, documents=self.documents[:half], piece=f"{self.piece}a"),
            replace(self, documents=self.documents[half:], piece=f"{self.piece}b"),
        )


def counted(documents: int) -> str:
    """Return a number of documents as people write it."""
    return f"{documents:,} document{'s' * (documents != 1)}"
