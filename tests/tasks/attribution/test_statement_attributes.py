"""What statements are like: type of source, addressee, negation, hedging, evidence, nesting, manner."""

from collections.abc import Callable

import pytest

from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.statements import _is_unspoken, examine_candidates, find_statements
from tasks.document.doc import Doc
from tasks.document.records import Statement

Parsed = Callable[[str], Doc]


@pytest.mark.parametrize(
    ("sentence", "source_type"),
    [
        ("Ann Lee said that the bridge was unsafe.", "named"),
        ("She said that the bridge was unsafe.", "pronoun"),
        ("Two officials said that the bridge was unsafe.", "unnamed"),
        ("The chief has reportedly fled.", "hearsay"),
        ("The claim that the bridge was safe is dubious.", "author"),
    ],
)
def test_source_type(sentence: str, source_type: str, parsed: Parsed, lexicon: CueLexicon) -> None:
    assert find_statements(parsed(sentence), lexicon)[-1].source_type == source_type


@pytest.mark.parametrize(
    ("sentence", "addressee"),
    [
        ("The mayor told residents that the bridge was safe.", "residents"),
        ("“The bridge is safe,” the mayor told the BBC.", "the BBC"),
        ("“The bridge is safe,” the mayor said to reporters.", "reporters"),
        ("The mayor urged residents to stay at home.", "residents"),
        ("The mayor said that the bridge was safe.", None),
    ],
)
def test_addressee(sentence: str, addressee: str | None, parsed: Parsed, lexicon: CueLexicon) -> None:
    (statement,) = find_statements(parsed(sentence), lexicon)
    assert (sentence[slice(*statement.addressee)] if statement.addressee else None) == addressee


@pytest.mark.parametrize(
    ("sentence", "negated", "hedged"),
    [
        ("The mayor said that the bridge was unsafe.", False, False),
        ("The mayor did not say that the bridge was unsafe.", True, False),
        ("The mayor left without saying that the bridge was unsafe.", True, False),
        ("The mayor stopped Ms Lee from saying that the bridge was unsafe.", True, False),
        ("The mayor said that the bridge may be unsafe.", False, True),
        ("The chief has reportedly fled.", False, True),
    ],
)
def test_negation_and_hedging(
    sentence: str, negated: bool, hedged: bool, parsed: Parsed, lexicon: CueLexicon
) -> None:
    (statement,) = find_statements(parsed(sentence), lexicon)
    assert (statement.negated, statement.hedged) == (negated, hedged)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("The army said it had photographic evidence of the attack.", "photographic evidence"),
        ("The army said it had no evidence of the attack.", None),
        ("The group said that a video showed the attack.", "a video"),
    ],
)
def test_evidence(sentence: str, evidence: str | None, parsed: Parsed, lexicon: CueLexicon) -> None:
    found = {sentence[slice(*s.evidence)] for s in find_statements(parsed(sentence), lexicon) if s.evidence}
    assert found == ({evidence} if evidence else set())


@pytest.mark.parametrize(
    ("sentence", "manner"),
    [
        ("The mayor said that the bridge was unsafe.", "indirect"),
        ("The mayor said the bridge was “a disgrace” to all.", "mixed"),
        ("“The bridge is a disgrace,” the mayor said.", "direct"),
    ],
)
def test_manner(sentence: str, manner: str, parsed: Parsed, lexicon: CueLexicon) -> None:
    (statement,) = find_statements(parsed(sentence), lexicon)
    assert statement.manner == manner


@pytest.mark.parametrize(
    ("sentence", "attitude"),
    [
        ("The mayor asked whether the bridge was safe.", "question"),
        ("The mayor asked residents to stay at home.", "request"),
        ("The mayor asked for patience.", "request"),
    ],
)
def test_asking_somebody_to_do_a_thing_is_a_request(
    sentence: str, attitude: str, parsed: Parsed, lexicon: CueLexicon
) -> None:
    (statement,) = find_statements(parsed(sentence), lexicon)
    assert statement.attitude == attitude


def test_a_cue_that_is_not_taken_has_a_reason(parsed: Parsed, lexicon: CueLexicon) -> None:
    reasons = [reason for _, reason in examine_candidates(parsed("The dog said nothing."), lexicon)]
    assert reasons == ["says nothing"]


@pytest.mark.parametrize("cue", [(8, 12), None])
def test_a_statement_whose_content_was_punctuation_ends_no_document(
    cue: tuple[int, int] | None, parsed: Parsed
) -> None:
    statement = Statement(source=(0, 7), cue=cue, content=(), rule="np", confidence=0.5)
    assert not _is_unspoken(parsed("Ann Lee said so."), statement)
