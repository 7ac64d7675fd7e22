"""A quotation that nobody closed ends with its sentence: what others say after it stays theirs."""

from collections.abc import Sequence
from itertools import product

import pytest

from tasks.document.records import Document
from tasks.extraction import extract_batch
from tasks.knowledge import Knowledge

OPENINGS = ["“", '"', "„", "«", "``", "‟"]
PATTERNS = {
    "said after a comma": "{mark}We never paid them, said Karl Weber. {other}",
    "said after a second sentence": "{mark}We have no troops. We never had any, Karl Weber told reporters. {other}",
    "led up to": "Karl Weber said: {mark}We have no troops in the valley. {other}",
    "next paragraph": "Karl Weber said: {mark}We have no troops in the valley.\n\n{other}",
    "a word": "Karl Weber called the report {mark}nonsense. {other}",
    "part of a sentence": "Karl Weber said it was {mark}a lie. {other}",
}
OTHERS = [
    "The rebels accused the army of burning villages.",
    "Ann Lee said that the army had left. The rebels accused the army of burning villages.",
]
CASES = list(product(PATTERNS, OPENINGS, OTHERS))


@pytest.fixture(scope="module")
def found(knowledge: Knowledge) -> Sequence[Sequence[dict[str, object]]]:
    texts = [PATTERNS[name].format(mark=mark, other=other) for name, mark, other in CASES]
    documents = [Document(str(n), str(n), text, "", "utf-8") for n, text in enumerate(texts)]
    batch = extract_batch(documents, knowledge, "run")
    assert not batch.rejected
    rows = [*batch.tables["claims"], *batch.tables["denials"]]
    return [[row for row in rows if row["doc_id"] == str(n)] for n in range(len(texts))]


@pytest.mark.parametrize("number", range(len(CASES)), ids=["|".join(case[:2]) for case in CASES])
def test_what_follows_is_said_by_others(number: int, found: Sequence[Sequence[dict[str, object]]]) -> None:
    rows = found[number]
    assert {row["source_text"] for row in rows if "villages" in str(row["content_text"])} == {"The rebels"}
    weber = [str(row["content_text"]) for row in rows if row["source_text"] == "Karl Weber"]
    assert weber
    assert not any("rebels" in content or "Ann Lee" in content for content in weber)
