"""A faulty document costs only itself: its neighbours are stored and the run ends."""

import json
import os
import pkgutil
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.prefect_runs import read_all_tables, run_daily
from tests.planted_faults import PLANTED_MESSAGE, make_failing_on
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.store import Store

pytestmark = pytest.mark.usefixtures("server")

GUILTY, GUILTY_TOWN = 5, "Guilty Town"
"""the document of the corpus that causes the faults, and the town that it names"""


@pytest.fixture
def eight(tmp_path: Path) -> Path:
    """Return a corpus of eight articles."""
    path = tmp_path / "eight.jsonl"
    towns = ["Lomen", "Port Vell", "Aranda", "Kolvik", "Sefid", GUILTY_TOWN, "Tarn", "Doru"]
    lines = [
        {
            "id": str(number),
            "text": f"The union accused the mayor of {town} of theft. The mayor denied the accusation.",
            "published_at": "2026-11-01",
        }
        for number, town in enumerate(towns)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def check_seven_are_stored(tables: Path, summary: Any) -> dict[str, Any]:
    """Check that all documents but the guilty one are stored, and return its reject."""
    counts = summary.run["counts"]
    assert (counts["read"], counts["stored"], counts["rejected"]) == (8, 7, 1)
    assert Store(tables).read("documents").num_rows == 7
    assert Store(tables).read("denials").num_rows == 7
    assert verify_tables(tables) == []
    (reject,) = Store(tables).read("rejects").to_pylist()
    assert reject["source_uri"].endswith(f"#{GUILTY}")
    assert not (tables / "_staging").exists()
    return dict(reject)


BOUNDARIES = {
    "flows.pipeline.stored_documents.compute_payload_sha256": "read",
    "flows.pipeline.intake.clean_document": "read",
    "flows.pipeline.intake.DocumentSpool.append": "read",
    "flows.pipeline.extraction.read_spooled_documents": "extract",
    "flows.pipeline.extraction.extract_batch": "extract",
    "flows.pipeline.extraction.write_staged_rows": "extract",
    "flows.pipeline.staging.to_arrow": "extract",
}
"""functions that a document passes on its way to rows, and the stage of a reject there"""


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_an_error_at_any_boundary_costs_one_document(
    boundary: str, eight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = pkgutil.resolve_name(boundary)
    monkeypatch.setattr(boundary, make_failing_on(GUILTY_TOWN, original))
    monkeypatch.setattr("flows.runtime.failure_policy.EXTRACT_POLICY", {"retries": 0})
    tables = tmp_path / "tables"
    reject = check_seven_are_stored(tables, run_daily(eight, warehouse=tables))
    assert reject["stage"] == BOUNDARIES[boundary]
    assert PLANTED_MESSAGE in reject["detail"]
    monkeypatch.undo()
    if boundary != "flows.pipeline.extraction.extract_batch":
        return  # what the next run does then depends on the reject alone
    again = run_daily(eight, warehouse=tables).run["counts"]
    assert (again["stored"], again["unchanged"], again["rejected"]) == (1, 7, 0)
    assert Store(tables).read("rejects").num_rows == 0


@pytest.mark.parametrize("batch_size", [8, 3])
def test_a_document_that_kills_its_worker_costs_itself(
    batch_size: int, eight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERCLAIM_FAULT", f"document:{eight}#{GUILTY}")
    tables = tmp_path / "tables"
    summary = run_daily(eight, warehouse=tables, workers=2, batch_size=batch_size)
    assert check_seven_are_stored(tables, summary)["reason"] == "worker died"


def test_a_slow_document_is_interrupted(eight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tasks.attribution.statements import find_statements

    def slow(doc: Any, lexicon: Any) -> Any:
        while GUILTY_TOWN in doc.text:
            sum(range(1000))
        return find_statements(doc, lexicon)

    monkeypatch.setattr("tasks.limits.BASE_SECONDS", 3.0)
    monkeypatch.setattr("tasks.analysis.find_statements", slow)
    tables = tmp_path / "tables"
    assert check_seven_are_stored(tables, run_daily(eight, warehouse=tables))["reason"] == "time limit"


def test_memory_that_runs_out_costs_one_document(
    eight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.attribution.statements import find_statements

    def greedy(doc: Any, lexicon: Any) -> Any:
        if GUILTY_TOWN in doc.text:
            raise MemoryError
        return find_statements(doc, lexicon)

    monkeypatch.setattr("tasks.analysis.find_statements", greedy)
    tables = tmp_path / "tables"
    assert check_seven_are_stored(tables, run_daily(eight, warehouse=tables))["reason"] == "memory limit"


def test_a_worker_cannot_allocate_more_than_it_may() -> None:
    from flows.runtime.workers.worker_lifetime import limit_memory

    child = os.fork()
    if not child:
        os.environ["COUNTERCLAIM_WORKER_MEMORY"] = str(300 << 20)
        limit_memory()
        try:
            bytearray(1 << 30)
        except MemoryError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_worker_that_computes_without_end_is_ended() -> None:
    from flows.pipeline.extraction import limit_cpu_time
    from tasks.document.records import Document

    child = os.fork()
    if not child:
        os.environ["COUNTERCLAIM_DOCUMENT_SECONDS"] = "0"
        import multiprocessing

        multiprocessing.parent_process = lambda: True  # type: ignore[assignment,return-value]
        import tasks.limits

        tasks.limits.BASE_SECONDS = 0.2
        import re

        with limit_cpu_time([Document("d", "u", "text", "0", "utf-8")]):
            re.match(r"(a|a)*b", "a" * 60)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGXCPU


STEPS = {
    "near-duplicates": "flows.pipeline.corpus_steps.near_duplicate_marks.find_earliest_duplicates",
    "entities": "flows.pipeline.corpus_steps.entity_joining.build_entities_table",
    "links": "flows.pipeline.corpus_steps.cross_document_linking.link_across_documents",
    "claim-groups": "flows.pipeline.corpus_steps.claim_grouping.regroup_claims",
}
"""a function of each corpus step"""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of articles with near-duplicates, spelling variants, and a denial of another article's claim."""
    folder = tmp_path_factory.mktemp("story")
    report = "The United States accused Russia of smuggling missiles into Libya. " * 8
    texts = {
        "a": report,
        "b": report + "It rained.",
        "c": "Russia denied that it had smuggled missiles into Libya.",
        "d": "Saadi Gadhafi met Anna Voronova. Gadhafi denied that he had left.",
        "e": "Saadi Gaddafi met Anna Voronova. Gaddafi said that he was well.",
    }
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def rows_of_story(story: Path, tmp_path_factory: pytest.TempPathFactory, server: object) -> dict[str, Any]:
    """Return the rows that one run without faults makes of the story."""
    del server
    tables = tmp_path_factory.mktemp("clean") / "tables"
    run_daily(story, warehouse=tables, published="2020-05-04")
    return read_all_tables(tables)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_over_all_documents_that_fails_is_made_good_by_the_next_run(
    step: str, story: Path, rows_of_story: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.runtime.failure_policy import PartialRunError

    def fail(*_: Any, **__: Any) -> Any:
        raise ArithmeticError(PLANTED_MESSAGE)

    given = {"published": "2020-05-04"}
    tables = tmp_path / "tables"
    first, last = story / "a.txt", story / "e.txt"
    run_daily(first, warehouse=tables, **given)
    with monkeypatch.context() as patch:
        patch.setattr(STEPS[step], fail)
        if step == "entities":
            patch.setattr("flows.pipeline.corpus_steps.entity_joining.EntityUpdate", fail)
        with pytest.raises(
            PartialRunError, match=f"the {step} failed: ArithmeticError: {PLANTED_MESSAGE}"
        ) as partial:
            run_daily(*(story / f"{name}.txt" for name in "bcd"), warehouse=tables, **given)
    assert partial.value.summary.run["counts"]["stored"] == 3
    assert Store(tables).read("documents").num_rows == 4
    assert verify_tables(tables) == []
    assert step in Store(tables).read_owed_steps()
    run_daily(last, warehouse=tables, **given)
    assert Store(tables).read_owed_steps() == frozenset()
    assert verify_tables(tables) == []
    assert read_all_tables(tables) == rows_of_story


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_reads_nothing_new_repeats_the_failed_steps(
    step: str, story: Path, rows_of_story: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.runtime.failure_policy import PartialRunError

    def fail(*_: Any, **__: Any) -> Any:
        raise ArithmeticError(PLANTED_MESSAGE)

    tables = tmp_path / "tables"
    with monkeypatch.context() as patch:
        patch.setattr(STEPS[step], fail)
        with pytest.raises(PartialRunError):
            run_daily(story, warehouse=tables, published="2020-05-04")
    assert verify_tables(tables) == []
    run_daily(story, warehouse=tables, published="2020-05-04")
    assert Store(tables).read_owed_steps() == frozenset()
    assert read_all_tables(tables) == rows_of_story
