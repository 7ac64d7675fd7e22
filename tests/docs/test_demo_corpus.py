"""The corpus of `make demo`: every open text once, with an outlet and, as far as known, a date that a run can read."""

from datetime import date

from tests.docs.demo_corpus import read_demo_articles


def test_the_demo_reads_every_open_text_with_outlet_and_date() -> None:
    articles = list(read_demo_articles())
    assert len({article["id"] for article in articles}) == len(articles) == 132
    assert all(article["text"] and article["publisher"] for article in articles)
    dates = [article["published_at"] for article in articles if article["published_at"]]
    assert len(dates) > 120
    assert all(date(2004, 1, 1) <= date.fromisoformat(day) <= date(2024, 1, 1) for day in dates)
