"""Which names of a document are one entity: acronyms and their full names, nicknames, two family names."""

import pytest

from tasks.document.parser import ParsingPipeline, parse_texts
from tasks.entities.document_entities import assign_entities
from tasks.entities.mentions import find_mentions
from tasks.entities.reference_loader import ReferenceTables
from tasks.entities.spelt_out_bodies import find_spelt_out_names

ONE_ENTITY = {
    "The Free Bread Initiative (FBI) left. Residents accused the FBI of looting.": ("Free Bread Initiative", "FBI"),
    "The Hill Rescue Watch (HRW) left. Residents accused the HRW of looting.": ("Hill Rescue Watch", "HRW"),
    "The National Aid to Olm left on Friday. The NATO denied it.": ("National Aid to Olm", "NATO"),
    "The Public Housing Office left on Friday. The PHO denied it.": ("Public Housing Office", "PHO"),
    "The Federal Bureau of Investigation (FBI) left. The FBI denied it.": ("Federal Bureau of Investigation", "FBI"),
    "Pavel “Bear” Sorin left. Sorin denied it.": ("Pavel “Bear” Sorin", "Sorin"),
    "A Washington Post editorial praised it. The mayor wrote to the Post on Monday.": ("Washington Post", "Post"),
    "A Fox News poll was published on Monday. Fox said that it was true.": ("Fox News", "Fox"),
    "The Orland National Convention opened on Monday. The ONC ended on Friday.": ("Orland National Convention", "ONC"),
    "Joaquín Guzmán Loera left. Guzmán denied it.": ("Joaquín Guzmán Loera", "Guzmán"),
    "The US Supreme Court rejected it. The Supreme Court decision is final.": ("US Supreme Court", "Supreme Court"),
    "Ivana Berg left. Mr. Olm and the former Mrs. Berg denied it.": ("Ivana Berg", "Berg"),
}  # fmt: skip


@pytest.mark.parametrize("text", ONE_ENTITY)
def test_two_names_of_a_text_are_one_entity(
    text: str, nlp: ParsingPipeline, reference: ReferenceTables
) -> None:
    (doc,) = parse_texts([text], nlp)
    assert doc.view is not None
    mentions = assign_entities(doc, find_mentions(doc, reference), reference, "doc")
    ids: dict[str, set[str | None]] = {}
    for m in mentions:
        a, b = doc.view.to_source(m.span)
        ids.setdefault(text[a:b], set()).add(m.entity_id)
    long, short = ONE_ENTITY[text]
    assert len(ids[long] | ids[short]) == 1
    assert None not in ids[long]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The Free Bread Initiative (FBI) left.", ["Free Bread Initiative"]),
        ("The Kennel Song Club on Monday met the KSC.", ["Kennel Song Club"]),
        ("The Free Bread Initiative left.", []),
        ("Free bread is here, said the FBI.", []),
    ],
)
def test_names_are_spelt_out_for_the_acronyms_of_their_text(text: str, names: list[str]) -> None:
    assert [text[a:b] for a, b in find_spelt_out_names(text)] == names


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("Peter Berg spoke on Monday. Mrs. Berg left.", "Peter Berg", "Berg"),
        ("Mary Berg spoke on Monday. Mr. Berg left.", "Mary Berg", "Berg"),
        ("Bill Clinton spoke in the United States. Mrs. Clinton left.", "Bill Clinton", "Clinton"),
    ],
)
def test_a_title_of_the_other_gender_is_of_somebody_else(
    text: str, first: str, second: str, nlp: ParsingPipeline, reference: ReferenceTables
) -> None:
    (doc,) = parse_texts([text], nlp)
    entities = {
        m.text: m.entity_id for m in assign_entities(doc, find_mentions(doc, reference), reference, "doc")
    }
    assert entities[first] != entities[second]
    assert entities[second] is not None
