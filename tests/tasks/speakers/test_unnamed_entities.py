"""Participants without a name have entities of their own; spokesmen, acronyms and bodies are resolved by the text."""

from datetime import date

import pytest

from tasks.analysis import DocumentAnalysis, analyse_document
from tasks.document.parser import parse_texts
from tasks.document.records import Document, Metadata
from tasks.knowledge import Knowledge


def analyse(text: str, knowledge: Knowledge, doc_id: str = "d") -> DocumentAnalysis:
    (doc,) = parse_texts([text], knowledge.nlp)
    day = Metadata(published_at=date(2026, 11, 1))
    return analyse_document(Document(doc_id, "d", text, "sha", "utf-8", day), doc, knowledge)


def collect_names(analysis: DocumentAnalysis) -> dict[str | None, set[str]]:
    """Return the texts of the mentions by entity."""
    names: dict[str | None, set[str]] = {}
    for mention in analysis.mentions:
        names.setdefault(mention.entity_id, set()).add(mention.text)
    return names


@pytest.mark.parametrize(
    ("text", "speaker", "affiliation"),
    [
        ("Residents said the bridge was unsafe.", "Residents", None),
        ("The embassy said the road was closed.", "embassy", None),
        ("The UN mission said the road was closed.", "UN mission", None),
        ("A spokesman for the ministry said the road was closed.", "spokesman for the ministry", "ministry"),
        (
            "The Northport Bank has shut. A spokeswoman said it would reopen.",
            "spokeswoman",
            "The Northport Bank",
        ),
        ("Officials who said the road was closed left.", "Officials", None),
        ("Rebels took the town. The army said it had left.", "army", None),
    ],
)
def test_a_speaker_without_a_name_is_an_entity(
    text: str, speaker: str, affiliation: str | None, knowledge: Knowledge
) -> None:
    analysis = analyse(text, knowledge)
    names, row = collect_names(analysis), analysis.resolved[-1]
    assert speaker in names[row.speaker_id]
    assert (row.speaker_affiliation_id is None) == (affiliation is None)
    if affiliation is not None:
        found = {name.removeprefix("The ") for name in names[row.speaker_affiliation_id]}
        assert affiliation.removeprefix("The ") in found


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Farmers went to the mill, where they claimed that the dam was unsafe.", "Farmers"),
        ("In a report published by the Northport Bank, it says the mayor stole the money.", "Northport Bank"),
        (
            "A report by the Northport Bank came out on Monday. The report says the mayor stole the money.",
            "Northport Bank",
        ),
        (
            "Ana Ruiz, an Orlandish nurse, left the clinic. An Orlandish nurse said the roof was unsafe.",
            "Ana Ruiz",
        ),
    ],
)
def test_a_speaker_is_named_or_described_elsewhere(text: str, speaker: str, knowledge: Knowledge) -> None:
    analysis = analyse(text, knowledge)
    names = {name.removeprefix("the ") for name in collect_names(analysis)[analysis.resolved[-1].speaker_id]}
    assert speaker in names


def test_nameless_accused_have_spans_and_entities(knowledge: Knowledge) -> None:
    text = "Police said two unidentified gunmen shot the mayor of Northport, Ann Lee."
    analysis = analyse(text, knowledge)
    (row,) = [
        r for s, r in zip(analysis.statements, analysis.resolved, strict=True) if s.kind == "accusation"
    ]
    assert [text[start:end] for start, end in row.target_spans] == ["two unidentified gunmen"]
    (target,) = row.target_ids
    assert collect_names(analysis)[target] == {"two unidentified gunmen"}


def test_the_aides_of_a_person_are_somebody_else(knowledge: Knowledge) -> None:
    analysis = analyse("The lawyer said Ruiz aides stole the money. Ana Ruiz left.", knowledge)
    names = collect_names(analysis)
    assert [names[i] for i in analysis.resolved[0].target_ids] == [{"Ruiz aides"}]


def test_he_is_no_document(knowledge: Knowledge) -> None:
    text = "“Come early,” read the letter. He told the clerk that it would rain."
    assert analyse(text, knowledge).resolved[-1].speaker_id is None


def test_coordinated_nameless_speakers_are_all_given(knowledge: Knowledge) -> None:
    analysis = analyse("Residents and aid workers said the bridge was unsafe.", knowledge)
    names = collect_names(analysis)
    assert [names[i] for i in analysis.resolved[0].speaker_ids or ()] == [{"Residents"}, {"aid workers"}]


def test_nobody_is_no_entity(knowledge: Knowledge) -> None:
    analysis = analyse("No official said that the bridge was unsafe.", knowledge)
    assert all(row.speaker_id is None for row in analysis.resolved)


def test_equal_phrases_are_one_entity_of_one_document(knowledge: Knowledge) -> None:
    text = "Residents said the bridge was unsafe. Residents said the road was closed."
    first, second = (analyse(text, knowledge, doc_id) for doc_id in ("d1", "d2"))
    assert len({row.speaker_id for row in first.resolved}) == 1
    assert first.resolved[0].speaker_id != second.resolved[0].speaker_id


def test_the_full_name_in_the_text_beats_the_table_of_acronyms(knowledge: Knowledge) -> None:
    text = "The Rapid Support Forces took the town. Residents accused the RSF of looting."
    names = collect_names(analyse(text, knowledge))
    assert any(
        {"RSF", "Rapid Support Forces"} <= {n.removeprefix("The ") for n in found} for found in names.values()
    )


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("The union accused Orland’s army of theft. The army said the union lied.", "union"),
        ("Ann Lee denied allegations that she stole the money.", "Ann Lee"),
        ("Critics say Orland burned the village and that its troops shot farmers.", "Orland"),
        (
            "Ivan Petrov left the room. “Ben Gray was mayor. He was a dictator,” Ana Ruiz said.",
            "Ben Gray",
        ),
    ],
)
def test_pronouns_and_possessives_of_the_accused_are_resolved(
    text: str, accused: str, knowledge: Knowledge
) -> None:
    analysis = analyse(text, knowledge)
    names = collect_names(analysis)
    targets = [
        r.target_ids
        for s, r in zip(analysis.statements, analysis.resolved, strict=True)
        if s.kind == "accusation"
    ]
    assert accused in {name for entity in targets[-1] for name in names[entity]}
