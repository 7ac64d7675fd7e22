"""Whole rows of texts in unusual marks, lines and layouts: who says what, whatever marks are around it."""

from collections.abc import Callable, Sequence

import pytest

from tasks.document.records import Document, Metadata, make_content_id
from tasks.extraction import extract_batch
from tasks.knowledge import Knowledge

Said = tuple[str | None, str]

CASES: dict[str, tuple[str, list[Said]]] = {
    "closing mark of another family": (
        "„We have no troops in the valley“, said Defence Minister Karl Weber. „These rumours are false”, he added. "
        "The rebels accuse the army of burning two villages.",
        [
            ("Defence Minister Karl Weber", "„We have no troops in the valley“"),
            ("he", "„These rumours are false”"),
            ("The rebels", "the army of burning two villages"),
        ],
    ),
    "LaTeX": (
        "``We never paid them,'' said Karl Weber. The rebels accused the army of burning villages.",
        [("Karl Weber", "``We never paid them,''"), ("The rebels", "the army of burning villages")],
    ),
    "British": (
        "'We never paid them,' said Tom Hale. 'The tenants' report is false.' The tenants accused the army of theft. "
        "Hale said: 'It is a lie.'",
        [
            ("Tom Hale", "'We never paid them,'"),
            ("Tom Hale", "'The tenants' report is false.'"),
            ("The tenants", "the army of theft"),
            ("Hale", "'It is a lie.'"),
        ],
    ),
    "brackets of Japan": (
        "「We did not fire,」 said Colonel Sato. The village accused the army of murder.",
        [("Colonel Sato", "「We did not fire,」"), ("The village", "the army of murder")],
    ),
    "inches": ('"It was a 9" blade," Ann Lee said.', [("Ann Lee", '"It was a 9" blade,"')]),
    "a quotation that nobody closed": (
        '"We never met him, Ann Lee said. The police accused Lee of fraud. "I was at home," she added.',
        [("Ann Lee", "We never met him"), ("The police", "Lee of fraud"), ("she", '"I was at home,"')],
    ),
    "nickname": (
        "“They took everything,” said a man who goes by the name “Lucky.”",
        [("a man", "“They took everything,”")],
    ),
    "decade": ("Officials blamed the '90s reforms.", [("Officials", "the '90s reforms")]),
    "soft hyphens": (
        "The may\u00ador de\u00adnied that the ci\u00adty paid the gang. Rosa Diaz ac\u00adcused him of ly\u00ading.",
        [("The may\u00ador", "that the ci\u00adty paid the gang"), ("Rosa Diaz", "him of ly\u00ading")],
    ),
    "wrapped lines": (
        "The chairman, Lars Berg, rejected the claim that it had hid-\nden the loan, and told reporters that every\n"
        "vote was fair. Opposition leader Ida Holm accused Berg of\nlying to parliament.",
        [
            ("The chairman, Lars Berg", "the claim that it had hid-\nden the loan"),
            ("The chairman, Lars Berg", "that every\nvote was fair"),
            ("Opposition leader Ida Holm", "Berg of\nlying to parliament"),
        ],
    ),
    "labels": (
        "BREAKING: Russia denied the attack.\n\nUPDATE: Two people died, officials said.\n\nWATCH: Trump denies it\n\n"
        "KARL WEBER: We paid nobody.",
        [
            ("Russia", "the attack"),
            ("officials", "Two people died"),
            ("Trump", "it"),
            ("KARL WEBER", "We paid nobody"),
        ],
    ),
    "signatures": (
        "“The allegations are false.” – Karl Weber, mayor of Zelnik\n\n“We stand by our report.”\n— Brian Walsh\n\n"
        '"He lied," - Ann Lee',
        [
            ("Karl Weber, mayor of Zelnik", "“The allegations are false.”"),
            ("Brian Walsh", "“We stand by our report.”"),
            ("Ann Lee", '"He lied,"'),
        ],
    ),
    "signatures of other forms": (
        "“The allegations are false.” (Karl Weber, mayor of Zelnik)\n\n“We stand by our report.” — Gazette editor "
        "Brian Walsh\n\n‘He lied to us.’ — the mayor of Zelnik\n\nAnn Lee — “We never paid them.”\n\n"
        "We have nothing to hide.\n— Rosa Diaz (@rosadiaz) March 3, 2026",
        [
            ("Karl Weber, mayor of Zelnik", "“The allegations are false.”"),
            ("Gazette editor Brian Walsh", "“We stand by our report.”"),
            ("the mayor of Zelnik", "‘He lied to us.’"),
            ("Ann Lee", "“We never paid them.”"),
            ("Rosa Diaz", "We have nothing to hide"),
        ],
    ),
    "a quotation over paragraphs, its speaker in the last": (
        "“We had no money at all in that year.\n\n“It was all spent on the bridge,” said Karl Weber. Ann Lee accused "
        "him of theft.",
        [
            ("Karl Weber", "“We had no money at all in that year."),
            ("Karl Weber", "“It was all spent on the bridge,”"),
            ("Ann Lee", "him of theft"),
        ],
    ),
    "a mark that is missing before the speaker": (
        "“We had no money, Karl Weber said.\n\n“It is all gone,” said Ann Lee.",
        [("Karl Weber", "We had no money"), ("Ann Lee", "“It is all gone,”")],
    ),
    "an aside before a conjunction": (
        "It was a mistake to sign, the union’s lawyer Ann O’Neill said, and the drivers’ pay fell.",
        [("the union’s lawyer Ann O’Neill", "It was a mistake to sign … and the drivers’ pay fell")],
    ),
    "a clause after the agent": (
        "It was alleged by two guards that Reyes had paid.",
        [("two guards", "that Reyes had paid")],
    ),
    "a comma outside the mark": (
        "“We never paid them”, said Karl Weber. “It is over.” The rebels accused the army of burning villages.",
        [
            ("Karl Weber", "“We never paid them”"),
            ("Karl Weber", "“It is over.”"),
            ("The rebels", "the army of burning villages"),
        ],
    ),
    "references": ('"Report found on street" — Toronto Star, August 15, 2008', []),
    "dateline": (
        "VIENNA, March 3, 2026 /PRNewswire/ -- Holm Pharma AG denied that its vaccine had killed patients.",
        [("Holm Pharma AG", "that its vaccine had killed patients")],
    ),
    "capitals": (
        'MOSCOW - RUSSIA ON FRIDAY DENIED THAT ITS PLANES BOMBED A HOSPITAL. "WE DID NOT STRIKE ANY HOSPITAL," '
        "THE DEFENCE MINISTRY SAID.",
        [
            ("RUSSIA", "THAT ITS PLANES BOMBED A HOSPITAL"),
            ("THE DEFENCE MINISTRY", '"WE DID NOT STRIKE ANY HOSPITAL,"'),
        ],
    ),
}


@pytest.fixture(scope="module")
def said(knowledge: Knowledge) -> Callable[[str], Sequence[tuple[Said, str, float]]]:
    """Return a function that gives source, content, manner and confidence of the statements of a text."""

    def read(text: str) -> Sequence[tuple[Said, str, float]]:
        document = Document(make_content_id("doc", text), "test.txt", text, "0" * 64, "utf-8", Metadata())
        found = extract_batch([document], knowledge, "run")
        assert not found.rejected
        rows = [*found.tables["claims"], *found.tables["denials"]]
        return [((r["source_text"], r["content_text"]), r["manner"], r["confidence"]) for r in rows]

    return read


@pytest.mark.parametrize("name", CASES)
def test_who_says_what(name: str, said: Callable[[str], Sequence[tuple[Said, str, float]]]) -> None:
    text, expected = CASES[name]
    found = {row for row, _, _ in said(text)}
    # What nobody says (a claim that a denial answers, named by a noun) is no matter of layout.
    assert {row for row in found if row[0] is not None} == set(expected)


@pytest.mark.parametrize("name", ["British", "LaTeX", "brackets of Japan", "signatures"])
def test_quotations_are_direct(name: str, said: Callable[[str], Sequence[tuple[Said, str, float]]]) -> None:
    manners = {row[1]: manner for row, manner, _ in said(CASES[name][0])}
    for content, manner in manners.items():
        assert manner == ("indirect" if content.startswith("the ") else "direct"), content


def test_a_quotation_whose_end_is_a_guess_loses_confidence(
    said: Callable[[str], Sequence[tuple[Said, str, float]]],
) -> None:
    whole = said(
        "Ann Lee said on Monday: “We met him in May, and we will again.” The police accused Lee of fraud."
    )
    broken = said(
        "Ann Lee said on Monday: “We met him in May, and we will again. The police accused Lee of fraud."
    )
    scores = [max(score for row, _, score in rows if row[0] == "Ann Lee") for rows in (whole, broken)]
    assert scores[1] < scores[0]
    for rows in (whole, broken):
        assert ("The police", "Lee of fraud") in {row for row, _, _ in rows}


@pytest.mark.parametrize(
    "text",
    [
        "Neither the ministry nor the army denied the report.",
        "Not a single witness accused the guard of firing.",
        "Nor did he accuse his brother of lying.",
    ],
)
def test_what_was_not_said_is_negated(text: str, knowledge: Knowledge) -> None:
    found = extract_batch([Document("a", "a", text, "0" * 64, "utf-8", Metadata())], knowledge, "run")
    rows = [*found.tables["claims"], *found.tables["denials"]]
    assert rows
    assert all(row["negated"] for row in rows)
