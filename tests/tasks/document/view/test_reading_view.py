"""The view that is parsed: marks, lines and characters, with spans that lead back to the text as it was read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.document.reading_tables import load_reading_tables
from tasks.document.view.mark_pairs import Quoted, find_quoted
from tasks.document.view.reading_view import find_visible_text, make_view
from tasks.document.view.text_view import Edit, TextView
from tasks.seeds import read_seed_rows

TABLES = load_reading_tables()
WORDS = frozenset(["government", "reported", "spokesman", "anybody", "yesterday"])
PAIRS = [(row["opening"], row["closing"]) for row in read_seed_rows("quotations/marks.csv")]
SPEECH = st.sampled_from(
    [
        "We never paid them",
        "The drivers’ pay fell, and O’Neill knew",
        "There is no secret account anywhere",
        "It’s a lie",
        "Nobody asked us in the ’90s",
        "Don't ask me",
    ]
)
NARRATION = st.sampled_from(
    [
        "The rebels accused the army of burning villages.",
        "The union’s lawyer, Ann O'Neill, left.",
        "Prices rose in the '90s.",
        "Police found a 9-inch knife.",
        "He paid 5,000 dollars - in cash.",
    ]
)
SPEAKERS = st.sampled_from(["said Karl Weber", "Olga Reyes said", "he told the court", "the minister added"])


def is_word(word: str) -> bool:
    return word in WORDS


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """Return a paragraph of narration and quotations in one habit, and the spans of the quotations."""
    opening, closing = draw(st.sampled_from(PAIRS))
    text, spans = "", []
    for _ in range(draw(st.integers(1, 5))):
        if draw(st.booleans()):
            text += draw(NARRATION) + " "
            continue
        start = len(text)
        text += opening + draw(SPEECH) + "," + closing
        spans.append((start, len(text)))
        text += f" {draw(SPEAKERS)}. "
    return text.rstrip(), spans


@settings(max_examples=300, deadline=None)
@given(marked_texts())
def test_quotations_come_out_as_generated_for_every_pair_of_marks(
    generated: tuple[str, list[tuple[int, int]]],
) -> None:
    text, spans = generated
    found = [
        (q.opening.start, q.closing.end) for q in find_quoted(text, TABLES.marks) if q.closing is not None
    ]
    assert found == spans, text


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_marks_become_those_that_the_parser_knows(opening: str, closing: str) -> None:
    text = (
        f"{opening}We won,{closing} said Karl Weber. The rebels left. He added: {opening}It is over.{closing}"
    )
    view = make_view(text, is_word, TABLES)
    if (opening, closing) != ('"', '"'):
        assert view.text == "“We won,” said Karl Weber. The rebels left. He added: “It is over.”"
    start = view.text.index("It is over")
    a, b = view.to_source((start - 1, start + len("It is over.") + 1))
    assert text[a:b] == f"{opening}It is over.{closing}"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("'Twas a mistake to sign, the lawyer said.", "It was a mistake to sign, the lawyer said."),
        ("He said ’tis over, and 'tisn't true.", "He said it is over, and it is not true."),
        ("Officials blamed the '90s reforms.", "Officials blamed the 90s reforms."),
    ],
)
def test_words_with_letters_left_out_are_whole(text: str, seen: str) -> None:
    view = make_view(text, is_word, TABLES)
    assert view.text == seen
    at = (
        seen.index("a mistake")
        if "a mistake" in seen
        else seen.index(" reforms" if "reforms" in seen else "over")
    )
    start, end = view.to_source((at, at + 4))
    assert text[start:end] == seen[at : at + 4]


def quoted_in(text: str) -> list[str]:
    def written(q: Quoted) -> str:
        return text[q.opening.start : q.closing.end if q.closing else len(text)]

    return [written(q) for q in find_quoted(text, TABLES.marks) if not q.depth]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Officials blamed the '90s reforms. 'Twas a mistake, Ann O'Neill said, and the drivers' pay fell.",
            [],
        ),
        ("The ’80s were bad, and the unions’ power fell; ’tis true.", []),
        ("'The drivers' pay fell,' said Karl Weber.", ["'The drivers' pay fell,'"]),
        ("‘The drivers’ pay fell,’ said Ann Lee. ‘No.’", ["‘The drivers’ pay fell,’", "‘No.’"]),
        ("They call it 'the new normal' in Zelnik.", ["'the new normal'"]),
        ('The 24" pipe was not ours. "It was a 9" blade," Ann Lee said.', ['"It was a 9" blade,"']),
        ('The 6\'2" suspect fired a 5" gun.', []),
        ('He said "only 9" and "maybe 12" came.', ['"only 9"', '"maybe 12"']),
        ("‘He said “no” to me,’ she said. ‘Never.’", ["‘He said “no” to me,’", "‘Never.’"]),
        ('"It’s "nonsense"," he added.', ['"It’s "nonsense","']),
        ("„Wir «alle» sagen nein“, said Weber.", ["„Wir «alle» sagen nein“"]),
        ("»No,« said Weber. »Never.«", ["»No,«", "»Never.«"]),
        ("« No », said Weber. « Never. »", ["« No »", "« Never. »"]),
        ("”No,” said Weber. ”Never.”", ["”No,”", "”Never.”"]),
        ("Rock 'n' roll is dead, tell 'em. The boys' school closed.", []),
        ("‘Lies,’ said Weber", ["‘Lies,’"]),
        (
            '"She\'ll be \'above the president,\' " Ann Lee said. "No."',
            ["\"She'll be 'above the president,' \"", '"No."'],
        ),
        ('" \'Never\' is a long word," he said. "No."', ["\" 'Never' is a long word,\"", '"No."']),
        (
            "He wrote: \"... and the 'boss' left. ... They knew.\"",
            ["\"... and the 'boss' left. ... They knew.\""],
        ),
    ],
)
def test_a_mark_is_read_by_what_stands_beside_it(text: str, found: list[str]) -> None:
    assert quoted_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "“No,” said Ann O’Neill. “It’s over.” The drivers’ pay fell in the 1990s.",
        "\"No,\" said Ann O'Neill. \"It's 'over'.\"",
        "A paragraph.\nAnother one, on a line of its own.\n\nBy Ann Lee\nZelnik",
        "“We won. We go on.\n\n“Nobody was hurt,” he said.",
        '"She\'ll be \'above the president,\' " Ann Lee said. "... She lied."',
    ],
)
def test_ordinary_text_is_its_own_view(text: str) -> None:
    assert make_view(text, is_word, TABLES) == TextView(text)


SENTENCES = (
    "The finance ministry rejected the claim that it had hidden the loan from parliament and the press. "
    "Deputy minister Olga Reyes told a hearing in the capital on Tuesday that every payment had been published. "
    "“There is no secret account anywhere, and there never was one in the history of this ministry,” Reyes said. "
    "Opposition leader Pavel Sorin accused the ministry of forging the books and of lying to the council."
)


def wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return lines


@pytest.mark.parametrize("ending", ["\n", "\r\n", " \n", "\n  "])
@pytest.mark.parametrize("width", [40, 55, 66, 72, 80, 96, 110])
def test_hard_wrapped_lines_are_joined(width: int, ending: str) -> None:
    text = ending.join(wrapped(SENTENCES, width))
    assert make_view(text, is_word, TABLES).text == SENTENCES
    blank = "\r\n \r\n" if "\r" in ending else "\n \n"
    two = text + blank + text
    assert make_view(two, is_word, TABLES).text.split(blank) == [SENTENCES, SENTENCES]


@settings(deadline=None)
@given(st.integers(40, 110), st.integers(0, len(SENTENCES) - 1), st.integers(1, 80))
def test_a_span_of_joined_lines_leads_back_to_the_text(width: int, start: int, length: int) -> None:
    text = "\n".join(wrapped(SENTENCES, width))
    view = make_view(text, is_word, TABLES)
    a, b = view.to_source((start, min(start + length, len(SENTENCES))))
    assert text[a:b].replace("\n", " ") == SENTENCES[start : start + length]
    assert view.from_source(a) == start


def test_one_wrapped_paragraph_among_long_ones_is_joined() -> None:
    text = f"{SENTENCES}\n\n" + "\n".join(wrapped(SENTENCES, 60)) + f"\n\n{SENTENCES}"
    assert make_view(text, is_word, TABLES).text == "\n\n".join([SENTENCES] * 3)


def test_a_short_line_ends_a_paragraph_of_wrapped_text() -> None:
    short = "The mayor, Ivan Petrov, denied on Monday that the city had ever paid the gang, and left."
    text = "\n".join([*wrapped(short, 60), *wrapped(SENTENCES, 60)])
    assert make_view(text, is_word, TABLES).text == f"{short}\n{SENTENCES}"


def test_words_divided_at_line_ends_are_whole_in_the_view() -> None:
    text = "The govern-\nment said nothing of the anti-\ngovernment march, a spokes-\nman said."
    view = make_view(text, is_word, TABLES)
    assert view.text == "The government said nothing of the anti-government march, a spokesman said."
    at = view.text.index("spokesman")
    a, b = view.to_source((at, at + len("spokesman")))
    assert text[a:b] == "spokes-\nman"


@pytest.mark.parametrize(
    "text",
    [
        "Findings of the panel on the fire in March:\n- the doors were locked\n- nobody called for help\n",
        "Q: Did you pay the gang that runs the port?\nA: No, we did not, and we never would have.\n",
        "Ships burn in the bay,\nSmoke is on the hill,\nNobody will say\nWho came in to kill.\n",
        "Mayor denies paying gang\nBy Ann Lee\nZelnik, Monday\n",
        "COLONEL MARSH: We did not fire on the village at all.\nQUESTION: Who did?\n",
    ],
)
def test_lists_dialogues_and_verse_keep_their_lines(text: str) -> None:
    assert make_view(text, is_word, TABLES).text == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("The may\u00ador de\u00adnied it.", "The mayor denied it."),
        ("The mayor\u200b denied\u200b it.", "The mayor denied it."),
        ("\u2067The\u2069 mayor \u202adenied\u202c it.", "The mayor denied it."),
        ("The\u00a0mayor\u202fdenied\u2009it.", "The mayor denied it."),
        ("Jose\u0301 denied it.", "José denied it."),
        ("\uff34\uff48\uff45 mayor denied it\uff0e", "The mayor denied it."),
        ("One.\u2028Two.\rThree.", "One.\nTwo.\nThree."),
        ("\ufeffThe mayor\u2060 denied it.", "The mayor denied it."),
        ("The may\ufe0for denied\x08 it.\U000e0020", "The mayor denied it."),
        ("The mayor denied the o\ufb03ce fire.", "The mayor denied the office fire."),
        ("\U0001d413\U0001d421\U0001d41e mayor denied it.", "The mayor denied it."),
        ("The&nbsp;may&shy;or denied it &amp; left&#46;", "The mayor denied it & left."),
        ('\\"No,\\" the mayor denied it.', '"No," the mayor denied it.'),
        ("The mayor &lt;b&gt; denied it at R&D; he left.", "The mayor &lt;b&gt; denied it at R&D; he left."),
    ],
)
def test_characters_are_seen_as_readers_see_them(text: str, seen: str) -> None:
    assert find_visible_text(text) == seen
    view = make_view(text, is_word, TABLES)
    if "denied" in seen:
        at = seen.index("denied")
        a, b = view.to_source((at, at + len("denied")))
        assert text[a:b].replace("\u00ad", "") == "denied"


@settings(deadline=None)
@given(st.text("ab\n", max_size=30), st.data())
def test_spans_of_a_view_lead_back(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    edits = [
        Edit(a, b, data.draw(st.sampled_from(["", "x", "xyz", text[a:b]])))
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    view = TextView(text).edit(edits)
    kept = "".join("#" * len(e.replacement) for e in edits)
    assert len(view.text) == len(text) - sum(e.end - e.start for e in edits) + len(kept)
    for a in range(len(view.text)):
        start, end = view.to_source((a, a + 1))
        assert 0 <= start < end <= len(text)
    assert view.to_source((0, len(view.text)))[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Pavel “Bear” Sorin denied it.", "Pavel Sorin denied it."),
        ('Pavel "The Bear" Sorin denied it.', "Pavel Sorin denied it."),
        ("Ana 'Luz' Diaz denied it.", "Ana Diaz denied it."),
        ("Ivan («Bear») Petrov denied it.", "Ivan Petrov denied it."),
        ("Gen. Karl ``Mad Dog'' Weber denied it.", "Gen. Karl Weber denied it."),
        ("Mira „Luz“ Dobrev denied it.", "Mira Dobrev denied it."),
    ],
)
def test_a_nickname_inside_a_name_is_not_seen(text: str, seen: str) -> None:
    view = make_view(text, is_word, TABLES)
    assert view.text == seen
    name = seen.removesuffix(" denied it.")
    assert view.to_source((0, len(name))) == (0, len(text) - len(" denied it."))


@pytest.mark.parametrize(
    "row", list(read_seed_rows("quotations/nickname_particles.csv")), ids=lambda row: row["word"]
)
def test_a_particle_of_a_nickname_has_no_capital(row: dict[str, str]) -> None:
    assert row["word"] in row["example"].replace("“", " ").split()
    assert make_view(row["example"], is_word, TABLES).text == "Roberto Alvarez denied it."


@pytest.mark.parametrize(
    "text",
    [
        "The “Bear” Hall burned.",
        "Olga Reyes sang “Let Me Go” on Friday.",
        "Minister Calls “Total Lie” Petrov Story",
        "In “Lucky” Petrov left.",
        "Weber said “No.” Petrov left.",
        "He saw “Jaws” Monday.",
    ],
)
def test_titles_and_quotations_are_no_nicknames(text: str) -> None:
    assert make_view(text, is_word, TABLES).text == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("**Ann Lee:** We did not.", "Ann Lee: We did not."),
        ("_“No,”_ he said.", "“No,” he said."),
        ("He paid 5*3*2 euros.", "He paid 5*3*2 euros."),
        ("A file_name_here is lost.", "A file_name_here is lost."),
        ("* One item\n* Two items", "* One item\n* Two items"),
    ],
)
def test_marks_of_emphasis_are_not_seen(text: str, seen: str) -> None:
    assert make_view(text, is_word, TABLES).text == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Police said\nthe mayor had fled.", "Police said the mayor had fled."),
        (
            "The mayor, Ivan Petrov, denied that\nMira Dobrev had been paid.\nHe left.",
            "The mayor, Ivan Petrov, denied that Mira Dobrev had been paid.\nHe left.",
        ),
        (
            "The mayor denied on\n\nMonday that he had\n\never paid them, and\n\nleft.\n\n\n\nHe went.",
            "The mayor denied on Monday that he had ever paid them, and left.\n\n\n\nHe went.",
        ),
        (
            "  9  The mayor denied on\n 10  Monday that he had\n 11  ever paid the gang.",
            "The mayor denied on Monday that he had ever paid the gang.",
        ),
        (
            "| The mayor denied on\n| Monday that he had\n| ever paid the gang.",
            "The mayor denied on Monday that he had ever paid the gang.",
        ),
        ("| Name | Votes |\n| Lee | 40 |\n| Ruiz | 12 |", "| Name | Votes |\n| Lee | 40 |\n| Ruiz | 12 |"),
        ("Apples\npears\nplums", "Apples\npears\nplums"),
    ],
)
def test_narrow_spaced_and_numbered_lines_are_joined(text: str, seen: str) -> None:
    assert make_view(text, is_word, TABLES).text == seen


def test_every_unfinished_word_joins_its_line_with_a_capital() -> None:
    for row in read_seed_rows("layouts/unfinished_words.csv"):
        text = f"The ministry knew of it {row['word']}\nPavel Sorin left."
        assert "\n" not in make_view(text, is_word, TABLES).text, row["word"]
