"""Links within a document: the seed's seven denials, and small exchanges that need one feature each."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tasks.analysis import DocumentAnalysis, analyse_document
from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.document.parser import parse_texts
from tasks.document.records import Document
from tasks.knowledge import Knowledge
from tasks.links.claim_ranking import MAX_PAIRS
from tasks.links.pair_features import PairFeatures, compute_pair_features
from tasks.links.statement_features import StatementFeatures

SEED = Path(__file__).parents[3] / "seeds" / "articles" / "000_02ffea24f9199195.txt"
Read = Callable[[str], DocumentAnalysis]


@pytest.fixture(scope="module")
def read(knowledge: Knowledge) -> Read:
    def reading(text: str) -> DocumentAnalysis:
        document = Document("x", "x", text, "x", "utf-8")
        return analyse_document(document, next(parse_texts([text], knowledge.nlp)), knowledge)

    return reading


def answers(text: str, reading: DocumentAnalysis) -> Iterator[tuple[str, str | None]]:
    """Yield the content of each denial with that of the claim it answers best."""
    contents = [" … ".join(text[a:b] for a, b in s.content) for s in reading.statements]
    seen = set()
    for link in reading.links:
        if link.denial not in seen:
            seen.add(link.denial)
            yield contents[link.denial], contents[link.claim] if link.claim is not None else None


@pytest.mark.parametrize(
    ("feature", "text", "denial", "claim"),
    [
        (
            "back reference",
            "The union said that the firm had hidden the accident. The firm denied the allegations.",
            "the allegations",
            "that the firm had hidden the accident",
        ),
        (
            "a noun that stands for a number",
            "Reed accused the firm of dumping waste. Reed said that 40 farmers had lost their income. "
            "The firm called the figure an invention.",
            "the figure an invention",
            "that 40 farmers had lost their income",
        ),
        (
            "common words",
            "Anna Reed said that the firm dumped waste. Paul Cole said that the road was closed.\n\n"
            "The firm denied dumping any waste.",
            "dumping any waste",
            "that the firm dumped waste",
        ),
        (
            "the denier is the target",
            "Chad accused Sudan of arming the rebels. Mali said that rain was on its way.\n\nSudan denied it.",
            "it",
            "Sudan of arming the rebels",
        ),
        (
            "the denier's country",
            "Georgia said that Russia had shelled a village. “We shelled no village,” a Kremlin spokesman insisted.",
            "“We shelled no village,”",
            "that Russia had shelled a village",
        ),
        (
            "the text itself says it",
            "A minister has resigned over the tunnel. The ministry called the report a hoax.",
            "the report a hoax",
            "A minister has resigned over the tunnel",
        ),
        (
            "brackets set it right",
            "The mayor repeated his claim that the road cost 90 million "
            "(in fact, the figure was closer to 15 million).",
            "in fact, the figure was closer to 15 million",
            "his claim that the road cost 90 million",
        ),
        (
            "a noun names the claim, far from its clause",
            "The meeting was about complaints by the union, the oldest in the country, that the firm dumped waste. "
            "The firm denied dumping any waste.",
            "dumping any waste",
            "that the firm dumped waste",
        ),
        (
            "the denial leaves out what it negates",
            "Anna Reed told the court that she had seen the mayor. She hadn't.",
            "She hadn't",
            "that she had seen the mayor",
        ),
        (
            "the text itself calls the claim unsound",
            "The union said that the firm had hidden the accident. The claim does not stand up to scrutiny.",
            "The claim does not stand up to scrutiny",
            "that the firm had hidden the accident",
        ),
    ],
)
def test_answers(feature: str, text: str, denial: str, claim: str, read: Read) -> None:
    assert dict(answers(text, read(text))).get(denial) == claim, feature


def test_a_sentence_that_only_negates_is_no_denial(read: Read) -> None:
    reading = read(
        "The union said that the firm had hidden the accident. The firm denied it. It rained. The plan didn't work."
    )
    assert [s.kind for s in reading.statements if s.kind in DENIAL_TYPES] == ["explicit"]


def test_a_claim_that_stands_nowhere_is_said_to_be_implicit(read: Read) -> None:
    reading = read("The firm denied dumping any waste.")
    assert [(link.claim, link.method) for link in reading.links] == [(None, "implicit")]


def test_a_denial_never_answers_a_denial_and_scores_fall_with_rank(read: Read) -> None:
    reading = read(SEED.read_text(encoding="utf-8"))
    for link in reading.links:
        assert reading.statements[link.denial].kind in DENIAL_TYPES
        assert link.claim is None or reading.statements[link.claim].kind not in DENIAL_TYPES
        assert 0 <= link.score <= 1
    for denial in {link.denial for link in reading.links}:
        scores = [link.score for link in reading.links if link.denial == denial]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("denial", "kind", "claims"),
    [
        ("having any military personnel", "explicit", ("planting landmines", "were planting them")),
        ("“Russia is not involved", "negated_assertion", ("planting landmines", "were planting them")),
        ("“The Russian military is not", "negated_assertion", ("planting landmines", "were planting them")),
        ("“We are unaware of", "lack_of_knowledge", ("planting landmines", "were planting them")),
        ("the introduction of the", "labelling", ("fighter aircraft",)),
        ("the entire matter", "labelling", ("a bounty",)),
        ("“These claims are", "labelling", ("a bounty",)),
    ],
)
def test_the_seed(denial: str, kind: str, claims: tuple[str, ...], read: Read) -> None:
    text = SEED.read_bytes().decode("utf-8")
    reading = read(text)
    (found,) = [(d, c) for d, c in answers(text, reading) if d.startswith(denial)]
    assert found[1] is not None
    assert any(claim in found[1] for claim in claims)
    assert [s.kind for s in reading.statements if text[s.content[0][0] :].startswith(denial)] == [kind]


def test_the_table_of_weights_has_features_of_each_family(knowledge: Knowledge) -> None:
    assert {
        "bias",
        "overlap",
        "rare",
        "chain",
        "targets_denier",
    } <= knowledge.link_knowledge.link_weights.keys()


def count_pairs(read: Read, monkeypatch: pytest.MonkeyPatch, times: int) -> int:
    """Return how many pairs of a denial and a claim are weighed in a text of so many repetitions."""
    weighed = []

    def counting(
        denial: StatementFeatures, claim: StatementFeatures, claim_features: Mapping[str, float]
    ) -> PairFeatures:
        weighed.append(1)
        return compute_pair_features(denial, claim, claim_features)

    with monkeypatch.context() as patch:
        patch.setattr("tasks.links.claim_ranking.compute_pair_features", counting)
        read("Omar Aziz accused Ann Lee of theft. Ann Lee denied the accusation.\n\n" * times)
    return len(weighed)


def test_the_pairs_that_are_weighed_grow_as_the_text(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (count_pairs(read, monkeypatch, times) for times in (600, 1_200))
    assert many <= 2.1 * few
    assert many <= 2 * MAX_PAIRS
