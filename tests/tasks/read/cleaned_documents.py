"""What every result of cleaning must satisfy, and the markup that the tests damage pages with."""

from datetime import date

import pyarrow as pa

from tasks.document.minhash import compute_near_keys
from tasks.document.records import Document, Rejected
from tasks.read.language import identify_language

HTML_FRAGMENTS = """
<p> </p> <div> </div> <article> </article> <script> </script> <!-- --> <table><tr><td> <br> <br/> <li> <html>
<body> <head> <title> </title> <meta name='date' content=' '> &#xD800; &#0; &#1; &amp; &lt <![CDATA[ ]]> <?
<a href=' <time pubdate datetime=" "> "datePublished":" "@type":"NewsArticle" application/ld+json
<p>Hello-world, <blockquote>
"""


def assert_storable(found: Document | Rejected) -> None:
    if isinstance(found, Rejected):
        assert found.reason
        assert found.detail
        found.detail.encode()
        return
    m = found.metadata
    for value in (found.text, found.source_uri, m.publisher, m.url, m.title, m.author):
        # What Arrow, and so every table, can hold.
        assert pa.array([value], pa.string()).to_pylist() == [value]
    assert "\0" not in found.text
    assert m.published_at is None or type(m.published_at) is date
    assert len(found.published_month) == 7
    assert 0 <= identify_language(found.text)[1] <= 1
    compute_near_keys(found.text)
