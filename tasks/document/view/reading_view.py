"""The view of a text that is parsed: normalised characters, joined lines, usual capitals and quotation marks."""

from collections.abc import Callable
from functools import lru_cache

from tasks.document.reading_tables import ReadingTables
from tasks.document.view.case_edits import find_case_edits
from tasks.document.view.character_edits import find_character_edits
from tasks.document.view.line_edits import find_line_edits
from tasks.document.view.mail_edits import find_reply_edits
from tasks.document.view.margin_edits import find_margin_edits
from tasks.document.view.mark_edits import find_glued_mark_edits, find_mark_edits
from tasks.document.view.name_edits import find_emphasis_edits, find_nickname_edits
from tasks.document.view.text_view import TextView


def find_visible_text(text: str) -> str:
    """Return a text without invisible characters, each other character in its usual form."""
    return _make_visible_view(text).text


@lru_cache(maxsize=1)
def _make_visible_view(text: str) -> TextView:
    """Return the view of a text with visible characters; kept, since its language is identified before it is parsed."""
    return TextView(text).edit(find_character_edits(text))


def make_view(text: str, is_word: Callable[[str], bool], tables: ReadingTables) -> TextView:
    """Return the view of a text that is parsed: the text itself where nothing has to change.

    ``is_word`` returns True for a word of the model's vocabulary.
    """
    view = _make_visible_view(text)
    view = view.edit(find_reply_edits(view.text))
    view = view.edit(find_margin_edits(view.text))
    view = view.edit(find_line_edits(view.text, is_word, tables.unfinished_words))
    view = view.edit(find_emphasis_edits(view.text))
    view = view.edit(find_case_edits(view.text, is_word, tables.cases))
    view = view.edit(find_glued_mark_edits(view.text))
    view = view.edit(find_mark_edits(view.text, tables.marks))
    return view.edit(find_nickname_edits(view.text, tables.nicknames))
