"""Articles to report on: a hostile one, and one with hundreds of statements."""

from datetime import date
from typing import Any

from tests.sample_rows import Row, make_row

SCRIPT_TAG = "<script>document.title='owned'</script>"
BREAKOUT_HTML = "\"'></a></bdi></title></style></script><img src=x onerror=\"document.title='owned'\">"
HOSTILE_TEXT = (
    f"  {SCRIPT_TAG} said\r\n\tthat\u00a0“it & <u>they</u>”\u2028lied\u2029\u202eabc\u202c &amp; &lt;\x0b\x85.\r\r\n\n"
    f"“No,” {BREAKOUT_HTML} — 🛩️ שלום — denied it.\n"
)


def make_article(doc: str, text: str, statements: list[Row], **of_document: Any) -> dict[str, list[Row]]:
    """Return the rows of a document; each statement is given by its kind, id, spans and any column."""
    common = {"doc_id": doc, "published_month": "2026-11", "extractor_version": "1"}
    known = {"published_at": date(2026, 11, 1), "language": "en", "content_sha256": doc} | of_document
    rows: dict[str, list[Row]] = {
        "documents": [make_row("documents", **common, text=text, n_chars=len(text), **known)],
        "mentions": [],
        "claims": [],
        "denials": [],
        "denial_links": [],
    }
    for given in statements:
        table = given.pop("table")
        rows[table].append(make_row(table, **common, **given))
    return rows


HOSTILE_COLUMNS = (
    "source_text", "cue_text", "content_text", "speaker_role", "evidence_text", "cue_lemma", "rule", "source_type",
    "speaker_resolution", "manner",
)  # fmt: skip
"""columns of a statement that take any text"""


def make_hostile_article(words: str = BREAKOUT_HTML) -> dict[str, list[Row]]:
    """Return an article whose text and metadata try to break out of their HTML elements."""
    link = {"denial_id": "den_1", "score": 0.5, "method": words, "same_document": True}
    mention = {"table": "mentions", "text": words, "resolution": words, "label": words}
    start = HOSTILE_TEXT.index(BREAKOUT_HTML)
    rows = [
        _make_hostile_claim(words),
        _make_hostile_denial(words),
        link | {"table": "denial_links", "rank": 1, "claim_id": "clm_1"},
        link | {"table": "denial_links", "rank": 2, "implicit_claim_text": words},
        mention | {"mention_id": "men_1", "start": 4, "end": 9, "entity_id": "ent_1"},
        mention | {"mention_id": "men_2", "start": start, "end": start + len(BREAKOUT_HTML)},
    ]
    metadata = dict.fromkeys(("title", "publisher", "author", "source_uri", "language"), words)
    return make_article("doc_hostile", HOSTILE_TEXT, rows, url=f"javascript:alert(1)//{words}", **metadata)


def _make_hostile_statement(words: str) -> dict[str, Any]:
    """Return the columns of a statement that hold any text, each with the words."""
    return dict.fromkeys(HOSTILE_COLUMNS, words)


def _make_hostile_claim(words: str) -> dict[str, Any]:
    """Return a claim, nearly all columns of which hold the words."""
    cue, denied = HOSTILE_TEXT.index("said"), HOSTILE_TEXT.index("denied")
    content = [
        {"start": cue + 5, "end": HOSTILE_TEXT.index("“No")},
        {"start": denied, "end": len(HOSTILE_TEXT)},
    ]
    return _make_hostile_statement(words) | {
        "table": "claims",
        "claim_id": "clm_1",
        "claim_type": "accusation",
        "source_start": 2,
        "source_end": 2 + len(SCRIPT_TAG),
        "cue_start": cue,
        "cue_end": cue + 4,
        "content_spans": content,
        "speaker_id": "ent_1",
        "target_ids": ["ent_2", "ent_unknown"],
        "quantities": [{"start": 0, "end": 1, "low": 1.0, "high": 2.0, "unit": words, "text": words}],
    }


def _make_hostile_denial(words: str) -> dict[str, Any]:
    """Return a denial, nearly all columns of which hold the words."""
    cue, denied = HOSTILE_TEXT.index("said"), HOSTILE_TEXT.index("denied")
    return _make_hostile_statement(words) | {
        "table": "denials",
        "denial_id": "den_1",
        "denial_type": words,
        "source_start": HOSTILE_TEXT.index(BREAKOUT_HTML),
        "source_end": HOSTILE_TEXT.index(BREAKOUT_HTML) + len(BREAKOUT_HTML),
        "cue_start": denied,
        "cue_end": denied + 6,
        "content_spans": [{"start": cue, "end": denied + 9}],
        "speaker_id": "ent_2",
        "said_on": date(2026, 11, 3),
    }


def make_entity_rows(*ids: str, name: str = BREAKOUT_HTML) -> list[Row]:
    """Return entities of the given ids, with one name."""
    return [
        make_row(
            "entities", entity_id=i, name=name + i, aliases=[name], entity_type="person", wikidata_id=name
        )
        for i in ids
    ]


def make_crowded_article(doc: str, n: int, day: date | None = date(2026, 11, 1)) -> dict[str, list[Row]]:
    """Return an article of ``n`` statements, every third a denial of the claim before it."""
    sentence = "Marshal Ney said that the other army had crossed the river at night. "
    statements: list[Row] = []
    for i in range(n):
        at, kind = i * len(sentence), "denial" if i % 3 == 2 else "claim"
        statements.append(
            {
                "table": kind + "s",
                f"{kind}_id": f"{doc}_{i}",
                f"{kind}_type": "explicit" if kind == "denial" else "accusation",
                "source_start": at,
                "source_end": at + 11,
                "source_text": "Marshal Ney",
                "cue_start": at + 12,
                "cue_end": at + 16,
                "cue_text": "said",
                "content_spans": [{"start": at + 17, "end": at + len(sentence) - 2}],
                "content_text": "that the other army had crossed the river at night",
                "speaker_id": "ent_1",
                "target_ids": ["ent_2"],
            }
        )
        if kind == "denial":
            link = {"denial_id": f"{doc}_{i}", "rank": 1, "claim_id": f"{doc}_{i - 1}", "same_document": True}
            statements.append(link | {"table": "denial_links", "score": 0.9})
        place = {"start": at + 26, "end": at + 36, "text": "other army", "entity_id": "ent_2"}
        statements.append(
            place | {"table": "mentions", "mention_id": f"men_{doc}_{i}", "label": "organisation"}
        )
    return make_article(doc, sentence * n, statements, published_at=day, title=f"The river, part {doc}")
