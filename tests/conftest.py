"""What several rooms' tests share: the model and the tables, loaded once a session."""

from collections.abc import Callable

import pytest
from spacy.language import Language

from tasks.attribution.cue_lexicon import Lexicon
from tasks.document.doc import Doc
from tasks.document.parser import parse
from tasks.entities.reference_tables import Reference
from tasks.extraction import Knowledge, load_knowledge

LONGEST = [
    "test_deployments.py",
    "test_daily.py",
    "test_tutorial.py",
    "test_object_storage.py",
    "test_cli.py",
    "test_upkeep.py",
    "test_torture.py",
    "test_compact.py",
    "test_kill.py",
    "test_pool.py",
]
"""files that take longest: they come first, so that workers that share the files end together"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lower-floors", action="store_true", help="write what is measured as the new floors")
    parser.addoption(
        "--write-golden", action="store_true", help="write what is found as the new golden files"
    )


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def nlp(knowledge: Knowledge) -> Language:
    return knowledge.nlp


@pytest.fixture(scope="session")
def lexicon(knowledge: Knowledge) -> Lexicon:
    return knowledge.lexicon


@pytest.fixture(scope="session")
def reference(knowledge: Knowledge) -> Reference:
    return knowledge.reference


@pytest.fixture(scope="session")
def parsed(nlp: Language) -> Callable[[str], Doc]:
    """Parse one text."""
    return lambda text: next(parse([text], nlp))
