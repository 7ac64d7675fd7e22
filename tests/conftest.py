"""What several rooms' tests share: the model and the tables, loaded once a session."""

from collections.abc import Callable

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from tasks.extract.lexicon import Lexicon, load_lexicon
from tasks.extract.parse import load_model, parse


@pytest.fixture(scope="session")
def nlp() -> Language:
    return load_model()


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()


@pytest.fixture(scope="session")
def parsed(nlp: Language) -> Callable[[str], Doc]:
    """Parse one text."""
    return lambda text: next(parse([text], nlp))
