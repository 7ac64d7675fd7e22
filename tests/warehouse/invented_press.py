"""A small invented press: two accusations and their answers, in six outlets and two months."""

from datetime import date
from typing import Any

from tests.sample_rows import Row, make_change, make_row
from warehouse.storage.edits.table_edits import WarehouseChange

HARBOUR_TEXT = (
    "Ada Brown accused Northia of shelling the harbour. Northia’s spokesman Carl Dorn denied it, citing radar"
    " records. Brown said 40 wounded were found.\r\n=1+1 was “never said”, said Dorn, and 🛩️ never flew."
)
ANSWER_TEXT = "Northia denied that it had shelled the harbour. Officials said 90 wounded were found."
TOLL_TEXT = "The toll road is safe, Ada Brown said."
PRESS_ENTITIES = (
    ("Q1", "Ada Brown", "person", {"aliases": ["Ada Brown", "Brown"], "wikidata_id": "Q1"}),
    ("Q2", "Northia", "country", {"country_code": "NO", "wikidata_id": "Q2"}),
    ("ent_dorn", "Carl Dorn", "person", {"aliases": ["Carl Dorn", "Dorn"]}),
    ("ent_harbour", "Harbour", "place", {"latitude": -12.5, "longitude": 40.25}),
)


def _make_article_row(doc: str, publisher: str | None, day: date | None, text: str, **more: Any) -> Row:
    """Return the row of a document."""
    month = f"{day:%Y-%m}" if day else "unknown"
    given = {
        "publisher": publisher,
        "published_at": day,
        "published_month": month,
        "source_uri": f"{doc}.txt",
    }
    plain = {"language": "en", "n_chars": len(text), "n_tokens": len(text.split()), "content_sha256": doc}
    return make_row("documents", doc_id=doc, text=text, **given | plain | more)


def _make_statement_row(
    table: str, key: str, kind: str, document: Row, *words: str | None, **more: Any
) -> Row:
    """Return a claim or denial: its source, cue and content are words of the document."""
    text = document["text"]
    source, cue, *content = words
    row: Row = {"doc_id": document["doc_id"], "published_month": document["published_month"]}
    row |= {f"{table[:-1]}_id": key, f"{table[:-1]}_type": kind, "source_type": "named", "confidence": 0.5}
    for name, found in (("source", source), ("cue", cue)):
        if found is not None:
            start = text.index(found)
            row |= {f"{name}_start": start, f"{name}_end": start + len(found), f"{name}_text": found}
    spans = [{"start": text.index(w), "end": text.index(w) + len(w)} for w in content if w is not None]
    row |= {"content_spans": spans, "content_text": " … ".join(w for w in content if w is not None)}
    return make_row(table, **row | more)


def _make_wounded_quantity(document: Row, words: str, number: float) -> Row:
    """Return a quantity."""
    start = document["text"].index(words)
    span = {"start": start, "end": start + len(words)}
    return span | {"low": number, "high": number, "unit": "wounded", "text": words}


def _make_link_row(denial: Row, claim: Row | None, rank: int = 1) -> Row:
    """Return the row that links a denial to a claim or, without one, to none."""
    where = {"doc_id": denial["doc_id"], "published_month": denial["published_month"]}
    return make_row(
        "denial_links",
        **where,
        denial_id=denial["denial_id"],
        rank=rank,
        claim_id=claim["claim_id"] if claim else None,
        score=0.75,
        method="anaphora",
        same_document=claim is not None and claim["doc_id"] == denial["doc_id"],
        implicit_claim_text=None if claim else denial["content_text"],
    )


def _make_group_row(claim: Row, medoid: Row) -> Row:
    """Return the row that puts a claim into the group of a medoid."""
    return make_row(
        "claim_groups",
        doc_id=claim["doc_id"],
        published_month=claim["published_month"],
        claim_id=claim["claim_id"],
        group_id=f"grp_{medoid['claim_id']}",
        medoid_id=medoid["claim_id"],
        score=1.0,
    )


def make_press_change() -> WarehouseChange:
    """Return the change that publishes all rows of the press."""
    documents = _make_documents()
    claims, denials = _make_claims(documents), _make_denials(documents)
    answered = (("n1", "c1"), ("n2", "c1"), ("n3", "c4"), ("n4", None))
    rows = {
        "documents": [*documents.values()],
        "claims": [*claims.values()],
        "denials": [*denials.values()],
        "denial_links": [
            _make_link_row(denials[denial], claims[claim] if claim else None) for denial, claim in answered
        ],
        "mentions": _make_mentions(),
        "claim_groups": [_make_group_row(claims[f"s{i}"], claims["s0"]) for i in range(5)],
    }
    entities = [
        make_row(
            "entities", **{"entity_id": key, "name": name, "entity_type": kind, "aliases": [name]} | rest
        )
        for key, name, kind, rest in PRESS_ENTITIES
    ]
    copies = [make_row("near_duplicates", doc_id="t4", duplicate_of="t0")]
    return make_change([rows], entities=entities, near_duplicates=copies)


def _make_documents() -> dict[str, Row]:
    """Return the documents by id: an accusation, an answer, five copies of a report, and one in German."""
    outlets = ("Gazette", "Courier", "Herald", "Mail", "Post")
    tolls = [
        _make_article_row(f"t{i}", name, date(2026, 11, i + 1), TOLL_TEXT) for i, name in enumerate(outlets)
    ]
    harbour = _make_article_row(
        "d1", "Gazette", date(2026, 10, 3), HARBOUR_TEXT, url="https://gazette.example/1", title="T"
    )
    answer = _make_article_row("d2", "Courier", date(2026, 10, 5), ANSWER_TEXT)
    german = _make_article_row("g1", "Zeitung", date(2026, 11, 9), "Nichts.", language="de", n_tokens=0)
    return {row["doc_id"]: row for row in (*tolls, harbour, answer, german)}


def _make_claims(documents: dict[str, Row]) -> dict[str, Row]:
    """Return the claims by id."""
    harbour, answer = documents["d1"], documents["d2"]
    claims = [
        _make_statement_row(
            "claims", "c1", "accusation", harbour, "Ada Brown", "accused", "Northia of shelling the harbour",
            speaker_id="Q1", target_ids=["Q2"], accusation_basis="cue",
        ),
        _make_statement_row(
            "claims", "c2", "accusation", harbour, "Brown", "said", "40 wounded were found", speaker_id="Q1",
            target_ids=["Q2"], accusation_basis="content", hedged=True,
            quantities=[_make_wounded_quantity(harbour, "40 wounded", 40)],
        ),
        _make_statement_row(
            "claims", "c3", "statement", answer, "Officials", "said", "90 wounded were found",
            source_type="unnamed", quantities=[_make_wounded_quantity(answer, "90 wounded", 90)],
        ),
        _make_statement_row(
            "claims", "c4", "statement", harbour, "Dorn", "said", "=1+1 was “never said”", "🛩️ never flew",
            speaker_id="ent_dorn", no_comment=True, parent_id="c1",
        ),
    ]  # fmt: skip
    is_safe = ("Ada Brown", "said", "The toll road is safe")
    claims += [
        _make_statement_row("claims", f"s{i}", "statement", documents[f"t{i}"], *is_safe, speaker_id="Q1")
        for i in range(5)
    ]
    return {row["claim_id"]: row for row in claims}


def _make_denials(documents: dict[str, Row]) -> dict[str, Row]:
    """Return the denials by id."""
    harbour, answer = documents["d1"], documents["d2"]
    denials = [
        _make_statement_row(
            "denials", "n1", "explicit", harbour, "Carl Dorn", "denied", "it", speaker_id="ent_dorn",
            speaker_affiliation_id="Q2", speaker_role="spokesman", evidence_text="radar records",
        ),
        _make_statement_row(
            "denials", "n2", "explicit", answer, "Northia", "denied", "that it had shelled the harbour",
            speaker_id="Q2",
        ),
        _make_statement_row(
            "denials", "n3", "labelling", harbour, "Dorn", None, "“never said”", speaker_id="ent_dorn",
            confidence=0.25,
        ),
        _make_statement_row("denials", "n4", "counter", answer, None, "denied", "it"),
    ]  # fmt: skip
    return {row["denial_id"]: row for row in denials}


def _make_mentions() -> list[Row]:
    """Return two mentions of the accusation."""
    common = {"doc_id": "d1", "published_month": "2026-10"}
    start = HARBOUR_TEXT.index("harbour")
    harbour = {"start": start, "end": start + 7, "text": "harbour", "entity_id": "ent_harbour"}
    speaker = {"start": 0, "end": 9, "text": "Ada Brown", "entity_id": "Q1"}
    return [
        make_row("mentions", **common, **harbour, mention_id="m1", label="place"),
        make_row("mentions", **common, **speaker, mention_id="m2"),
    ]
