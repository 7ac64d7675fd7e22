"""Mails that others quote: the marks before their lines are left out of the view, and their turns lead back."""

import pytest

from tasks.document.layout.document_layout import add_mail_parts, find_layout, load_layout_tables
from tasks.document.parser import find_paragraphs
from tasks.document.reading_tables import load_reading_tables
from tasks.document.view.mail_edits import find_prefixed_spans
from tasks.document.view.reading_view import make_view

TABLES = load_reading_tables()
LAYOUTS = load_layout_tables()


def is_word(word: str) -> bool:
    return word.islower()


def quoted_in(text: str) -> list[tuple[str | None, list[str]]]:
    """Return the writer and the paragraphs of each mail that a text quotes, as they stand in the text."""
    view = make_view(text, is_word, TABLES)
    paragraphs = find_paragraphs(view.text)
    prefixed = [(view.from_source(a), view.from_source(b)) for a, b in find_prefixed_spans(text)]
    layout = add_mail_parts(find_layout(view.text, paragraphs, LAYOUTS), view.text, paragraphs, prefixed)

    def words(span: tuple[int, int]) -> str:
        start, end = view.to_source(span)
        return text[start:end]

    return [(words(t.label) if t.label else None, [words(span) for span in t.pieces]) for t in layout.turns]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("No.\n\nAnn Lee wrote:\n> He lied.\n> He left.", [("Ann Lee", ["He lied.", "He left."])]),
        ("No.\n\nAnn Lee <a@b.example> wrote:\n> He lied.", [("Ann Lee", ["He lied."])]),
        (
            "No.\n\nOn Mon, 2 Mar 2026 at 10:12, Ann Lee <a@b.example> wrote:\n\n> He lied.\n> It is so.",
            [("Ann Lee", ["He lied.", "It is so."])],
        ),
        (
            "No.\r\n\r\nAnn Lee wrote:\r\n> He lied.\r\n> He left.\r\n",
            [("Ann Lee", ["He lied.", "He left."])],
        ),
        ("> He lied.\n> He left.\n\nThat is false.", [(None, ["He lied.", "He left."])]),
        (
            "No.\n\n-----Original Message-----\nFrom: Olga Reyes <o@c.example>\nTo: Press\n\nI left.\n\nHe lied.",
            [("Olga Reyes", ["I left.", "He lied."])],
        ),
        (
            "No.\n\n---------- Forwarded message ---------\nFrom: Olga Reyes\n\nI left.",
            [("Olga Reyes", ["I left."])],
        ),
        (
            "No.\n\nBegin forwarded message:\n\nFrom: Olga Reyes\nDate: Monday\n\nI left.",
            [("Olga Reyes", ["I left."])],
        ),
        (
            "No.\r\n\r\n-----Original Message-----\r\nFrom: Olga Reyes\r\n\r\nI left.\r\n",
            [("Olga Reyes", ["I left."])],
        ),
        ("Prices were > 5.\n> 6 is a lot.", []),
        ("Ann Lee wrote:\n\nThe bridge is unsafe.", []),
        ("He denied it.\n\n-- \nKarl Weber\nSpokesman", []),
    ],
)
def test_a_quoted_mail_is_a_turn_of_who_wrote_it(
    text: str, quoted: list[tuple[str | None, list[str]]]
) -> None:
    assert quoted_in(text) == quoted


def test_quoted_lines_that_were_wrapped_are_joined() -> None:
    text = (
        "No.\n\nAnn Lee wrote:\n> The ministry denied on Monday that it had hidden the loan\n"
        "> from parliament and from the press, and left the hall without\n> another word.\n"
    )
    ((name, (paragraph,)),) = quoted_in(text)
    assert name == "Ann Lee"
    assert paragraph == text[text.index("The ministry") : text.index("word.") + len("word.")]


@pytest.mark.parametrize("mark", ["> ", ">", ">> ", "> > ", " > "])
def test_the_marks_before_quoted_lines_are_not_seen(mark: str) -> None:
    text = f"No.\n\n{mark}He lied.\n{mark}He left."
    assert make_view(text, is_word, TABLES).text == "No.\n\nHe lied.\nHe left."
