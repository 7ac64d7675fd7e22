"""Batches: the documents that one worker extracts at a time. Nothing heavy is imported here."""

from dataclasses import dataclass, replace

from flows.text_formats import format_document_count

BATCH_FAILED = "batch failed"
"""reason of the reject of a document whose batch failed because of the system; the next run extracts it again"""

SPOOL_FILE = "documents.arrow"
"""the spool of a run in its stage"""
MAX_BATCH_CHARS = 200_000
"""characters of text in a batch at most: about five seconds of extraction, so that a task costs about 1 % of it"""


@dataclass(frozen=True, slots=True)
class Batch:
    """The documents that one worker extracts at a time, by their numbers in the spool."""

    number: int
    batch_count: int
    """batches of the whole run"""
    documents: tuple[int, ...]
    stage: str
    run_id: str
    model: str
    spool: str = SPOOL_FILE
    """the file of the stage that holds the documents"""
    half: str = ""
    """which half of the batch of this number this is: ``ba`` is the first half of the second; empty for the whole"""

    @property
    def task_name(self) -> str:
        """The name of the task run that extracts it: *extract batch 3 of 8: 20 documents*."""
        return (
            f"extract batch {self.number} of {self.batch_count}: {format_document_count(len(self.documents))}"
        )

    def split(self) -> "tuple[Batch, Batch]":
        """Return both halves of a batch of at least two documents."""
        middle = len(self.documents) // 2
        return (
            replace(self, documents=self.documents[:middle], half=f"{self.half}a"),
            replace(self, documents=self.documents[middle:], half=f"{self.half}b"),
        )
