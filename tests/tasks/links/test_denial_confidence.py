"""What the confidence of a denial and the score of a link mean, and the claims that a denial never answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.analysis import DocumentAnalysis, analyse_document
from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.denials.denial_lexicon import load_denial_lexicon
from tasks.document.parser import parse_texts
from tasks.document.records import Document
from tasks.entities.reference_loader import load_reference_tables
from tasks.knowledge import Knowledge
from tasks.links.link_knowledge import load_link_knowledge
from tasks.links.log_odds import compute_link_probabilities, compute_log_odds, to_probability

TABLES = load_link_knowledge(load_denial_lexicon(), load_reference_tables())


def read(text: str, knowledge: Knowledge) -> DocumentAnalysis:
    return analyse_document(
        Document("x", "x", text, "x", "utf-8"), next(parse_texts([text], knowledge.nlp)), knowledge
    )


@given(st.lists(st.floats(0, 1), max_size=30))
def test_claims_and_no_claim_share_out_one(values: list[float]) -> None:
    scores = compute_link_probabilities(values, TABLES.calibration)
    assert len(scores) == len(values) + 1
    assert sum(scores) == pytest.approx(1)
    ranked = sorted(zip(values, scores[:-1], strict=True))
    assert [score for _, score in ranked] == sorted(scores[:-1])


@pytest.mark.parametrize("log_odds", [-1e6, -30.0, 0.0, 30.0, 1e6])
def test_a_probability_lies_between_0_and_1(log_odds: float) -> None:
    assert 0 <= to_probability(log_odds) <= 1


def test_a_feature_without_a_weight_tells_nothing() -> None:
    weights = TABLES.denial_weights
    assert compute_log_odds({"no such feature": 5.0}, weights) == compute_log_odds({}, weights)


@pytest.mark.parametrize(
    ("denier", "accuser"),
    [("Chad", "Sudan"), ("Mali", "Niger"), ("Norway", "Sweden"), ("Peru", "Chile")],
)
def test_a_denier_does_not_answer_himself(denier: str, accuser: str, knowledge: Knowledge) -> None:
    text = (
        f"{accuser} said that the army had shelled a village. {denier} said that the army had shelled a camp.\n\n"
        f"{denier} denied that the army had shelled a village or a camp."
    )
    reading = read(text, knowledge)
    by = [
        text[slice(*source)]
        for link in reading.links
        if link.claim is not None and (source := reading.statements[link.claim].source) is not None
    ]
    assert by
    assert denier not in by


def test_scores_of_the_links_of_a_denial_stay_within_its_confidence(knowledge: Knowledge) -> None:
    text = (
        "The union accused the firm of hiding the accident. Anna Reed claimed that the firm had dumped waste.\n\n"
        "The firm denied the allegations. “We have never dumped any waste,” a spokesman said."
    )
    reading = read(text, knowledge)
    for i, s in enumerate(reading.statements):
        scores = [link.score for link in reading.links if link.denial == i]
        assert sum(scores) <= s.confidence + 1e-3
    assert sum(s.kind in DENIAL_TYPES for s in reading.statements) == 2
