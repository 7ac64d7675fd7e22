"""Mentions: sentences with the names expected in them, with label and exact span."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.document.parser import ParsingPipeline, parse_texts
from tasks.document.records import Mention
from tasks.entities.mentions import find_mentions
from tasks.entities.reference_tables import ReferenceTables

SENTENCES = {
    "The yacht Maria Helena left. Ann Lee saw Maria Helena sink.": [
        "Maria Helena/other", "Ann Lee/person", "Maria Helena/other",
    ],
    "Marine MG Bradford Gering said that it was true.": ["Bradford Gering/person"],
    "Kremlin Spokesman Dmitry Peskov told reporters.": ["Kremlin/organisation", "Dmitry Peskov/person"],
    "Rear Adm. Heidi Berg denied it.": ["Heidi Berg/person"],
    "Foreign Minister Sergei Lavrov met Mr. Kerry in Geneva.": [
        "Sergei Lavrov/person", "Kerry/person", "Geneva/place",
    ],
    "The Russians paid the Taliban, U.S. officials said.": [
        "Russians/nationality", "Taliban/organisation", "U.S./country",
    ],
    "The Libyan National Army’s (LNA) commander fled.": [
        "Libyan National Army/organisation", "LNA/organisation",
    ],
    "Russia sent 14 MiG-29s and two S-300 batteries.": ["Russia/country", "MiG-29s/weapon", "S-300/weapon"],
    "Wagner planted landmines and improvised explosive devices (IEDs).": [
        "Wagner/organisation", "landmines/weapon", "improvised explosive devices/weapon", "IEDs/weapon",
    ],
    "T-72 tanks and BMP-2s crossed into Ukraine.": ["T-72/weapon", "BMP-2s/weapon", "Ukraine/country"],
    "Turkey’s president accused France, Egypt and the UAE.": [
        "Turkey/country", "France/country", "Egypt/country", "UAE/country",
    ],
    "Amnesty International said Syria’s army used cluster bombs.": [
        "Amnesty International/organisation", "Syria/country", "cluster bombs/weapon",
    ],
    "Chad Smith of Paris spoke to The New York Times.": [
        "Chad Smith/person", "Paris/place", "The New York Times/organisation",
    ],
    "The World Health Organization (WHO) praised Jordan.": [
        "World Health Organization/organisation", "WHO/organisation", "Jordan/country",
    ],
    "British and French troops killed al-Qaeda fighters in Mali.": [
        "British/nationality", "French/nationality", "al-Qaeda/organisation", "Mali/country",
    ],
    "President Barack Obama and Pope Francis met Ayatollah Ali Khamenei.": [
        "Barack Obama/person", "Pope Francis/person", "Ali Khamenei/person",
    ],
    "State Department spokesman Tom Berg praised the pro-Iranian and anti-Japanese protests.": [
        "State Department/organisation", "Tom Berg/person", "Iranian/nationality", "Japanese/nationality",
    ],
    "Anna Voronova of Gazprom denied it.": ["Anna Voronova/person", "Gazprom/organisation"],
    "North and South Korea met; Russian and Ukrainian forces did not.": [
        "North/country", "South Korea/country", "Russian/nationality", "Ukrainian/nationality",
    ],
    "The Turkey-Syria border is far from San Diego, Calif., where Democratic senators met.": [
        "Turkey/country", "Syria/country", "San Diego/place", "Calif./place", "Democratic/organisation",
    ],
    "The airline Orvane accused the ministry of bias.": ["Orvane/organisation"],
    "The militia group Sarak executed ten farmers, residents said.": ["Sarak/organisation"],
    "The freighter named Maria left. The crew saw Maria sink.": ["Maria/other", "Maria/other"],
    "She lived in Mississauga, Ontario, for years.": ["Mississauga/place", "Ontario/place"],
    "The State of Texas sued Russia.": ["State of Texas/place", "Russia/country"],
    "Ana Ruiz-style reforms failed.": ["Ana Ruiz/person"],
    "Ann Lee, the former secretary of State, left.": ["Ann Lee/person"],
    "The Orland National Convention opened.": ["Orland National Convention/event"],
}  # fmt: skip


@pytest.fixture(scope="module")
def found(nlp: ParsingPipeline, reference: ReferenceTables) -> dict[str, list[Mention]]:
    return {d.text: find_mentions(d, reference) for d in parse_texts(SENTENCES, nlp)}


@pytest.mark.parametrize("text", SENTENCES)
def test_names_and_labels(found: dict[str, list[Mention]], text: str) -> None:
    assert [f"{m.text}/{m.label}" for m in found[text] if not m.pronoun] == SENTENCES[text]


def test_the_majority_of_mentions_decides_a_label(nlp: ParsingPipeline, reference: ReferenceTables) -> None:
    text = "Anna Voronova left.\n\nVoronova said no.\n\nVoronova Group denied it, Voronova said."
    (doc,) = parse_texts([text], nlp)
    labels = {m.label for m in find_mentions(doc, reference) if m.text == "Voronova"}
    assert labels == {"person"}


LABELS = [
    ("Mississauga denied it.\n\nShe lived in Mississauga, Ontario, for years.", "Mississauga", "place"),
    ("Mark English left.\n\n“I know,” English said.\n\nEnglish voters stayed.", "English", "person"),
    ("Donald Berg spoke.\n\nBERG: We will win.\n\nMr. Berg left.", "BERG", "person"),
    ("A woman, Velda Torrant, aged 28, left.\n\nVelda Torrant did not say why.", "Velda Torrant", "person"),
    ("Her sons Tarvin, 22, and Olven, 9, left.", "Tarvin", "person"),
    ("He read it in the Kestra newspaper.", "Kestra", "organisation"),
    ("The port town of Mirath was closed.", "Mirath", "place"),
    ("He depends on Social Security.", "Social Security", "other"),
    ("Pat Holders spoke. Holders never agreed to it.", "Holders", "person"),
]
"""text, name, label of its first mention"""


@pytest.mark.parametrize(("text", "name", "label"), LABELS)
def test_the_document_decides_a_label(
    text: str, name: str, label: str, nlp: ParsingPipeline, reference: ReferenceTables
) -> None:
    (doc,) = parse_texts([text], nlp)
    found = [m for m in find_mentions(doc, reference) if text[slice(*m.span)] == name]
    assert [m.label for m in found][:1] == [label]


SPANS = [
    ("Ann Lee Got More Votes In Ohio.", ["Ann Lee", "Ohio"]),
    (
        "The groups are Emerge Orland, Rescue Watch, Orland Action.",
        ["Emerge Orland", "Rescue Watch", "Orland Action"],
    ),
    ("She went to San Pedro Sula, Honduras.", ["San Pedro Sula", "Honduras"]),
    ("Follow Ann Lee on Twitter @annlee.", ["Ann Lee", "Twitter"]),
    ("It was late. pic.orland.org/abcDEF — Ann Lee (@annlee)", ["Ann Lee"]),
    ("The council met Chairman Velven Ostrum.", ["Velven Ostrum"]),
    (
        "Olga Marsh Slams Bank Over Its Fees\n\nOlga Marsh left the hall.",
        ["Olga Marsh", "Olga Marsh"],
    ),
    ("“Let us wait,” he said. “Let me pay.”", []),
    ("LeT was blamed for it.", ["LeT"]),
]
"""text and the names in it, whole and without what is no part of them"""


@pytest.mark.parametrize(("text", "names"), SPANS)
def test_the_extent_of_names(
    text: str, names: list[str], nlp: ParsingPipeline, reference: ReferenceTables
) -> None:
    (doc,) = parse_texts([text], nlp)
    assert [m.text for m in find_mentions(doc, reference) if not m.pronoun] == names


def test_pronouns_are_mentions(nlp: ParsingPipeline, reference: ReferenceTables) -> None:
    (doc,) = parse_texts(["He said it was theirs and they would keep it."], nlp)
    assert [m.text for m in find_mentions(doc, reference) if m.pronoun] == ["He", "it", "they", "it"]


WORDS = ["Russia", "’s", "U.S.", "(", ")", "Gen.", "Col.", "Ali", "Hassan", "said", "“", "”", ",", ".", "\n\n",
         "MiG-29s", "the", "He", "Wagner", "Group", "denied", "Côte", "d'Ivoire", "\U0001f600", "and"]  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_mentions_slice_to_their_text_and_never_overlap(
    nlp: ParsingPipeline, reference: ReferenceTables, words: list[str]
) -> None:
    text = " ".join(words)
    for doc in parse_texts([text], nlp):
        mentions = find_mentions(doc, reference)
        for m in mentions:
            assert text[slice(*m.span)] == m.text
            assert 0 <= m.head < len(doc)
        for first, second in pairwise(mentions):
            assert first.span[1] <= second.span[0]
