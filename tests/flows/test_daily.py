"""The daily flow on a real server: its tables, which depend on the documents alone."""

import errno
import json
import logging
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from deltalake import DeltaTable
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.pipeline.stage import Stage
from flows.pipeline.staging import write_staged_rows
from flows.runtime.server import PrefectServer, flush_prefect_queues
from tests.flows.prefect_runs import SAMPLE_TEXTS, hash_all_tables, read_all_tables, run_daily
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.store import Store

SEED = Path(__file__).parents[2] / "seeds" / "articles"
pytestmark = pytest.mark.usefixtures("server")


def test_seed_end_to_end(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    summary = run_daily(SEED, warehouse=tables)
    assert summary.changed
    claims = pd.read_parquet(tables / "claims")
    denials = duckdb.execute(f"SELECT * FROM read_parquet('{tables}/denials/**/*.parquet')").df()
    text = pd.read_parquet(tables / "documents").text.item()
    counts = summary.run["counts"]
    assert (counts["read"], counts["stored"]) == (1, 1)
    assert (len(claims), len(denials)) == (counts["claims"], counts["denials"])
    assert len(claims) >= 10
    assert len(denials) >= 2
    rows: list[dict[Hashable, Any]] = pd.concat([claims, denials]).to_dict("records")
    for row in rows:
        spans = row["content_spans"]
        assert " … ".join(text[span["start"] : span["end"]] for span in spans) == row["content_text"]
        if isinstance(row["source_text"], str):
            assert text[int(row["source_start"]) : int(row["source_end"])] == row["source_text"]
    known = {*pd.read_parquet(tables / "entities").entity_id}
    assert {*claims.speaker_id.dropna(), *denials.speaker_id.dropna()} <= known
    assert verify_tables(tables) == []
    assert not (tables / "_staging").exists()


def test_prefect_has_the_whole_run(server: PrefectServer, tmp_path: Path) -> None:
    summary = run_daily(SEED, warehouse=tmp_path / "tables", publisher="Example News")
    server.await_records(summary.flow_run_id, summary.task_run_count)
    mine = {"task_runs": {"flow_run_id": {"any_": [summary.flow_run_id]}}}
    found = {row["name"]: row["state_type"] for row in server.request_json("/task_runs/filter", mine)}
    assert found == dict.fromkeys(
        ["read", "extract batch 1 of 1: 1 document", "resolve", "publish"], "COMPLETED"
    )
    flow_run = server.request_json(f"/flow_runs/{summary.flow_run_id}")
    assert flow_run["name"].startswith("articles · Example News · ")
    assert flow_run["name"].endswith(" · 1 document")
    artifacts = server.request_json(
        "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [summary.flow_run_id]}}}
    )
    shown = {row["key"]: row["data"] for row in artifacts}
    assert set(shown) == {"progress", "run-summary", "newest-denials"}
    assert shown["progress"] == 100
    assert summary.run["run_id"] in shown["run-summary"]
    assert len(json.loads(shown["newest-denials"])) == sum(summary.tables.counts_by_kind["denials"].values())


def test_second_run_changes_no_byte(corpus: Path, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    run_daily(corpus, warehouse=tables)
    before = hash_all_tables(tables)
    again = run_daily(corpus, warehouse=tables)
    assert hash_all_tables(tables) == before
    assert not again.changed
    assert {name: again.run["counts"][name] for name in ("read", "stored", "unchanged")} == {
        "read": 4,
        "stored": 0,
        "unchanged": 4,
    }


def test_workers_and_batches_change_no_row(corpus: Path, tmp_path: Path) -> None:
    run_daily(corpus, warehouse=tmp_path / "one")
    for workers, batch_size, runner in [
        (1, 1, "process"),
        (1, 3, "process"),
        (2, 1, "process"),
        (2, 1, "thread"),
    ]:
        other = tmp_path / f"{workers}-{batch_size}-{runner}"
        run_daily(corpus, warehouse=other, workers=workers, batch_size=batch_size, runner=runner)
        assert read_all_tables(other) == read_all_tables(tmp_path / "one")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_long_run_publishes_in_parts_that_change_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """Each file now holds the text that another held before; no version may lack one of the texts."""
    news, parts, texts = tmp_path / "news", tmp_path / "parts", sorted(SAMPLE_TEXTS.values())

    def write(articles: list[str]) -> None:
        news.mkdir(exist_ok=True)
        for i, text in enumerate(articles):
            (news / f"{i}.txt").write_text(text, encoding="utf-8")

    write(texts)
    run_daily(news, warehouse=parts)
    before = Store(parts).read_version()
    write(["Anna Voronova denied that the bridge was closed.\n", *texts])
    monkeypatch.setattr("flows.pipeline.run_parts.CHARS_PER_PART", 100)
    total = run_daily(news, warehouse=parts, workers=workers, batch_size=1).run
    published = Store(parts).read_version() - before
    assert published > 2
    for version in range(before, before + published + 1):
        documents = DeltaTable(parts / "_delta" / "documents", version).file_uris()
        assert {*texts} <= {*ds.dataset(documents).to_table(["text"])["text"].to_pylist()}
    rows = Store(parts).read("runs").filter(pc.starts_with(pc.field("run_id"), total["run_id"])).to_pylist()
    assert len(rows) == published
    assert {name: sum(row["counts"][name] for row in rows) for name in total["counts"]} == total["counts"]
    assert (total["counts"]["stored"], total["counts"]["rejected"]) == (5, 0)
    monkeypatch.undo()
    run_daily(news, warehouse=tmp_path / "one")
    assert read_all_tables(parts) == read_all_tables(tmp_path / "one")
    assert verify_tables(parts) == []


def test_denial_answers_a_claim_of_another_day_and_loses_it_with_the_claim(tmp_path: Path) -> None:
    tables, claim, denial = tmp_path / "tables", tmp_path / "claim.txt", tmp_path / "denial.txt"
    claim.write_text("The United States accused Russia of smuggling missiles into Libya.\n", encoding="utf-8")
    denial.write_text("Russia denied that it had smuggled missiles into Libya.\n", encoding="utf-8")
    run_daily(denial, warehouse=tables, published="2020-05-04")
    run_daily(claim, warehouse=tables, published="2020-05-02")
    links = Store(tables).read("denial_links").filter(pc.field("claim_id").is_valid()).to_pylist()
    assert [row["same_document"] for row in links] == [False]
    assert links[0]["claim_id"] in Store(tables).read("claims")["claim_id"].to_pylist()
    assert verify_tables(tables) == []
    claim.write_text("It rained in the capital.\n", encoding="utf-8")
    run_daily(claim, warehouse=tables, published="2020-05-02")
    left = Store(tables).read("denial_links").filter(pc.field("claim_id").is_valid())
    assert left.num_rows == 0
    assert verify_tables(tables) == []


def test_spellings_that_a_document_joined_part_again_when_it_changes(tmp_path: Path) -> None:
    """Gadhafi and Gaddafi are one entity while both documents mention Voronova, in stored rows too."""
    tables, one, two = tmp_path / "tables", tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("Saadi Gadhafi met Anna Voronova. Gadhafi denied that he had left.\n", encoding="utf-8")
    two.write_text("Saadi Gaddafi met Anna Voronova. Gaddafi said that he was well.\n", encoding="utf-8")
    run_daily(one, warehouse=tables)
    alone = read_all_tables(tables)
    run_daily(two, warehouse=tables)
    statements = read_all_tables(tables)["claims"] + read_all_tables(tables)["denials"]
    speakers = {s["source_text"]: s["speaker_id"] for s in statements if s["source_text"]}
    assert speakers["Gadhafi"] == speakers["Gaddafi"] is not None
    assert verify_tables(tables) == []
    two.write_text("Rain fell.\n", encoding="utf-8")
    run_daily(two, warehouse=tables)
    assert read_all_tables(tables)["mentions"] == alone["mentions"]
    assert read_all_tables(tables)["denials"] == alone["denials"]
    assert read_all_tables(tables)["entities"] == alone["entities"]
    assert verify_tables(tables) == []


def test_a_capital_that_speaks_is_an_entity_of_the_tables(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Moscow denied that it had sent troops.\n", encoding="utf-8")
    run_daily(tmp_path / "one.txt", warehouse=tmp_path / "tables")
    assert [e["name"] for e in read_all_tables(tmp_path / "tables")["entities"]] == ["Russia"]
    assert verify_tables(tmp_path / "tables") == []


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=st.lists(st.sets(st.sampled_from(sorted(SAMPLE_TEXTS)), min_size=1), min_size=1, max_size=3))
def test_order_and_number_of_runs_change_no_row(
    tmp_path_factory: pytest.TempPathFactory, runs: list[set[str]]
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    for name, text in SAMPLE_TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    for names in runs:
        run_daily(*(folder / f"{name}.txt" for name in sorted(names)), warehouse=folder / "stepwise")
    run_daily(*(folder / f"{name}.txt" for name in set().union(*runs)), warehouse=folder / "at_once")
    assert read_all_tables(folder / "stepwise") == read_all_tables(folder / "at_once")


def test_changed_document_replaces_its_rows(tmp_path: Path) -> None:
    page, tables = tmp_path / "page.txt", tmp_path / "tables"
    page.write_text(SAMPLE_TEXTS["denial"], encoding="utf-8")
    (tmp_path / "other.txt").write_text(SAMPLE_TEXTS["speech"], encoding="utf-8")
    run_daily(page, tmp_path / "other.txt", warehouse=tables)
    page.write_text(SAMPLE_TEXTS["report"], encoding="utf-8")
    summary = run_daily(page, warehouse=tables)
    assert summary.run["counts"]["stored"] == 1
    texts = Store(tables).read("documents")["text"].to_pylist()
    assert sorted(texts) == sorted([SAMPLE_TEXTS["report"], SAMPLE_TEXTS["speech"]])
    assert verify_tables(tables) == []


def test_documents_reconcile_and_rejects_have_reasons(corpus: Path, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    copy, broken, binary = (tmp_path / name for name in ("copy.jsonl", "broken.jsonl", "image.txt"))
    copy.write_bytes(corpus.read_bytes().splitlines(keepends=True)[0])
    broken.write_text("\n".join(['{"text": "The mayor said so."}'] * 6 + ["{"]) + "\n", encoding="utf-8")
    binary.write_bytes(bytes(range(256)) * 40)
    counts = run_daily(corpus, copy, broken, binary, warehouse=tables).run["counts"]
    assert counts["read"] == sum(counts[name] for name in ("stored", "unchanged", "duplicate", "rejected"))
    assert (counts["read"], counts["stored"], counts["duplicate"], counts["rejected"]) == (13, 5, 6, 2)
    rejects = {Path(row["source_uri"]).name: row for row in Store(tables).read("rejects").to_pylist()}
    assert set(rejects) == {"broken.jsonl#line=7", "image.txt"}
    broken.unlink()
    binary.write_text("The mayor denied the report.\n", encoding="utf-8")
    run_daily(binary, warehouse=tables)
    assert [Path(u).name for u in Store(tables).read("rejects")["source_uri"].to_pylist()] == [
        "broken.jsonl#line=7"
    ]
    assert verify_tables(tables) == []


def full_disk_for(table: str, batch: int) -> Any:
    """Return a function that writes the rows of batches until the disk is full at this table of this batch."""

    def write(stage: Stage, number: int, tables: Any, half: str = "") -> Any:
        if number == batch and table in tables:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_staged_rows(stage, number, tables, half)

    return write


@pytest.mark.parametrize("publish_every", [100, 10_000])
def test_batch_that_the_system_fails_waits_and_the_others_land(
    server: PrefectServer, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, publish_every: int
) -> None:
    monkeypatch.setattr("flows.pipeline.extraction.write_staged_rows", full_disk_for("claims", 2))
    monkeypatch.setattr("flows.pipeline.run_parts.CHARS_PER_PART", publish_every)
    from flows.runtime.failure_policy import PartialRunError

    with pytest.raises(PartialRunError, match="1 of 4 documents wait") as partial:
        run_daily(corpus, warehouse=tmp_path / "tables", batch_size=1)
    summary = partial.value.summary
    counts = summary.run["counts"]
    assert (counts["read"], counts["stored"], counts["rejected"]) == (4, 3, 1)
    flush_prefect_queues()
    logs = server.request_json("/logs/filter", {"logs": {"flow_run_id": {"any_": [summary.flow_run_id]}}})
    assert any(log["level"] == logging.WARNING and "it held doc_" in log["message"] for log in logs)
    ended = server.request_json(f"/flow_runs/{summary.flow_run_id}")["state"]
    assert (ended["type"], ended["name"]) == ("FAILED", "Partial")
    assert summary.rejects[0]["source_uri"] in ended["message"]
    (reject,) = Store(tmp_path / "tables").read("rejects").to_pylist()
    assert (reject["stage"], reject["reason"]) == ("extract", "batch failed")
    monkeypatch.undo()
    again = run_daily(corpus, warehouse=tmp_path / "tables").run["counts"]
    assert (again["stored"], again["unchanged"], again["rejected"]) == (1, 3, 0)
    assert Store(tmp_path / "tables").read("rejects").num_rows == 0
    assert verify_tables(tmp_path / "tables") == []


def said(warehouse: Path) -> set[tuple[str | None, str | None]]:
    """Return publisher and date of the stored documents."""
    rows = Store(warehouse).read("documents", ["publisher", "published_at"]).to_pylist()
    return {(row["publisher"], row["published_at"] and str(row["published_at"])) for row in rows}


def test_what_was_said_of_a_document_is_remembered(tmp_path: Path) -> None:
    page, tables = tmp_path / "page.txt", tmp_path / "tables"
    page.write_text(SAMPLE_TEXTS["denial"], encoding="utf-8")
    run_daily(page, warehouse=tables, publisher="Gazette", published="2026-11-24")
    before = hash_all_tables(tables)
    assert run_daily(page, warehouse=tables).run["counts"]["unchanged"] == 1
    assert run_daily(page, warehouse=tables, published="2026-11-24").run["counts"]["unchanged"] == 1
    assert hash_all_tables(tables) == before
    page.write_text(SAMPLE_TEXTS["report"], encoding="utf-8")
    assert run_daily(page, warehouse=tables).run["counts"]["stored"] == 1
    assert said(tables) == {("Gazette", "2026-11-24")}
    run_daily(page, warehouse=tables, publisher="Herald")
    assert said(tables) == {("Herald", "2026-11-24")}
    run_daily(page, warehouse=tables, forget=["publisher"])
    assert said(tables) == {(None, "2026-11-24")}
    run_daily(page, warehouse=tables)
    assert said(tables) == {(None, "2026-11-24")}
    run_daily(page, warehouse=tables, publisher="Herald", forget=["published"])
    assert said(tables) == {("Herald", None)}
    assert verify_tables(tables) == []


def test_what_a_page_states_itself_needs_no_remembering(tmp_path: Path) -> None:
    corpus, tables = tmp_path / "corpus.jsonl", tmp_path / "tables"
    lines = [
        {"id": "own", "text": SAMPLE_TEXTS["denial"], "publisher": "Own", "published_at": "2020-01-02"},
        {"id": "bare", "text": SAMPLE_TEXTS["speech"]},
        {"id": "half", "text": SAMPLE_TEXTS["report"], "publisher": "Own"},
    ]
    corpus.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    run_daily(corpus, warehouse=tables, publisher="Gazette", published="2026-11-24")
    expected = {("Own", "2020-01-02"), ("Gazette", "2026-11-24"), ("Own", "2026-11-24")}
    assert said(tables) == expected
    assert run_daily(corpus, warehouse=tables).run["counts"]["unchanged"] == 3
    assert said(tables) == expected


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    runs=st.lists(
        st.tuples(st.sampled_from([None, "A", "B"]), st.sampled_from([None, "2026-11-24"])), max_size=4
    )
)
def test_the_last_word_on_a_document_counts(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[str | None, str | None]]
) -> None:
    folder = tmp_path_factory.mktemp("said")
    (folder / "page.txt").write_text(SAMPLE_TEXTS["denial"], encoding="utf-8")
    for publisher, published in runs:
        run_daily(
            folder / "page.txt", warehouse=folder / "stepwise", publisher=publisher, published=published
        )
    last = [next((one[i] for one in reversed(runs) if one[i]), None) for i in (0, 1)]
    run_daily(folder / "page.txt", warehouse=folder / "stepwise")
    run_daily(folder / "page.txt", warehouse=folder / "at_once", publisher=last[0], published=last[1])
    assert read_all_tables(folder / "stepwise") == read_all_tables(folder / "at_once")
