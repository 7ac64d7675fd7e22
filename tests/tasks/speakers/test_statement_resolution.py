"""Statement resolution on small texts: speaker, role, affiliation and targets of each source."""

from dataclasses import replace
from datetime import date

import pytest

from tasks.accusations.accusation_detection import find_accusation
from tasks.accusations.accusation_words import load_accusation_words
from tasks.analysis import add_dates_and_quantities, analyse_document
from tasks.attribution.cue_lexicon import load_reporting_words
from tasks.attribution.quoting.quotations import find_quotations
from tasks.document.parser import ParsingPipeline, parse_texts
from tasks.document.records import Document, Mention, Metadata, Statement
from tasks.entities.document_entities import assign_entities
from tasks.entities.mentions import find_mentions
from tasks.entities.names import is_abbreviation, make_entity_id, normalise_full_name, normalise_name
from tasks.entities.reference_tables import ReferenceTables
from tasks.expressions.unit_tables import load_unit_tables
from tasks.knowledge import Knowledge
from tasks.speakers.statement_resolution import ResolvedStatement, resolve_statements

WORDS = load_accusation_words()
UNIT_TABLES = load_unit_tables()
REPORTING_WORDS = load_reporting_words()

# text with the source in [..] and the content in {..}; the expected speaker or None; the method
SPEAKERS = [
    ("Anna Voronova met reporters.\n\n[Voronova] said {it was false}.", "Anna Voronova", "surname"),
    ("Anna Voronova met reporters. [She] said {it was false}.", "Anna Voronova", "subject"),
    ("Tom Berg met Anna Voronova. [She] said {it was false}.", "Anna Voronova", "near_person"),
    ("Tom Berg and Ann Berg met. [Mr. Berg] said {it was false}.", "Tom Berg", "title_and_surname"),
    ("Tom Berg and Ann Berg met. [Mrs. Berg] said {it was false}.", "Ann Berg", "title_and_surname"),
    ("The Zawiya Harbour Board (ZHB) met.\n\n[ZHB] said {it was false}.", "Zawiya Harbour Board", "acronym"),
    ("The Zawiya Harbour Board met.\n\nThe [ZHB] said {it was false}.", "Zawiya Harbour Board", "acronym"),
    ("[Washington] said {it was false}.", "United States", "metonym"),
    ("[Moscow] denied {it had sent troops}.", "Russia", "metonym"),
    ("Gen. Omar Salih met reporters. Anna Voronova left. [The general] said {it was false}.",
     "Omar Salih", "role_noun"),
    ("[The Interfax news agency] said {it was false}.", "Interfax", "reference"),
    ("Russia sent aircraft. [It] said {they were unarmed}.", "Russia", "organisation_pronoun"),
    ("Tom Berg left.\n\nThe union wrote to Paul Lehm. The firm asked Jack Voss. [He] said {it was false}.",
     "Jack Voss", "near_person"),
    ("Paul Lehm, a Democrat [who] said {it was false}, left.", "Paul Lehm", "relative"),
    ("[An Orvane Ltd. report] said {it was false}.", "Orvane Ltd.", "exact"),
    ("An Orvane Ltd. poll was late. [The poll] said {it was false}.", "Orvane Ltd.", "exact"),
    ("Orvane Ltd., a rights group, met Lehm Media Corp. [The rights group] said {it was false}.",
     "Orvane Ltd.", "organisation_noun"),
    ("Orvane Ltd. met Lehm Media Corp. [The rights group] said {it was false}.", None, "unnamed"),
    ("Orvane Ltd. met Lehm Media Corp. [The campaign] said {it was false}.", None, "unnamed"),
    ("Anna Voronova, [who] said {it was false}, left the room.", "Anna Voronova", "relative"),
    ("[Officials] said {it was false}.", None, "unnamed"),
    ("[Afghan ambassador to the United States Omar Salih] said {it was false}.", "Omar Salih", "exact"),
    ("[He] said {it was false}.", None, "unresolved"),
    ("[Kremlin spokesman Ivan Petrenko] said {it was false}.", "Ivan Petrenko", "exact"),
    ("[Ivan Petrenko, a spokesman for the Zawiya Harbour Board], said {it was false}.", "Ivan Petrenko", "exact"),
]  # fmt: skip
ROLES = [
    ("[Kremlin spokesman Ivan Petrenko] said {it was false}.", "spokesman", "Kremlin"),
    (
        "[Ivan Petrenko, a spokesman for NATO], said {it was false}.",
        "spokesman",
        "North Atlantic Treaty Organization",
    ),
    ("[Russian Foreign Minister Ivan Petrenko] said {it was false}.", "Foreign Minister", "Russia"),
    ("Kremlin spokesman Ivan Petrenko came.\n\n[Petrenko] said {it was false}.", None, "Kremlin"),
    ("[U.S. officials] said {it was false}.", None, "United States"),
    ("[Libyan authorities] said {it was false}.", None, "Libya"),
    ("[Anna Voronova] said {it was false}.", None, None),
]
TARGETS = [
    ("[Kyiv] said {that Russia shelled the town}.", ["Russia"]),
    ("[Kyiv] said {that the town was shelled by Russia}.", ["Russia"]),
    ("[Kyiv] accused {the Russians of shelling the town}.", ["Russia"]),
    ("[Kyiv] said {Russian mercenaries from the Wagner Group shelled the town}.", ["Wagner Group"]),
    ("[Kyiv] said {that it had proof that Hezbollah shelled the town}.", ["Hezbollah"]),
    ("[Hezbollah] said {that Hezbollah did not shell the town}.", []),
    ("[The report] accused {Moscow of shelling the town}.", ["Russia"]),
    ("[Kyiv] said {that Moscow had sent troops}.", ["Russia"]),
    ("[Kyiv] said {that the town was shelled by Moscow}.", ["Russia"]),
    ("[Kyiv] said {that Moscow was quiet}.", []),
    ("[Russia and China] said {that Russia did not shell the town}.", []),
    ("[Kyiv] said {that a Russian judge robbed a bank}.", []),
    ("[Kyiv] said {that Muslim militants robbed a bank}.", []),
    (
        '[Ann Voss] said, {"Orvane Ltd. is late. They lied to us"}. Lehm Media Corp. heard it.',
        ["Orvane Ltd."],
    ),
    ('[Ann Voss] said, {"He was late. He beat Tom Berg. He lied to us"}.', []),
    ("[Kyiv] said {that the Russia-based preacher robbed a bank}.", []),
    ("Tom Berg met Paul Lehm. [Ann Voss] accused {Paul Lehm and his allies of lying}.", ["Paul Lehm"]),
    ("Tom Berg met Paul Lehm. [Ann Voss] said {that his wife lied}.", []),
    ("Paul Lehm left. [Tom Berg] turned to Jack Voss and accused {him of lying}.", ["Jack Voss"]),
]


# text with the source in [..] and the content in {..}; the joint speakers
TOGETHER = [
    ("[Russia and China] said {it was false}.", ["Russia", "China"]),
    ("[Angela Merkel, Emmanuel Macron and Boris Johnson] said {it was false}.",
     ["Angela Merkel", "Emmanuel Macron", "Boris Johnson"]),
    ("[Anna Voronova, a spokeswoman for NATO, and Tom Berg, the mayor], said {it was false}.",
     ["Anna Voronova", "Tom Berg"]),
    ("[Residents and Amnesty International] said {it was false}.", None),
    ("[Officials from Russia and China] said {it was false}.", None),
    ("[Anna Voronova] said {it was false}.", None),
]  # fmt: skip


def marked(text: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """Return the text without its brackets, and the span of each kind of bracket."""
    spans, out, opened = {}, "", {}
    for c in text:
        if c in "[{":
            opened[c] = len(out)
        elif c in "]}":
            mark = "[" if c == "]" else "{"
            spans[mark] = (opened[mark], len(out))
        else:
            out += c
    return out, spans


def resolved(
    text: str, nlp: ParsingPipeline, reference: ReferenceTables, published: date | None = date(2020, 7, 24)
) -> tuple[ResolvedStatement, list[Mention]]:
    plain, spans = marked(text)
    (doc,) = parse_texts([plain], nlp)
    mentions = find_mentions(doc, reference)
    source = doc.char_span(*spans["["])
    assert source is not None
    cue = next(t for t in doc if t.lower_ in {"said", "accused", "denied"})
    statement = Statement(
        spans["["], (cue.idx, cue.idx + len(cue)), (spans["{"],), "test", 1.0,
        cue_token=cue.i, source_token=source.root.i, attitude="accusation" if cue.text == "accused" else "statement",
    )  # fmt: skip
    content = doc.get_tokens(spans["{"])
    accusation = find_accusation(doc, statement, [(content.start, content.end)], WORDS)
    if accusation is not None:
        accused = tuple(t.i for t in accusation.accused)
        statement = replace(statement, claim_type="accusation", accused=accused)
    document = Document("d", "d", plain, "sha", "utf-8", Metadata(published_at=published))
    mentions = assign_entities(doc, mentions, reference, document.doc_id)
    mentions, (row,) = resolve_statements(
        doc, mentions, [statement], find_quotations(doc, REPORTING_WORDS), reference
    )
    return add_dates_and_quantities(doc, statement, row, published, UNIT_TABLES), mentions


def named(entity: str | None, mentions: list[Mention], reference: ReferenceTables) -> str | None:
    if entity in reference.known_entities:
        return reference.known_entities[entity].name
    return max((m.text for m in mentions if m.entity_id == entity and not m.pronoun), key=len, default=None)


@pytest.mark.parametrize(("text", "who", "method"), SPEAKERS)
def test_speaker_and_step(
    nlp: ParsingPipeline, reference: ReferenceTables, text: str, who: str | None, method: str | None
) -> None:
    row, mentions = resolved(text, nlp, reference)
    assert (named(row.speaker_id, mentions, reference), row.speaker_resolution) == (who, method)
    assert (row.speaker_confidence > 0) == (who is not None)


@pytest.mark.parametrize(("text", "names"), TOGETHER)
def test_all_who_speak_as_one_stand_beside_the_first(
    nlp: ParsingPipeline, reference: ReferenceTables, text: str, names: list[str] | None
) -> None:
    row, mentions = resolved(text, nlp, reference)
    together = [named(e, mentions, reference) for e in row.speaker_ids or []]
    assert (together or None) == names
    assert row.speaker_ids is None or row.speaker_id == row.speaker_ids[0]


@pytest.mark.parametrize(
    ("text", "source", "who", "method"),
    [
        ("“We deny that we lost,” said the Zawiya Harbour Board.", "We", "Zawiya Harbour Board", "quotation_speaker"),
        ("“I deny that I lost,” Anna Voronova said.", "I", "Anna Voronova", "quotation_speaker"),
        ("Anna Voronova denied it. She added that Tom Berg lied.", "She", "Anna Voronova", "last_speaker"),
        ("Tom Berg met Anna Voronova. “He denied that he lost,” Voronova said.", "He", "Tom Berg", "subject"),
        ("The Zawiya Harbour Board met. The group said that it lost.", "The group", "Zawiya Harbour Board",
         "organisation_noun"),
        ("Anna Voronova said that she denied having lost.", "she", "Anna Voronova", "own_statement"),
        ("The Supreme Court met. The government said that it lost.", "The government", "government", "unnamed"),
        ("Thieves robbed the Zawiya Harbour Board, the agency said.", "the agency", "agency", "unnamed"),
        ("Her newspaper, the Zawiya Harbour Courier, denied that it lost.", "Her newspaper, the Zawiya Harbour Courier",
         "Zawiya Harbour Courier", "exact"),
        ("Tom Berg was found guilty of theft at the harbour court.", "the harbour court", "harbour court", "unnamed"),
        ("After party chairwoman Anna Voronova voted, she accused the ministry of, in her words, “buying every vote.”",
         "she", "Anna Voronova", "subject"),
    ],
)  # fmt: skip
def test_speaker_among_the_statements_of_a_text(
    knowledge: Knowledge, text: str, source: str, who: str | None, method: str | None
) -> None:
    (doc,) = parse_texts([text], knowledge.nlp)
    reading = analyse_document(Document("d", "d", text, "s", "utf-8"), doc, knowledge)
    found = [
        (named(r.speaker_id, reading.mentions, knowledge.reference), r.speaker_resolution)
        for s, r in zip(reading.statements, reading.resolved, strict=True)
        if s.source and text[slice(*s.source)] == source
    ]
    assert (who, method) in found


def test_they_who_spoke_as_one_speak_on(knowledge: Knowledge) -> None:
    text = "Russia and China said the report was false. They denied that Iran had helped."
    (doc,) = parse_texts([text], knowledge.nlp)
    reading = analyse_document(Document("d", "d", text, "s", "utf-8"), doc, knowledge)
    (denial,) = (r for s, r in zip(reading.statements, reading.resolved, strict=True) if s.kind == "explicit")
    assert (denial.speaker_resolution, denial.speaker_ids) == ("together", ["Q159", "Q148"])


def test_of_several_the_first_who_is_known_speaks(nlp: ParsingPipeline, reference: ReferenceTables) -> None:
    row, mentions = resolved("[Residents and Amnesty International] said {it was false}.", nlp, reference)
    assert named(row.speaker_id, mentions, reference) == "Amnesty International"


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("Johnson denied it.", "Johnson said it was true.", False),
        ("The Supreme Court denied it in Russia.", "The Supreme Court denied it in Iran.", False),
        ("The Supreme Court denied it in Russia.", "Russia has a Supreme Court.", True),
        ("Anna Voronova denied it.", "Anna Voronova said it was true.", True),
        ("Voronova denied it.", "Anna Voronova said it was true.", False),
        ("Lavrov came to Russia.", "Sergei Lavrov said it was true.", True),
        ("The Democratic Party won in Japan.", "The Democratic Party won in the United States.", False),
    ],
)
def test_a_bare_name_is_one_with_anothers_only_where_something_tells(
    nlp: ParsingPipeline, reference: ReferenceTables, first: str, second: str, one: bool
) -> None:
    """A bare surname, or the name of a body that every country has, does not join two documents."""
    entities = []
    for n, doc in enumerate(parse_texts([first, second], nlp)):
        mentions = find_mentions(doc, reference)
        mentions = assign_entities(doc, mentions, reference, f"d{n}")
        mentions, _ = resolve_statements(doc, mentions, [], [], reference)
        entities.append({m.entity_id for m in mentions if m.label in {"person", "organisation"}})
    assert all(len(found) == 1 for found in entities)
    assert (entities[0] == entities[1]) is one


@pytest.mark.parametrize(("text", "role", "body"), ROLES)
def test_role_and_affiliation(
    nlp: ParsingPipeline, reference: ReferenceTables, text: str, role: str | None, body: str | None
) -> None:
    row, mentions = resolved(text, nlp, reference)
    assert (row.speaker_role, named(row.speaker_affiliation_id, mentions, reference)) == (role, body)


@pytest.mark.parametrize(("text", "expected"), TARGETS)
def test_targets(nlp: ParsingPipeline, reference: ReferenceTables, text: str, expected: list[str]) -> None:
    row, mentions = resolved(text, nlp, reference)
    assert [named(t, mentions, reference) for t in row.target_ids] == expected


def test_said_on_and_event(nlp: ParsingPipeline, reference: ReferenceTables) -> None:
    row, _ = resolved("[Anna Voronova] said on Tuesday {that he left in May}.", nlp, reference)
    assert row.said_on == date(2020, 7, 21)
    assert (row.event_start, row.event_end, row.event_grain) == (date(2020, 5, 1), date(2020, 5, 31), "month")


def test_without_publication_date_a_weekday_is_unknown_and_the_row_says_why(
    nlp: ParsingPipeline, reference: ReferenceTables
) -> None:
    row, _ = resolved("[Anna Voronova] said on Tuesday {that he left in May}.", nlp, reference, None)
    assert (row.said_on, row.event_start, row.event_grain, row.event_timex) == (None, None, None, None)
    assert (row.event_phrase, row.event_resolution) == ("May", "no publication date")


@pytest.mark.parametrize(
    ("content", "phrase", "timex", "why"),
    [
        ("that he left in May", "May", "2020-05", "resolved"),
        ("that he left in mid-June", "mid-June", "2020-06", "resolved"),
        ("that he left in the last few years", "the last few years", "PXY", "resolved"),
        ("that he stayed until 2015", "until 2015", "X/2015-12-31", "open-ended"),
        ("that he left", None, None, None),
    ],
)
def test_an_event_keeps_its_words_and_its_timex_value(
    nlp: ParsingPipeline,
    reference: ReferenceTables,
    content: str,
    phrase: str | None,
    timex: str | None,
    why: str | None,
) -> None:
    row, _ = resolved(f"[Anna Voronova] said {{{content}}}.", nlp, reference)
    assert (row.event_phrase, row.event_timex, row.event_resolution) == (phrase, timex, why)


@pytest.mark.parametrize(
    ("text", "place", "country"),
    [
        ("The battle for Tripoli went on, Libya said. Libyan troops came to Tripoli.", "Tripoli", "LY"),
        ("Lebanon sent police to Tripoli. Lebanese troops followed them.", "Tripoli", "LB"),
        ("He lives in London.", "London", "GB"),
    ],
)
def test_a_city_is_the_one_of_the_documents_country(
    nlp: ParsingPipeline, reference: ReferenceTables, text: str, place: str, country: str
) -> None:
    (doc,) = parse_texts([text], nlp)
    mentions = find_mentions(doc, reference)
    mentions = assign_entities(doc, mentions, reference, "d")
    mentions, _ = resolve_statements(doc, mentions, [], [], reference)
    (entity,) = {m.entity_id for m in mentions if m.text == place}
    assert reference.known_entities[str(entity)].country_code == country


@pytest.mark.parametrize(
    ("short", "long"),
    [("LNA", "Libyan National Army"),
     ("AFRICOM", "U.S. Africa Command"), ("UNHCR", "UN High Commissioner for Refugees"),
     ("IEDs", "improvised explosive devices"), ("AQAP", "al-Qaeda in the Arabian Peninsula")],
)  # fmt: skip
def test_a_short_form_abbreviates_its_long_form(short: str, long: str) -> None:
    assert is_abbreviation(short, long)


@pytest.mark.parametrize(
    ("short", "long"), [("GNA", "Libyan Army"), ("A", "Army"), ("2011", "in 2011"), ("XYZ", "any")]
)
def test_other_brackets_define_nothing(short: str, long: str) -> None:
    assert not is_abbreviation(short, long)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The U.S. Army", "US Army"),
        ("Élysée", "Elysee"),
        ("Martin O’Malley", "Martin O'Malley"),
        ("AL-QAEDA", "al-Qaeda"),
    ],
)
def test_spellings_that_are_one_name(first: str, second: str) -> None:
    assert normalise_name(first) == normalise_name(second)


def test_middle_initials_and_suffixes_do_not_make_another_person() -> None:
    assert normalise_full_name("Harry B. Harris Jr.") == "harry harris"
    assert make_entity_id("person", "Harry B. Harris Jr.") == make_entity_id("person", "Harry Harris")
