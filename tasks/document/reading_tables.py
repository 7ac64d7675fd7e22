"""The tables of ``seeds/`` by which a text is prepared for the parser, loaded once."""

from dataclasses import dataclass

from tasks.document.layout.document_layout import LayoutTables, load_layout_tables
from tasks.document.view.case_edits import CaseTable, load_case_table
from tasks.document.view.name_edits import NicknameTable, load_nickname_table
from tasks.document.view.quotation_marks import MarkTable, load_mark_table
from tasks.seeds import read_seed_words


@dataclass(frozen=True, slots=True)
class ReadingTables:
    """The marks, names and layouts that the view of a text and its paragraphs depend on."""

    marks: MarkTable
    cases: CaseTable
    layouts: LayoutTables
    nicknames: NicknameTable
    unfinished_words: frozenset[str]
    """words with which no sentence ends, so that a line that ends with one goes on"""


def load_reading_tables() -> ReadingTables:
    """Return the tables as they are shipped."""
    return ReadingTables(
        marks=load_mark_table(),
        cases=load_case_table(),
        layouts=load_layout_tables(),
        nicknames=load_nickname_table(),
        unfinished_words=read_seed_words("layouts/unfinished_words.csv", "word"),
    )
