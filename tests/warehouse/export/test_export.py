"""Export: other tools read the rows of the tables back from CSV, JSON Lines, Parquet, FtM and Web Annotation."""

import csv
import json
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest
from followthemoney import model
from hypothesis import given
from hypothesis import strategies as st

from flows.cli.export import export as command
from flows.cli.query import QueryError
from warehouse.export import ExportError, ExportFormat, export_tables
from warehouse.export.table_files import FORMULA_STARTS, escape_formula
from warehouse.export.web_annotations import make_quote_selector
from warehouse.queries.connection import connect_to_warehouse

FORMULA_ROW = "=1+1 was “never said” … 🛩️ never flew"


def exported(press: Path, folder: Path, style: ExportFormat, table: str | None = None) -> Path:
    out = folder / "out"
    assert export_tables(press, style, table, out) > 0
    assert list(folder.iterdir()) == [out]
    return out


def test_a_spreadsheet_computes_nothing(press: Path, tmp_path: Path) -> None:
    content = exported(press, tmp_path, "csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = {row["statement_id"]: row for row in csv.DictReader(content.decode("utf-8-sig").splitlines())}
    assert rows["c4"]["content_text"] == "'" + FORMULA_ROW
    assert (rows["c1"]["speaker"], rows["c1"]["targets"]) == ("Ada Brown", "Northia")
    assert (rows["n2"]["answers"], rows["n2"]["answers_whom"]) == (
        "Northia of shelling the harbour",
        "Ada Brown",
    )
    assert not any(cell.startswith(FORMULA_STARTS) for row in rows.values() for cell in row.values())


def test_every_row_is_exported_once(press: Path, tmp_path: Path) -> None:
    found = [json.loads(line) for line in exported(press, tmp_path, "jsonl").read_bytes().splitlines()]
    expected = connect_to_warehouse(press).sql("SELECT statement_id FROM statements").fetchall()
    assert sorted(row["statement_id"] for row in found) == sorted(key for (key,) in expected)
    assert {row["content_text"] for row in found if row["statement_id"] == "c4"} == {FORMULA_ROW}


def test_numbers_are_no_formulas(press: Path, tmp_path: Path) -> None:
    lines = exported(press, tmp_path, "csv", "entities").read_text("utf-8-sig").splitlines()
    (harbour,) = (row for row in csv.DictReader(lines) if row["name"] == "Harbour")
    assert harbour["latitude"] == "-12.5"


@pytest.mark.parametrize("table", ["claims", "documents", "statements", "exchanges"])
def test_a_table_keeps_its_types(table: str, press: Path, tmp_path: Path) -> None:
    connection = connect_to_warehouse(press)
    found = pq.read_table(exported(press, tmp_path, "parquet", table))
    assert found.equals(connection.sql(f"FROM {table}").to_arrow_table().cast(found.schema))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1"])
def test_what_looks_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert escape_formula(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["a=1", "", -1, None, "“=1”"])
def test_a_cell_that_is_no_formula_is_unchanged(cell: Any) -> None:
    assert escape_formula(cell) == cell


def test_followthemoney_accepts_every_entity(press: Path, tmp_path: Path) -> None:
    lines = exported(press, tmp_path, "ftm").read_bytes().splitlines()
    proxies = {}
    for data in map(json.loads, lines):
        assert data["id"] not in proxies
        raw = {name: set(values) for name, values in data["properties"].items()}
        proxy = proxies[data["id"]] = model.get_proxy(data, cleaned=False)
        proxy.schema.validate(proxy.to_dict())
        kept = {name: set(values) for name, values in proxy.to_dict()["properties"].items()}
        # The library drops what it cannot read and puts the rest into its own form.
        assert kept == raw, data["schema"]
    for proxy in proxies.values():
        for prop, value in proxy.itervalues():
            if prop.type.name == "entity":
                assert proxies[value].schema.is_a(prop.range), (proxy.schema.name, prop.name)
    links = {p.get("recordId")[0]: p for p in proxies.values() if p.schema.name == "UnknownLink"}
    assert (links["n2"].get("subject"), links["n2"].get("object")) == (["Q2"], ["Q1"])
    assert links["c1"].get("role") == ["claim: accusation"]


TEXT = {"type": "string"}
SELECTOR = {
    "oneOf": [
        {
            "required": ["type", "start", "end"],
            "properties": {
                "type": {"const": "TextPositionSelector"},
                "start": {"type": "integer", "minimum": 0},
                "end": {"type": "integer", "minimum": 1},
            },
            "additionalProperties": False,
        },
        {
            "required": ["type", "exact"],
            "properties": {
                "type": {"const": "TextQuoteSelector"},
                "exact": TEXT,
                "prefix": TEXT,
                "suffix": TEXT,
            },
            "additionalProperties": False,
        },
    ]
}
RESOURCE = {
    "anyOf": [
        {"required": ["type", "value"], "properties": {"type": {"const": "TextualBody"}, "value": TEXT}},
        {
            "required": ["type", "source", "selector"],
            "properties": {
                "type": {"const": "SpecificResource"},
                "source": {"type": "string", "format": "uri"},
                "selector": {"type": "array", "items": SELECTOR, "minItems": 1},
            },
        },
        {"required": ["id"], "properties": {"id": {"type": "string", "format": "uri"}}},
    ]
}  # fmt: skip
RESOURCES = {"anyOf": [RESOURCE, {"type": "array", "items": RESOURCE, "minItems": 1}]}
MOTIVATIONS = ["classifying", "linking", "identifying", "highlighting", "tagging", "replying", "commenting"]
ANNOTATION = {
    "required": ["id", "type", "target"],
    "properties": {
        "id": {"type": "string", "format": "uri"},
        "type": {"const": "Annotation"},
        "motivation": {"enum": MOTIVATIONS},
        "body": RESOURCES,
        "target": RESOURCES,
    },
    "additionalProperties": False,
}
PAGE = {
    "required": ["@context", "id", "type", "items"],
    "properties": {
        "@context": {"const": "http://www.w3.org/ns/anno.jsonld"},
        "type": {"const": "AnnotationPage"},
        "items": {"type": "array", "items": ANNOTATION},
    },
}


def test_annotations_have_the_structure_of_the_model(press: Path, tmp_path: Path) -> None:
    page = json.loads(exported(press, tmp_path, "w3c").read_bytes())
    jsonschema.validate(page, PAGE, format_checker=jsonschema.FormatChecker())
    ids = [item["id"] for item in page["items"]]
    assert len(set(ids)) == len(ids)
    assert len(ids) == 13 + 3


def test_every_annotation_finds_its_characters_again(press: Path, tmp_path: Path) -> None:
    page = json.loads(exported(press, tmp_path, "w3c").read_bytes())
    rows = connect_to_warehouse(press).sql(
        "SELECT coalesce(url, 'urn:counterclaim:' || doc_id), text FROM documents"
    )
    texts = dict(rows.fetchall())
    anchored: dict[str, list[str]] = {}
    for item in page["items"]:
        if item["motivation"] == "linking":
            continue
        bodies = [part for part in item["body"] if part.get("type") == "SpecificResource"]
        for part in [*bodies, *item["target"]]:
            text = texts[part["source"]]
            by = {selector["type"]: selector for selector in part["selector"]}
            place, quote = by["TextPositionSelector"], by["TextQuoteSelector"]
            assert text[place["start"] : place["end"]] == quote["exact"]
            found = text.split(quote["prefix"] + quote["exact"] + quote["suffix"])
            assert len(found) == 2, "the quotation must match in one place only"
            assert len(found[0]) + len(quote["prefix"]) == place["start"]
            anchored.setdefault(item["id"], []).append(quote["exact"])
    assert anchored["urn:counterclaim:c4"] == ["Dorn", "said", "=1+1 was “never said”", "🛩️ never flew"]


@given(st.text("ab\n🛩", min_size=1, max_size=300), st.data())
def test_a_quotation_is_found_in_one_place(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = make_quote_selector(text, start, end)
    window = found["prefix"] + found["exact"] + found["suffix"]
    assert (text.find(window), text.rfind(window)) == (start - len(found["prefix"]),) * 2


def test_what_cannot_be_exported_is_said_and_nothing_is_left(press: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="expected one of answered, claim_groups, claims"):
        export_tables(press, "csv", "clams", tmp_path / "out")
    with pytest.raises(ExportError, match="w3c holds all statements"):
        export_tables(press, "w3c", "claims", tmp_path / "out")
    with pytest.raises(QueryError, match="Nothing was exported"):
        command(warehouse=str(press), out=tmp_path / "missing" / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_command_names_its_file(
    press: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command(format="jsonl", table="claims", warehouse=str(press)) == 0
    assert capsys.readouterr().out.startswith("9 rows are in claims.jsonl")
