"""The headline of a text file is its title, and stays part of the text."""

import pytest

from tasks.document.records import Document, Metadata, RawDocument
from tasks.read.cleaning import clean_document

BODY = "The mayor of Zelnik denied on Monday that he had paid the gang, and left the hall."


@pytest.mark.parametrize(
    ("above", "headline"),
    [
        ("Mayor denies paying gang\n\n", "Mayor denies paying gang"),
        ("MAYOR DENIES PAYING GANG\r\n\r\n", "MAYOR DENIES PAYING GANG"),
        ("  Mayor denies paying gang  \n \n", "Mayor denies paying gang"),
        ("Why did the mayor pay?\n\n", "Why did the mayor pay?"),
        ("Mayor ‘lied to council’ – report\n", "Mayor ‘lied to council’ – report"),
        ("“We paid nobody”, mayor says\n\n", "“We paid nobody”, mayor says"),
        ("FOR IMMEDIATE RELEASE\n\nMayor denies paying gang\n\n", "Mayor denies paying gang"),
        ("By Ann Lee\n\nMayor denies paying gang\n\n", "Mayor denies paying gang"),
        ("\n\nMayor denies paying gang\n\n", "Mayor denies paying gang"),
        ("", None),
        ("The mayor denied it.\n\n", None),
        ("Zelnik\n\n", None),
        ("Q: Did you pay them?\n\n", None),
        ("Dear people of Zelnik\n\n", None),
        ("- Mayor denies paying gang\n\n", None),
        ("The mayor of Zelnik and the council of the\n", None),
        ("The mayor of Zelnik, Ivan Petrov, denied on\r\nMonday that he had paid.\r\n", None),
        ("Contact the press office: press@city.example\n\n", None),
    ],
)
def test_a_first_line_that_reads_as_a_headline_is_the_title(above: str, headline: str | None) -> None:
    text = above + BODY
    found = clean_document(RawDocument("a.txt", text.encode(), "text"))
    assert isinstance(found, Document)
    assert (found.text, found.metadata.title) == (text, headline)


def test_a_title_that_is_given_stays() -> None:
    given = Metadata(title="Gang paid")
    found = clean_document(
        RawDocument("a.txt", f"Mayor denies paying gang\n\n{BODY}".encode(), "text", given)
    )
    assert isinstance(found, Document)
    assert found.metadata.title == "Gang paid"
