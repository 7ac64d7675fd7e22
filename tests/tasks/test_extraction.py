"""Whole documents to rows: provenance, purity, the golden seed article, and documents that fail."""

import json
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.source_phrases import find_subject
from tasks.document.doc import Doc
from tasks.document.reading_tables import ReadingTables
from tasks.document.records import Document, Metadata, Row, make_content_id
from tasks.document.view.text_view import TextView
from tasks.extraction import EXTRACTED_TABLES, ExtractedBatch, extract_batch, extract_document_rows
from tasks.knowledge import Knowledge
from tasks.seeds import get_seed_path
from tests.planted_faults import PLANTED_MESSAGE, make_failing_on
from warehouse.tables import TABLES, to_arrow

GOLDEN = Path(__file__).parent / "golden_seed.json"
GOLD = Path(__file__).parents[1] / "gold"

PIECES = st.sampled_from(
    [
        "The minister said that the bridge was unsafe.",
        "“We will close it,” Ann Lee said. “Nobody was hurt.”",
        'The company denied hiding the report: "It is a lie." ',
        "Omar Aziz accused the rebels of planting mines.",
        "“The rebels were never there",
        "\n\n",
        "\r\n",
        "\t",
        " 🙂 é e\u0301 \u202e ",
        "He called the claim nonsense.",
        "According to ",
        "???",
        "LEE: No.",
        "“",
        '"',
        "\u00a0",
    ]
)


def document(text: str, day: date | None = date(2020, 7, 24)) -> Document:
    return Document(
        make_content_id("doc", text), "test.txt", text, "0" * 64, "utf-8", Metadata(published_at=day)
    )


def seed() -> Document:
    (path,) = get_seed_path("articles").glob("*.txt")
    return document(path.read_bytes().decode("utf-8"))


def spans_of(row: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    for name in ("source", "cue"):
        if row[f"{name}_start"] is not None:
            yield row[f"{name}_start"], row[f"{name}_end"], row[f"{name}_text"]
    pieces = row["content_text"].split(" … ") if len(row["content_spans"]) > 1 else [row["content_text"]]
    for span, text in zip(row["content_spans"], pieces, strict=True):
        yield span["start"], span["end"], text


def check_provenance(text: str, found: ExtractedBatch) -> None:
    for row in found.tables["mentions"]:
        assert text[row["start"] : row["end"]] == row["text"]
    for row in found.tables["claims"] + found.tables["denials"]:
        assert row["content_spans"]
        for start, end, stored in spans_of(row):
            assert 0 <= start < end <= len(text)
            assert text[start:end] == stored
    for name in EXTRACTED_TABLES:
        table = TABLES[name]
        assert to_arrow(found.tables[name], table).num_rows == len(found.tables[name])
        keys = [tuple(row[column] for column in table.key) for row in found.tables[name]]
        assert len(set(keys)) == len(keys), name


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=12))
def test_every_span_slices_to_its_text(pieces: list[str], knowledge: Knowledge) -> None:
    text = " ".join(pieces)
    found = extract_batch([document(text)], knowledge, "run")
    assert found.rejected == []
    check_provenance(text, found)


def test_spans_of_real_articles_slice_to_their_text(knowledge: Knowledge) -> None:
    for line in (GOLD / "texts.jsonl").read_text(encoding="utf-8").splitlines()[::6]:
        text = json.loads(line)["text"]
        found = extract_batch([document(text)], knowledge, "run")
        assert found.rejected == []
        check_provenance(text, found)


def test_neither_order_nor_batches_change_a_row(knowledge: Knowledge) -> None:
    lines = (GOLD / "texts.jsonl").read_text(encoding="utf-8").splitlines()[24:32]
    documents = [document(json.loads(line)["text"]) for line in lines]
    whole = extract_batch(documents, knowledge, "run")
    parts = [extract_batch([d], knowledge, "run") for d in reversed(documents)]
    for name in EXTRACTED_TABLES:
        key = TABLES[name].key
        one = sorted(whole.tables[name], key=lambda row: [str(row[k]) for k in key])
        two = sorted((r for p in parts for r in p.tables[name]), key=lambda row: [str(row[k]) for k in key])
        assert one == two


def test_a_document_in_another_language_is_stored_and_not_extracted(knowledge: Knowledge) -> None:
    text = "Der Minister sagte, die Brücke sei unsicher."
    german = document(text)
    found = extract_batch([german, seed()], knowledge, "run")
    assert {row["language"] for row in found.tables["documents"]} == {"de", "en"}
    assert {row["doc_id"] for row in found.tables["claims"]} == {seed().doc_id}


def test_a_document_that_fails_is_rejected_and_stops_no_other(knowledge: Knowledge) -> None:
    # spaCy refuses a paragraph of more than a million characters.
    huge = document("word " * 250_000)
    found = extract_batch([huge, seed()], knowledge, "run")
    assert [(r.stage, r.reason) for r in found.rejected] == [("extract", "extraction failed")]
    assert [row["doc_id"] for row in found.tables["documents"]] == [seed().doc_id]


def golden(found: ExtractedBatch) -> dict[str, Any]:
    """Return the part of the seed's rows that the golden file fixes: spans, kinds, resolutions and links."""
    kept = ("source_text", "cue_text", "content_text", "manner", "source_type", "speaker_resolution", "rule")
    claims = {row["claim_id"]: row["content_text"] for row in found.tables["claims"]}
    denials = {row["denial_id"]: row["content_text"] for row in found.tables["denials"]}
    return {
        "claims": [{k: row[k] for k in ("claim_type", *kept)} for row in found.tables["claims"]],
        "denials": [{k: row[k] for k in ("denial_type", *kept)} for row in found.tables["denials"]],
        "links": [
            [denials[row["denial_id"]], row["rank"], claims.get(row["claim_id"])]
            for row in found.tables["denial_links"]
        ],
        "mentions": sorted({f"{row['text']}/{row['label']}" for row in found.tables["mentions"]}),
    }


def test_the_seed_article_gives_its_golden_rows(knowledge: Knowledge, request: pytest.FixtureRequest) -> None:
    found = golden(extract_batch([seed()], knowledge, "run"))
    if request.config.getoption("--write-golden"):
        GOLDEN.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


TROUBLE = [
    # the same clause twice
    "The mayor said that it was closed, it was closed. The mayor said that it was closed.",
    "“It was a lie, it was a lie,” Ann Lee said, said Ann Lee.",
    "He denied the claim, the claim that he lied, and denied the claim.",
    "Omar Aziz said said that the bridge was unsafe.",
    "The firm said on Monday on Monday it is false it is false it is false.",
    # a source of nothing but marks, or broken by lines
    "“ ” said that the bridge was closed.",
    'said the " mayor " , who said " the " .',
    "Many\n activists\n said that\n the talks\n failed.",
    "—\n— said that he was ill, he\n— said.",
    # content of nothing but marks
    "“,” he said.",
    "“…” she added. “?!” he asked.",
    "He said, “—”. She said: “.”",
    # numbers beyond the range of a float, and unknown currency signs
    f"The general said that {'9' * 400} people were killed.",
    f"The firm denied that {'8' * 310} euros and {'1,000' * 90} were lost.",
    f"He said that {'7' * 200}.{'3' * 300} million dollars were paid.",
    "The mayor said that A€ 40 and C£30 million, US¥ 3 and A¥7 had been paid.",
    # chains of verbs whose subjects refer to one another
    "To try to deny to begin to deny to try to deny.",
    "deny to deny",
    "To begin to deny it.",
    "and deny and deny and deny and deny it",
]


@pytest.mark.parametrize("text", TROUBLE)
def test_trouble_is_stored_and_keeps_the_contract(text: str, knowledge: Knowledge) -> None:
    for variant in (text, text.upper(), f"{text}\n\n{text}", text.replace(".", ""), f"(({text}))"):
        found = extract_batch([document(variant)], knowledge, "run")
        assert found.rejected == []
        check_provenance(variant, found)
        assert all(any(map(str.isalnum, row["content_text"])) for row in found.tables["claims"])


def test_a_sentence_without_end_is_stored(knowledge: Knowledge) -> None:
    text = "The mayor said that " + "the brother of the friend of the " * 1_500 + "mayor was ill."
    found = extract_batch([document(text)], knowledge, "run")
    assert found.rejected == []


NO_SOURCE = [
    "🛩 said that the quality of the aircraft was poor.",
    "He left. 👧 said that al-Zawahri is alive. \u200d said that it failed.",
    "👧👧 denied that the bridge was closed.",
    "🇺🇦 accused Russia of theft. » denied that it was true.",
    "» said that the bridge was closed, and 🛩 added that it was true.",
    "🛩️ 👧 announced on Monday that the talks had failed.",
]
"""texts whose source is a mark that the parser tags as a noun"""


@pytest.mark.parametrize("text", NO_SOURCE)
def test_a_mark_is_no_source(text: str, knowledge: Knowledge) -> None:
    found = extract_batch([document(text)], knowledge, "run")
    assert found.rejected == []
    rows = [*found.tables["claims"], *found.tables["denials"]]
    assert rows
    for row in rows:
        assert row["source_text"] is None or any(map(str.isalnum, row["source_text"]))
        assert (row["source_text"] is None) == (row["source_type"] == "hearsay")


CHAINS = [
    "To " + "post a message saying to " * 1_200 + "deny it.",
    "a letter writing " * 1_500,
    "A man sending a letter " + "sending a message sending a letter " * 900 + ".",
    "a statement making remarks " * 1_200,
    "the video posting a statement releasing " * 800,
    "A telegram asking " + "an editor writing a reply asking " * 900 + "whether it was false.",
]
"""texts in which the subject of each verb is a document that is the object of another verb"""


@pytest.mark.parametrize("text", CHAINS)
def test_a_chain_of_documents_without_end_is_read(
    text: str, parsed: Callable[[str], Doc], lexicon: CueLexicon
) -> None:
    doc = parsed(text)
    for token in doc.tokens:
        find_subject(token, lexicon.reporting_words)


@pytest.mark.parametrize(
    ("text", "verb", "expected"),
    [
        ("She issued a statement saying that it was false.", "saying", "She"),
        ("Ann Lee posted a video posting a letter saying that it was false.", "saying", "Lee"),
        ("The letter saying that it was false was burnt.", "saying", "letter"),
        ("The mayor sent a letter.", "sent", "mayor"),
    ],
)
def test_who_speaks_through_a_document_is_the_subject(
    text: str, verb: str, expected: str, parsed: Callable[[str], Doc], lexicon: CueLexicon
) -> None:
    doc = parsed(text)
    subject = find_subject(next(token for token in doc.tokens if token.text == verb), lexicon.reporting_words)
    assert subject is not None
    assert subject.text == expected


@pytest.mark.parametrize("day", [date(999, 1, 1), date(1, 12, 31), date(9999, 12, 31), None])
def test_a_day_of_any_year_is_stored(day: date | None, knowledge: Knowledge) -> None:
    text = "The mayor of Lomen said that the bridge was closed."
    found = extract_batch([replace(document(text), metadata=Metadata(published_at=day))], knowledge, "run")
    assert found.rejected == []
    assert found.tables["documents"][0]["published_month"] == (
        f"{day.year:04}-{day.month:02}" if day else "unknown"
    )


@pytest.mark.parametrize("column", ["title", "author", "url", "publisher"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_metadata_that_cannot_be_encoded_costs_its_document(
    column: str, language: str, knowledge: Knowledge
) -> None:
    text = {
        "en": "The mayor of Lomen said that the bridge was closed.",
        "de": "Der Bürgermeister sagte am Montag, dass die Brücke über den Fluss gesperrt worden sei.",
    }[language]
    value: dict[str, Any] = {column: "a\ud800b"}
    broken = replace(document(text), metadata=Metadata(**value))
    found = extract_batch([broken, seed()], knowledge, "run")
    (reject,) = found.rejected
    assert (reject.reason, reject.source_uri) == ("contract", broken.source_uri)
    assert f"{column} is valid Unicode" in reject.detail
    assert {row["doc_id"] for row in found.tables["documents"]} == {seed().doc_id}


def test_rows_that_break_the_contract_are_refused_and_stop_no_other(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = document("The mayor said that the bridge was unsafe.")

    def rows_with_breach(of: Document, doc: Doc, knowledge: Knowledge) -> dict[str, list[Row]]:
        rows = extract_document_rows(of, doc, knowledge)
        if of.doc_id == other.doc_id:
            rows["claims"][0]["cue_end"] += 1
        return rows

    monkeypatch.setattr("tasks.extraction.extract_document_rows", rows_with_breach)
    found = extract_batch([other, seed()], knowledge, "run")
    (reject,) = found.rejected
    assert (reject.stage, reject.reason) == ("extract", "contract")
    assert "clm_" in reject.detail
    assert "text[cue_start:cue_end] is cue_text" in reject.detail
    assert {row["doc_id"] for table in found.tables.values() for row in table} == {seed().doc_id}


BOUNDARIES = [
    "tasks.extraction.identify_language",
    "tasks.extraction.prepare_text",
    "tasks.extraction.parse_prepared_texts",
    "tasks.analysis.find_mentions",
    "tasks.analysis.find_statements",
    "tasks.analysis.classify_statements",
    "tasks.analysis.assign_entities",
    "tasks.analysis.resolve_statements",
    "tasks.analysis.link_within_document",
    "tasks.analysis.add_dates_and_quantities",
    "tasks.extraction.analyse_document",
    "tasks.extraction.extract_document_rows",
    "tasks.extraction.make_rows",
    "tasks.rows.make_document_row",
    "tasks.rows.make_mention_row",
    "tasks.rows.make_statement_row",
    "tasks.rows.make_link_rows",
    "tasks.rows.compute_near_keys",
    "tasks.extraction.add_language",
    "tasks.extraction.find_breaches",
]
"""the functions of extraction that process a document"""


def test_a_view_that_takes_too_long_costs_one_document(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_view = pkgutil.resolve_name("tasks.document.parser.make_view")

    def make_view_slowly(text: str, is_word: Callable[[str], bool], tables: ReadingTables) -> TextView:
        while "Guilty Town" in text:
            pass
        view: TextView = make_view(text, is_word, tables)
        return view

    monkeypatch.setattr("tasks.document.parser.make_view", make_view_slowly)
    monkeypatch.setattr("tasks.limits.BASE_SECONDS", 2.0)
    documents = [document(f"The mayor of {town} denied that he lied.") for town in ("Aranda", "Guilty Town")]
    found = extract_batch(documents, knowledge, "run")
    assert [reject.reason for reject in found.rejected] == ["time limit"]
    assert [row["doc_id"] for row in found.tables["denials"]] == [documents[0].doc_id]


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_an_error_at_any_boundary_costs_one_document(
    boundary: str, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    towns = ["Lomen", "Port Vell", "Aranda", "Kolvik", "Sefid", "Guilty Town", "Tarn", "Doru"]
    report = "The union accused the mayor of {0} of theft. The mayor of {0} denied that {0} was poor."
    documents = [document(report.format(town)) for town in towns]
    original = pkgutil.resolve_name(boundary)
    monkeypatch.setattr(boundary, make_failing_on("Guilty Town", original))
    found = extract_batch(documents, knowledge, "run")
    (reject,) = found.rejected
    assert (reject.stage, reject.reason) == ("extract", "extraction failed")
    assert PLANTED_MESSAGE in reject.detail
    stored = {row["doc_id"] for row in found.tables["denials"]}
    assert stored == {d.doc_id for d in documents} - {documents[5].doc_id}
