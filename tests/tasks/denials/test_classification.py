"""What is a denial and what is none, in tables of sentences; the seed article; and what holds of every text."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.attribution.cue_lexicon import CueLexicon, load_cue_lexicon
from tasks.attribution.statements import find_statements
from tasks.denials.claim_types import load_claim_type_rules
from tasks.denials.classification import classify_statements
from tasks.denials.classified_statements import DENIAL_TYPES
from tasks.denials.denial_lexicon import load_denial_lexicon
from tasks.denials.denial_statements import find_denial_acts
from tasks.document.doc import Doc
from tasks.document.records import Statement

KNOWLEDGE = load_denial_lexicon()
KINDS = load_claim_type_rules(load_cue_lexicon(), KNOWLEDGE)
Parsed = Callable[[str], Doc]
GOLD = Path(__file__).parents[2] / "gold" / "texts.jsonl"


def statements(doc: Doc, lexicon: CueLexicon) -> list[Statement]:
    classified = classify_statements(doc, find_statements(doc, lexicon), KNOWLEDGE, KINDS)
    return [j.statement for j in classified if not j.latent]


def denials(text: str, parsed: Parsed, lexicon: CueLexicon) -> list[tuple[str, str | None, str]]:
    """Return type, source and content of the denials in a text."""
    return [
        (s.kind, text[slice(*s.source)] if s.source else None, " … ".join(text[a:b] for a, b in s.content))
        for s in statements(parsed(text), lexicon)
        if s.kind in DENIAL_TYPES
    ]


@pytest.mark.parametrize(
    ("text", "kind", "source", "content"),
    [
        ("Iran denied supplying the rockets.", "explicit", "Iran", "supplying the rockets"),
        ("Iran denies that it supplied them.", "explicit", "Iran", "that it supplied them"),
        ("Reed rejected what she called wild claims by Peters.", "explicit", "Reed", "wild claims"),
        ("Reed denied through a spokesman that he fled.", "explicit", "Reed", "that he fled"),
        ("Reed denied in an interview with the paper that he took it.", "explicit", "Reed", "that he took it"),
        ("The army denied in the strongest terms that it fled.", "explicit", "The army", "that it fled"),
        ("The army rejected the accusations.", "explicit", "The army", "the accusations"),
        ("The report was denied by the ministry.", "explicit", "the ministry", "The report"),
        ("Few believed the Kremlin's denial that it was involved.", "explicit", "the Kremlin", "that it was involved"),
        ("She pushed back against claims that he had fled.", "explicit", "She", "claims that he had fled"),
        ("He's always denied it.", "explicit", "He", "it"),
        ("The driver pleaded not guilty to the charges.", "explicit", "The driver", "not guilty to the charges"),
        ("She dismissed the rumours as nonsense.", "labelling", "She", "the rumours as nonsense"),
        ("He called the story a hoax.", "labelling", "He", "the story a hoax"),
        ("Peters said the whole matter is a hoax.", "labelling", "Peters", "the whole matter is a hoax"),
        ("“That is not true,” Peters said.", "labelling", "Peters", "“That is not true,”"),
        ("The paper printed baseless claims that he fled.", "labelling", None, "baseless claims that he fled"),
        ("State media repeated the false claims of the general.", "labelling", None, "the false claims of the general"),
        ("The envoys echo those lies.", "labelling", None, "The envoys echo those lies"),
        ("They waited until Reed denied the report.", "explicit", "Reed", "the report"),
        ("Earlier reports have been proved false.", "labelling", None, "Earlier reports have been proved false"),
        ("Moss lied to the court about the money.", "labelling", None, "Moss lied to the court about the money"),
        ("“We are not involved,” Peters said.", "negated_assertion", "Peters", "“We are not involved,”"),
        ("Peters said there is no evidence of fraud.", "lack_of_knowledge", "Peters", "there is no evidence of fraud"),
        ("The court didn’t find any evidence.", "lack_of_knowledge", None, "The court didn’t find any evidence"),
        ("There is no evidence that he fled.", "lack_of_knowledge", None, "There is no evidence that he fled"),
        ("In fact, the tape was real.", "counter", None, "In fact, the tape was real"),
        ("That I flatly reject.", "explicit", "I", "That I flatly reject"),
        ("What she denies is that she took it.", "explicit", "she", "that she took it"),
        ("The bank sought to put to rest the rumours.", "explicit", "The bank", "the rumours"),
        ("It dismissed as “rubbish” a report that it lied.", "explicit", "It", "“rubbish” a report that it lied"),
        ("The files contradict several parts of his account.", "explicit", "The files", "several parts of his account"),
        ("It was denied that anyone had died.", "explicit", None, "that anyone had died"),
        ("Peters called the report that he fled a hoax.", "labelling", "Peters", "the report that he fled a hoax"),
        ("None of this is true.", "labelling", None, "None of this is true"),
        ("Untrue: all five trains ran.", "labelling", None, "Untrue"),
        ("Peters said the ad misrepresented his record.", "labelling", "Peters", "the ad misrepresented his record"),
        ("Peters said the timing was unrelated.", "negated_assertion", "Peters", "the timing was unrelated"),
        ("“He in no way ordered it,” Peters said.", "negated_assertion", "Peters", "“He in no way ordered it,”"),
        ("The inquiry has not shown that he lied.", "lack_of_knowledge", "The inquiry", "that he lied"),
        ("She hit back at critics who say she lied.", "explicit", "She", "critics who say she lied"),
        ("The firm called a meeting to deny the report.", "explicit", "The firm", "the report"),
        ("Peters said the bank has it wrong.", "labelling", "Peters", "the bank has it wrong"),
        ("Peters said she got the numbers wrong.", "labelling", "Peters", "she got the numbers wrong"),
        ("Peters said she made the story up.", "labelling", "Peters", "she made the story up"),
        ("Peters said he fabricated the report.", "labelling", "Peters", "he fabricated the report"),
        ("Peters said he was wrong to claim that it ran.", "labelling", "Peters", "he was wrong to claim that it ran"),
        ("Peters said it is wrong to suggest she fled.", "labelling", "Peters", "it is wrong to suggest she fled"),
        ("Moss proceeded to lie to the court.", "labelling", None, "to lie to the court"),
        ("Peters said that the mayor misspoke.", "labelling", "Peters", "that the mayor misspoke"),
        ("Peters erred in saying that it was safe.", "labelling", None, "Peters erred in saying that it was safe"),
        ("“Your facts are wrong,” Peters said.", "labelling", "Peters", "“Your facts are wrong,”"),
    ],
)  # fmt: skip
def test_denial(
    text: str, kind: str, source: str | None, content: str, parsed: Parsed, lexicon: CueLexicon
) -> None:
    assert (kind, source, content) in denials(text, parsed, lexicon)


@pytest.mark.parametrize(
    "text",
    [
        "Guards denied them entry.",
        "The family was denied a visa.",
        "The judge denied bail to the suspect.",
        "The court dismissed the case.",
        "The firm dismissed the manager.",
        "The union rejected the offer.",
        "Voters rejected the candidate.",
        "She rejected the idea of a longer debate.",
        "He did not deny that his men had fired.",
        "The minister could not deny the report.",
        "The minister avoided denying the report.",
        "The minister stopped short of denying the charge.",
        "The minister shied away from calling the report a lie.",
        "The ministry neither confirmed nor denied the report.",
        "If he denies the report, he will be asked again.",
        "Any attempt to debunk the story fails.",
        "They must refute the allegations.",
        "The ministry declined to comment.",
        "The islands are disputed.",
        "The group claimed a denial-of-service attack.",
        "The report is not false.",
        "Could the report be a hoax?",
        "He told false stories of the sea to children.",
        "Nobody denied the charge.",
        "Neither the mayor nor the envoy denied the charge.",
        "Few dispute that the dam is old.",
        "She chose to resign rather than publicly deny the report.",
        "The envoy denounced the remarks.",
        "He fired back with accusations of his own.",
        "The firm rejected my claim for forty crowns.",
        "The law punishes false statements.",
        "The film is a work of fiction.",
        "The panel was made up of five lawyers.",
        "The committee made up its mind on Monday.",
        "The firm invented a new engine.",
        "He got off on the wrong foot.",
        "It was the wrong road.",
        "It was wrong to sell the port.",
        "The engineers explained what was wrong with the pump.",
        "When he is wrong, the fund loses money.",
        "They charged the driver with lying to the court.",
        "Peters responded to accusations that he misrepresented his record.",
        "If the bank has it wrong, he will say so.",
        "She will never get it wrong.",
        "Analysts doubt that the ship was armed.",
        "The crowd met to reject the proposal.",
        "He wants to call a meeting to deny the report.",
        "They will not talk until Reed retracts this statement.",
        "The station will not apologise before the mayor denies the charge.",
        "The talks resume once Iran withdraws the accusation.",
    ],
)
def test_no_denial_by_its_words(text: str, parsed: Parsed) -> None:
    assert not find_denial_acts(parsed(text), KNOWLEDGE)


def test_a_label_of_what_may_be_no_claim_denies_only_if_there_is_one(
    parsed: Parsed, lexicon: CueLexicon
) -> None:
    doc = parsed("Peters said the power of the party may be overstated.")
    (found,) = classify_statements(doc, find_statements(doc, lexicon), KNOWLEDGE, KINDS)
    assert (found.statement.kind, found.tentative, found.fallback) == ("labelling", True, "statement")


@pytest.mark.parametrize(("verb", "tentative"), [("said", False), ("admitted", True), ("acknowledged", True)])
def test_what_is_admitted_to_be_false_is_no_denial_by_its_words(
    verb: str, tentative: bool, parsed: Parsed, lexicon: CueLexicon
) -> None:
    doc = parsed(f"The ministry {verb} that the statement was false.")
    found = [
        j.tentative
        for j in classify_statements(doc, find_statements(doc, lexicon), KNOWLEDGE, KINDS)
        if j.statement.kind == "labelling"
    ]
    assert found == [tentative]


@pytest.mark.parametrize(
    ("text", "polarity", "silent"),
    [
        ("He did not deny that his men had fired.", "not_denied", False),
        ("The general refused to rule out an attack.", "not_denied", False),
        ("The ministry neither confirmed nor denied that the ship had sunk.", "neither", False),
        ("The ministry declined to comment.", None, True),
        ("The firm did not respond to questions.", None, True),
        ("The firm could not be reached for comment.", None, True),
        ("The minister said that the ship had sunk.", None, False),
    ],
)
def test_left_open(
    text: str, polarity: str | None, silent: bool, parsed: Parsed, lexicon: CueLexicon
) -> None:
    found = statements(parsed(text), lexicon)
    assert any(s.polarity == polarity and s.no_comment == silent for s in found), found


def test_a_quotation_that_denies_in_its_second_part_becomes_two_rows(
    parsed: Parsed, lexicon: CueLexicon
) -> None:
    text = "“The talks were long and hard, and both sides are tired,” Peters said. “We are not involved in the war.”"
    found = {s.kind: [text[a:b] for a, b in s.content] for s in statements(parsed(text), lexicon)}
    assert found["negated_assertion"] == ["“We are not involved in the war.”"]
    assert found["statement"] == ["“The talks were long and hard, and both sides are tired,”"]


def test_the_denier_does_not_make_the_claim_that_he_denies(parsed: Parsed, lexicon: CueLexicon) -> None:
    text = "The mayor rejected accusations by the union that he had lied."
    claims = [s for s in statements(parsed(text), lexicon) if s.kind not in DENIAL_TYPES]
    assert [(text[slice(*s.source)], text[slice(*s.content[0])]) for s in claims if s.source] == [
        ("the union", "that he had lied")
    ]


@pytest.fixture(scope="module")
def found_in_gold(parsed: Parsed, lexicon: CueLexicon) -> list[tuple[Doc, list[Statement]]]:
    texts = [json.loads(line)["text"] for line in GOLD.read_text(encoding="utf-8").splitlines()][::6]
    return [(doc, statements(doc, lexicon)) for doc in map(parsed, texts)]


def test_every_span_lies_in_its_text(found_in_gold: list[tuple[Doc, list[Statement]]]) -> None:
    for doc, found in found_in_gold:
        for s in found:
            assert s.content
            spans = [*s.content, *([s.source] if s.source else []), *([s.cue] if s.cue else [])]
            assert all(
                0 <= a < b <= len(doc.text) and doc.text[a:b] == doc.text[a:b].strip() for a, b in spans
            )


def test_parents_hold_their_children_and_no_row_stands_twice(
    found_in_gold: list[tuple[Doc, list[Statement]]],
) -> None:
    for _, found in found_in_gold:
        keys = [(s.kind in DENIAL_TYPES, s.source, s.cue, s.content) for s in found]
        assert len(keys) == len(set(keys))


def test_the_result_does_not_depend_on_the_order_of_the_statements(
    parsed: Parsed, lexicon: CueLexicon
) -> None:
    doc = parsed("The union said the mayor lied. He denied it. “I never lied,” he said. In fact, he had.")
    given = find_statements(doc, lexicon)
    assert classify_statements(doc, given, KNOWLEDGE, KINDS) == classify_statements(
        doc, given[::-1], KNOWLEDGE, KINDS
    )


@pytest.mark.parametrize("speaker", ["The ministry", "Ann Reed"])
def test_the_speaker_denies_and_not_the_subject_of_what_he_says(
    speaker: str, parsed: Parsed, lexicon: CueLexicon
) -> None:
    text = f"{speaker} said its forces had hit only military targets and denied striking homes."
    assert ("explicit", speaker, "striking homes") in denials(text, parsed, lexicon)


def test_who_makes_the_rejected_claims_denies_nothing(parsed: Parsed, lexicon: CueLexicon) -> None:
    text = "The firm rejects the claims by the union, which insisted that two workers were hurt in August."
    assert {source for _, source, _ in denials(text, parsed, lexicon)} == {"The firm"}


def test_a_nested_statement_knows_its_parent(parsed: Parsed, lexicon: CueLexicon) -> None:
    outer, inner = statements(parsed("The mayor said experts believe that the bridge is safe."), lexicon)
    assert (outer.parent, inner.parent) == (None, 0)
