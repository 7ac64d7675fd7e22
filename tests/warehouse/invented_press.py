"""A small invented press: two accusations and who answered them, in six outlets and two months."""

from datetime import date
from typing import Any

from tests.sample_rows import Row, blank, change
from warehouse.storage.store import Change

HARBOUR = (
    "Ada Brown accused Northia of shelling the harbour. Northia’s spokesman Carl Dorn denied it, citing radar"
    " records. Brown said 40 wounded were found.\r\n=1+1 was “never said”, said Dorn, and 🛩️ never flew."
)
ANSWER = "Northia denied that it had shelled the harbour. Officials said 90 wounded were found."
TOLL = "The toll road is safe, Ada Brown said."
ENTITIES = (
    ("Q1", "Ada Brown", "person", {"aliases": ["Ada Brown", "Brown"], "wikidata_id": "Q1"}),
    ("Q2", "Northia", "country", {"country_code": "NO", "wikidata_id": "Q2"}),
    ("ent_dorn", "Carl Dorn", "person", {"aliases": ["Carl Dorn", "Dorn"]}),
    ("ent_harbour", "Harbour", "place", {"latitude": -12.5, "longitude": 40.25}),
)


def article(doc: str, publisher: str | None, day: date | None, text: str, **more: Any) -> Row:
    """Return the row of a document."""
    month = f"{day:%Y-%m}" if day else "unknown"
    given = {
        "publisher": publisher,
        "published_at": day,
        "published_month": month,
        "source_uri": f"{doc}.txt",
    }
    plain = {"language": "en", "n_chars": len(text), "n_tokens": len(text.split()), "content_sha256": doc}
    return blank("documents", doc_id=doc, text=text, **given | plain | more)


def said(table: str, key: str, kind: str, document: Row, *words: str | None, **more: Any) -> Row:
    """Return a claim or denial: its source, cue and content are words that stand in the document."""
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
    return blank(table, **row | more)


def wounded(document: Row, words: str, number: float) -> Row:
    """Return a quantity."""
    start = document["text"].index(words)
    span = {"start": start, "end": start + len(words)}
    return span | {"low": number, "high": number, "unit": "wounded", "text": words}


def link(denial: Row, claim: Row | None, rank: int = 1) -> Row:
    """Return the row that joins a denial to a claim, or to none."""
    where = {"doc_id": denial["doc_id"], "published_month": denial["published_month"]}
    return blank(
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


def desk() -> Change:
    """Return the change that fills the warehouse."""
    harbour = article("d1", "Gazette", date(2026, 10, 3), HARBOUR, url="https://gazette.example/1", title="T")
    answer = article("d2", "Courier", date(2026, 10, 5), ANSWER)
    tolls = [
        article(f"t{i}", name, date(2026, 11, i + 1), TOLL)
        for i, name in enumerate(("Gazette", "Courier", "Herald", "Mail", "Post"))
    ]
    tolls[4] |= {"duplicate_of": "t0"}
    german = article("g1", "Zeitung", date(2026, 11, 9), "Nichts.", language="de", n_tokens=0)
    charge = said(
        "claims", "c1", "accusation", harbour, "Ada Brown", "accused", "Northia of shelling the harbour",
        speaker_id="Q1", target_ids=["Q2"],
    )  # fmt: skip
    fewer = said(
        "claims", "c2", "accusation", harbour, "Brown", "said", "40 wounded were found", speaker_id="Q1",
        target_ids=["Q2"], hedged=True, quantities=[wounded(harbour, "40 wounded", 40)],
    )  # fmt: skip
    more = said(
        "claims", "c3", "statement", answer, "Officials", "said", "90 wounded were found",
        source_type="unnamed", quantities=[wounded(answer, "90 wounded", 90)],
    )  # fmt: skip
    formula = said(
        "claims", "c4", "statement", harbour, "Dorn", "said", "=1+1 was “never said”", "🛩️ never flew",
        speaker_id="ent_dorn", no_comment=True, parent_id="c1",
    )  # fmt: skip
    safe = [said("claims", f"s{i}", "statement", t, "Ada Brown", "said", "The toll road is safe", speaker_id="Q1")
            for i, t in enumerate(tolls)]  # fmt: skip
    soon = said(
        "denials", "n1", "explicit", harbour, "Carl Dorn", "denied", "it", speaker_id="ent_dorn",
        speaker_affiliation_id="Q2", speaker_role="spokesman", evidence_text="radar records",
    )  # fmt: skip
    later = said(
        "denials", "n2", "explicit", answer, "Northia", "denied", "that it had shelled the harbour", speaker_id="Q2",
    )  # fmt: skip
    own = said(
        "denials",
        "n3",
        "labelling",
        harbour,
        "Dorn",
        None,
        "“never said”",
        speaker_id="ent_dorn",
        confidence=0.25,
    )
    unstated = said("denials", "n4", "counter", answer, None, "denied", "it")
    mention = {"doc_id": "d1", "published_month": "2026-10"}
    start = HARBOUR.index("harbour")
    rows = {
        "documents": [*tolls, harbour, answer, german],
        "claims": [charge, fewer, more, formula, *safe],
        "denials": [soon, later, own, unstated],
        "denial_links": [link(soon, charge), link(later, charge), link(own, formula), link(unstated, None)],
        "mentions": [
            blank("mentions", **mention, mention_id="m1", start=start, end=start + 7, text="harbour",
                  entity_id="ent_harbour", label="place"),
            blank("mentions", **mention, mention_id="m2", start=0, end=9, text="Ada Brown", entity_id="Q1"),
        ],
    }  # fmt: skip
    known = [
        blank("entities", **{"entity_id": key, "name": name, "entity_type": kind, "aliases": [name]} | rest)
        for key, name, kind, rest in ENTITIES
    ]
    return change([rows], entities=known)
