"""The tables of ``seeds/`` by which a text is prepared for the parser, loaded once."""

from dataclasses import dataclass

from tasks.document.layout.document_layout import LayoutTables, load_layout_tables
from tasks.document.view.case_edits import WrittenNames, load_written_names
from tasks.document.view.name_edits import NicknameTable, load_nickname_table
from tasks.document.view.quotation_marks import MarkTable, load_mark_table


@dataclass(frozen=True, slots=True)
class ReadingTables:
    """The marks, names and layouts that the view of a text and its paragraphs depend on."""

    marks: MarkTable
    names: WrittenNames
    layouts: LayoutTables
    nicknames: NicknameTable


def load_reading_tables() -> ReadingTables:
    """Return the tables as they are shipped."""
    return ReadingTables(
        marks=load_mark_table(),
        names=load_written_names(),
        layouts=load_layout_tables(),
        nicknames=load_nickname_table(),
    )
