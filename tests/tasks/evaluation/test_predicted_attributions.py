"""Conversion of statements to attributions."""

from dataclasses import replace

import pytest

from tasks.document.records import Statement
from tasks.evaluation.attribution_scores import AttributionScope
from tasks.evaluation.predicted_attributions import to_attributions

SAID = Statement(
    source=(0, 9),
    cue=(10, 14),
    content=((15, 30),),
    rule="that",
    confidence=0.8,
    cue_lemma="say",
    cue_token=2,
    source_token=1,
    source_type="named",
    manner="indirect",
)


def test_what_one_cue_reports_is_one_attribution_whatever_rows_it_takes() -> None:
    rest = replace(SAID, content=((35, 50),), kind="negated_assertion")
    (found,) = to_attributions([rest, SAID])
    assert found["content"] == [[15, 30], [35, 50]]


def test_what_the_author_says_in_his_own_voice_is_none() -> None:
    assert to_attributions([replace(SAID, source=None, cue=None)]) == []


def test_another_speaker_of_the_same_cue_makes_another() -> None:
    assert len(to_attributions([SAID, replace(SAID, source=(60, 70))])) == 2


@pytest.mark.parametrize(
    ("rule", "scope", "number"), [("np", "all", 1), ("np", "clauses", 0), ("quote", "clauses", 1)]
)
def test_a_scope_leaves_out_phrases(rule: str, scope: AttributionScope, number: int) -> None:
    assert len(to_attributions([replace(SAID, rule=rule)], scope)) == number
