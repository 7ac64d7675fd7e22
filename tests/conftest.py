"""Fixtures and options of all tests: the model and the tables, loaded once a session."""

import os
from collections.abc import Callable

import pytest

from tasks.attribution.cue_lexicon import CueLexicon
from tasks.document.doc import Doc
from tasks.document.parser import ParsingPipeline, parse_texts
from tasks.entities.reference_tables import ReferenceTables
from tasks.knowledge import Knowledge, load_knowledge

SLOWEST_FILES = [
    "test_deployments.py",
    "test_daily.py",
    "test_faults.py",
    "test_tutorial.py",
    "test_hostile_corpus.py",
    "test_object_storage.py",
    "test_cli.py",
    "test_maintenance.py",
    "test_torture.py",
    "test_kill.py",
    "test_pool.py",
    "test_presence.py",
    "test_hostile_input.py",
    "test_annotation.py",
    "test_claim_grouping.py",
    "test_corpus_steps.py",
    "test_notebook.py",
    "test_machines.py",
    "test_row_contract.py",
    "test_site_updates.py",
]
"""the slowest files; they run first, so that parallel workers finish at about the same time"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: rank for rank, name in enumerate(SLOWEST_FILES)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


def pytest_xdist_auto_num_workers() -> int:
    """Return one test worker more than there are processors, since many tests wait, within what memory allows."""
    return min((os.cpu_count() or 1) + 1, 6)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--lower-floors", action="store_true", help="write the measured figures as the new floors"
    )
    parser.addoption("--write-golden", action="store_true", help="write the results as the new golden files")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def nlp(knowledge: Knowledge) -> ParsingPipeline:
    return knowledge.nlp


@pytest.fixture(scope="session")
def lexicon(knowledge: Knowledge) -> CueLexicon:
    return knowledge.cue_lexicon


@pytest.fixture(scope="session")
def reference(knowledge: Knowledge) -> ReferenceTables:
    return knowledge.reference


@pytest.fixture(scope="session")
def parsed(nlp: ParsingPipeline) -> Callable[[str], Doc]:
    """Parse one text."""
    return lambda text: next(parse_texts([text], nlp))
