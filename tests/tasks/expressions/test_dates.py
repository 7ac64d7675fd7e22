"""Date phrases as news writes them, for an article published on Friday 24 July 2020."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.expressions.date_interpretation import Tense
from tasks.expressions.dates import DateSpan, find_dates

PUBLISHED = date(2020, 7, 24)
# sentence with one date, first day, last day, grain, TIMEX3 value
PAST = [
    ("It said on Thursday that it had left.", "2020-07-23", "2020-07-23", "day", "2020-07-23"),
    ("He spoke on Friday.", "2020-07-24", "2020-07-24", "day", "2020-07-24"),
    ("He spoke last Friday.", "2020-07-17", "2020-07-17", "day", "2020-07-17"),
    ("They met Monday morning in Geneva.", "2020-07-20", "2020-07-20", "day", "2020-07-20"),
    ("Late Saturday, a bomb went off.", "2020-07-18", "2020-07-18", "day", "2020-07-18"),
    ("Sunday's attack killed ten.", "2020-07-19", "2020-07-19", "day", "2020-07-19"),
    ("Wednesday’s vote was close.", "2020-07-22", "2020-07-22", "day", "2020-07-22"),
    ("It happened yesterday.", "2020-07-23", "2020-07-23", "day", "2020-07-23"),
    ("It happened the day before yesterday.", "2020-07-22", "2020-07-22", "day", "2020-07-22"),
    ("Earlier today, he resigned.", "2020-07-24", "2020-07-24", "day", "2020-07-24"),
    ("He was arrested last night.", "2020-07-23", "2020-07-23", "day", "2020-07-23"),
    ("He was arrested this morning.", "2020-07-24", "2020-07-24", "day", "2020-07-24"),
    ("The army withdrew last week.", "2020-07-13", "2020-07-19", "week", "2020-W29"),
    ("It began earlier this week.", "2020-07-20", "2020-07-24", "week", "2020-W30"),
    ("Two men died over the weekend.", "2020-07-18", "2020-07-19", "range", "2020-W29-WE"),
    ("Two men died last weekend.", "2020-07-18", "2020-07-19", "range", "2020-W29-WE"),
    ("It was signed last month.", "2020-06-01", "2020-06-30", "month", "2020-06"),
    ("It was signed last year.", "2019-01-01", "2019-12-31", "year", "2019"),
    ("In May, the government denied it.", "2020-05-01", "2020-05-31", "month", "2020-05"),
    ("It had denied it in December.", "2019-12-01", "2019-12-31", "month", "2019-12"),
    ("It was agreed last May.", "2020-05-01", "2020-05-31", "month", "2020-05"),
    ("It was agreed in September 2015.", "2015-09-01", "2015-09-30", "month", "2015-09"),
    ("It was agreed in Sept. 2015.", "2015-09-01", "2015-09-30", "month", "2015-09"),
    ("It was agreed in early March.", "2020-03-01", "2020-03-10", "month", "2020-03"),
    ("Mines were laid in mid-June.", "2020-06-11", "2020-06-20", "month", "2020-06"),
    ("It fell in late August 2011.", "2011-08-21", "2011-08-31", "month", "2011-08"),
    ("Mines were laid since mid-June.", "2020-06-11", "2020-07-24", "range", "2020-06-11/2020-07-24"),
    ("He has ruled since 2011.", "2011-01-01", "2020-07-24", "range", "2011-01-01/2020-07-24"),
    ("He was killed in 2011.", "2011-01-01", "2011-12-31", "year", "2011"),
    ("He won the 2016 election.", "2016-01-01", "2016-12-31", "year", "2016"),
    ("He left in late 2015.", "2015-09-01", "2015-12-31", "year", "2015"),
    ("It grew in the 1990s.", "1990-01-01", "1999-12-31", "decade", "199"),
    ("It grew in the early 2000s.", "2000-01-01", "2003-12-31", "decade", "200"),
    ("It has grown in the last few years.", "2017-07-24", "2020-07-24", "range", "PXY"),
    ("It has grown over the past two weeks.", "2020-07-10", "2020-07-24", "range", "P2W"),
    ("It has fallen in recent months.", "2020-04-24", "2020-07-24", "range", "PXM"),
    ("It has fallen over the past decade.", "2010-01-01", "2019-12-31", "decade", "201"),
    ("He resigned three days ago.", "2020-07-21", "2020-07-21", "day", "2020-07-21"),
    ("He resigned a week ago.", "2020-07-13", "2020-07-19", "week", "2020-W29"),
    ("He resigned two years ago.", "2018-01-01", "2018-12-31", "year", "2018"),
    ("He resigned more than 30 years ago.", "1990-01-01", "1990-12-31", "year", "1990"),
    ("He was born on 5 March 1953.", "1953-03-05", "1953-03-05", "day", "1953-03-05"),
    ("He died on July 4, 2019.", "2019-07-04", "2019-07-04", "day", "2019-07-04"),
    ("He died on July 4.", "2020-07-04", "2020-07-04", "day", "2020-07-04"),
    ("He died on Nov. 13.", "2019-11-13", "2019-11-13", "day", "2019-11-13"),
    ("It was filed on the 5th of May.", "2020-05-05", "2020-05-05", "day", "2020-05-05"),
    ("It was dated 2020-02-29.", "2020-02-29", "2020-02-29", "day", "2020-02-29"),
    ("He governed from 2003 to 2011.", "2003-01-01", "2011-12-31", "range", "2003-01-01/2011-12-31"),
    ("He governed between 2003 and 2011.", "2003-01-01", "2011-12-31", "range", "2003-01-01/2011-12-31"),
    ("It was a war (2014-2018) of attrition.", "2014-01-01", "2018-12-31", "range", "2014-01-01/2018-12-31"),
    ("It was fought from May to July 2015.", "2015-05-01", "2015-07-31", "range", "2015-05-01/2015-07-31"),
    ("It ended last summer.", "2019-06-01", "2019-08-31", "season", "2019-SU"),
    ("It ended in the spring of 2015.", "2015-03-01", "2015-05-31", "season", "2015-SP"),
    ("It began this spring.", "2020-03-01", "2020-05-31", "season", "2020-SP"),
    ("Sales fell in the first quarter of 2016.", "2016-01-01", "2016-03-31", "range", "2016-Q1"),
    ("They met on July 12-15.", "2020-07-12", "2020-07-15", "range", "2020-07-12/2020-07-15"),
    ("They met from 12 to 15 July 2019.", "2019-07-12", "2019-07-15", "range", "2019-07-12/2019-07-15"),
    ("It was signed on 23/07/2020.", "2020-07-23", "2020-07-23", "day", "2020-07-23"),
    ("It was signed on 07/23/2020.", "2020-07-23", "2020-07-23", "day", "2020-07-23"),
    ("Ten died in the past 24 hours.", "2020-07-23", "2020-07-24", "range", "PT24H"),
    ("By the end of 2019, they had left.", "2019-09-01", "2019-12-31", "year", "2019"),
    (
        "It has risen since the beginning of the year.",
        "2020-01-01",
        "2020-07-24",
        "range",
        "2020-01-01/2020-07-24",
    ),
    ("It fell at the end of May.", "2020-05-21", "2020-05-31", "month", "2020-05"),
    ("It fell in the first half of 2020.", "2020-01-01", "2020-06-30", "range", "2020-H1"),
    ("He left half a year ago.", "2020-01-01", "2020-01-31", "month", "2020-01"),
    ("It was held throughout 2018.", "2018-01-01", "2018-12-31", "year", "2018"),
    ("It happened on Tuesday, July 21.", "2020-07-21", "2020-07-21", "day", "2020-07-21"),
]
FUTURE = [
    ("They will meet on Monday.", "2020-07-27", "2020-07-27", "day", "2020-07-27"),
    ("They will meet next Friday.", "2020-07-31", "2020-07-31", "day", "2020-07-31"),
    ("They will meet tomorrow.", "2020-07-25", "2020-07-25", "day", "2020-07-25"),
    ("They will meet in March.", "2021-03-01", "2021-03-31", "month", "2021-03"),
    ("They will meet later this year.", "2020-07-24", "2020-12-31", "year", "2020"),
    ("They will meet in the next two months.", "2020-07-24", "2020-09-24", "range", "P2M"),
    ("The vote is on November 3.", "2020-11-03", "2020-11-03", "day", "2020-11-03"),
    ("The vote is next month.", "2020-08-01", "2020-08-31", "month", "2020-08"),
]
NO_DATES = [
    "That was the end of the road.",
    "He may deny it.",
    "Troops march on the capital.",
    "The spring was dry.",
    "The fall of the city came.",
    "Theresa May denied it.",
    "Some 2,011 people died.",
    "He paid $2000 for it.",
    "The MiG-29 flew.",
    "Sun and rain.",
    "It is 1,950 miles away.",
]


def only(text: str, tense: Tense = "past", published: date | None = PUBLISHED) -> DateSpan:
    found = find_dates(text, published, tense)
    assert found, f"no date in {text!r}"
    return found[0]


@pytest.mark.parametrize(
    ("text", "tense", "expected"),
    [(row[0], "past", row[1:]) for row in PAST] + [(row[0], "future", row[1:]) for row in FUTURE],
)
def test_phrase_becomes_days_grain_and_timex(
    text: str, tense: Tense, expected: tuple[str, str, str, str]
) -> None:
    found = only(text, tense)
    assert (str(found.start), str(found.end), found.grain, found.timex) == expected
    assert text[slice(*found.span)] == found.text


def test_a_weekday_with_its_date_is_one_date() -> None:
    (found,) = find_dates("It happened on Tuesday, July 21.", PUBLISHED)
    assert found.text == "Tuesday, July 21"


@pytest.mark.xfail(strict=True, reason="'this time last year' and the like are read as the year")
def test_a_point_within_a_period() -> None:
    assert only("It stood here this time last year.").grain == "day"


@pytest.mark.xfail(strict=True, reason="a date that counts from another event is not read")
def test_date_relative_to_an_event() -> None:
    assert find_dates("He resigned two days after the attack.", PUBLISHED)


@pytest.mark.parametrize("text", NO_DATES)
def test_what_looks_like_a_date_and_is_none(text: str) -> None:
    assert find_dates(text, PUBLISHED) == ()


@pytest.mark.parametrize(
    "text", [row[0] for row in PAST if "ago" in row[0] or "last" in row[0] or "on Thurs" in row[0]]
)
def test_relative_dates_are_null_with_a_reason_without_publication_date(text: str) -> None:
    found = only(text, published=None)
    assert (found.start, found.end) == (None, None)
    assert found.reason == "no publication date"


def test_absolute_dates_need_no_publication_date() -> None:
    assert only("He was killed in 2011.", published=None).start == date(2011, 1, 1)


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from([row[0] for row in PAST + FUTURE]),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["past", "future"]),
)
def test_dates_are_ordered_and_stand_where_they_say(text: str, published: date, tense: Tense) -> None:
    for found in find_dates(text, published, tense):
        assert text[slice(*found.span)] == found.text
        if found.start and found.end:
            assert found.start <= found.end


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="0123456789 -/.,JulyMaytheinfromtoand’s", max_size=60))
def test_nothing_raises(text: str) -> None:
    find_dates(text, PUBLISHED)
