"""The layout of a text is seen where its signs are repeated."""

import pytest

from tasks.document.layout.document_layout import ANSWER, QUESTION, Layout, find_layout, load_layout_tables
from tasks.document.parser import find_paragraphs

TABLES = load_layout_tables()
BRIEFING = (
    "COLONEL MARSH: Good morning. We intercepted four missiles.\n\nThe radar shows it.\n\n"
    "QUESTION (TPW): Who launched them?\n\nCOLONEL MARSH: We do not know.\n\n(Applause)\n\nThe room emptied."
)


def layout_of(text: str) -> Layout:
    return find_layout(text, find_paragraphs(text), TABLES)


def turns_of(text: str) -> list[tuple[str | None, str, list[str]]]:
    def words(span: tuple[int, int] | None) -> str | None:
        return text[slice(*span)] if span is not None else None

    return [(words(t.label), t.role, [text[a:b] for a, b in t.pieces]) for t in layout_of(text).turns]


def test_a_turn_goes_on_over_paragraphs_until_a_stage_direction() -> None:
    assert turns_of(BRIEFING) == [
        ("COLONEL MARSH", "", ["Good morning. We intercepted four missiles.", "The radar shows it."]),
        ("QUESTION (TPW)", QUESTION, ["Who launched them?"]),
        ("COLONEL MARSH", "", ["We do not know."]),
    ]
    assert layout_of(BRIEFING).name == "transcript"


@pytest.mark.parametrize(
    "text",
    [
        "Q: Did you pay?\n\nA: We paid nobody.",
        "**Q:** Did you pay?\n\n**A:** We paid nobody.",
        "Q. Did you pay?\nA. We paid nobody.",
        "Q – Did you pay?\nA – We paid nobody.",
        "Question: Did you pay?\n\nAnswer: We paid nobody.",
        "Q) Did you pay?\r\n\r\nA) We paid nobody.",
        "QDid you pay?\n\nA: We paid nobody.",
    ],
)
def test_questions_and_answers_are_an_interview(text: str) -> None:
    assert layout_of(text).name == "interview"
    assert [(role, said) for _, role, said in turns_of(text)] == [
        (QUESTION, ["Did you pay?"]),
        (ANSWER, ["We paid nobody."]),
    ]


@pytest.mark.parametrize("mark", ["", "**", "*", "_", "## "])
def test_questions_that_stand_alone_are_an_interview(mark: str) -> None:
    closing = "" if mark == "## " else mark
    asked = ["Did the mine poison the river?", "Why did the fish die?", "Who paid for the tests?"]
    told = ["We poisoned nothing.", "I do not know.", "We paid for them.\n\nOur books are open."]
    pairs = zip(asked, told, strict=True)
    text = "Jonas Berg runs the mine.\n\n" + "\n\n".join(f"{mark}{q}{closing}\n\n{a}" for q, a in pairs)
    found = turns_of(text)
    assert [said for _, role, said in found if role == QUESTION] == [[q] for q in asked]
    assert [said[0] for _, role, said in found if role == ANSWER] == [a.split("\n\n")[0] for a in told]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        (
            "MR. SMITH: We meet.\nDR. ANN LEE: Yes.\nMR. SMITH: Good.",
            ["MR. SMITH", "DR. ANN LEE", "MR. SMITH"],
        ),
        ("TH: Did you?\n\nJN: I did not.\n\nTH: Will you?", ["TH", "JN", "TH"]),
        (
            "Sarah Holt: He lied.\nPeter Dane: No.\nSarah Holt: Yes.",
            ["Sarah Holt", "Peter Dane", "Sarah Holt"],
        ),
        ("SEN. HALE (Labour): No.\nTHE PRESIDENT: Order.", ["SEN. HALE (Labour)", "THE PRESIDENT"]),
        ("GEN. ORLOV, Chief of Staff: No.\nREPORTER: Why?", ["GEN. ORLOV", "REPORTER"]),
        ("Maria de la Cruz: No.\nModerator: Why?", ["Maria de la Cruz", "Moderator"]),
        ("UNIDENTIFIED REPORTER: Why?\nMS. O’NEILL: No.", ["UNIDENTIFIED REPORTER", "MS. O’NEILL"]),
        ("KATE HOLM: Why?\n\nJOEL BERG: No.\n\nHOLM: Why not?", ["KATE HOLM", "JOEL BERG", "HOLM"]),
        ("ANN LEE:\nWe did not pay.\n\nQUESTION:\nWho did?", ["ANN LEE", "QUESTION"]),
    ],
)
def test_names_before_colons_are_speakers_of_turns(text: str, speakers: list[str]) -> None:
    assert [label for label, _, _ in turns_of(text)] == speakers
    assert all(said for _, _, said in turns_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "WHAT: A march.\nWHEN: Monday.\nWHERE: Zelnik.",
        "BREAKING: Troops left.\n\nUPDATE: Two people died.\n\nUPDATE: Three people died.",
        "Ann Lee: 1,769.\n\nTom Hale: 1,501.\n\nLee: 547.\n\nHale: 46.",
        "Mayor: I paid nobody\n\nThe mayor said on Monday that he paid nobody.",
        "Poll: voters undecided\n\nThe poll was taken in May.",
        "Photo: Ann Lee\n\nPhoto: Tom Hale",
        "The mayor spoke.\n\nWhy? Nobody knows.\n\nIs it over?\n\nHe left.",
    ],
)
def test_labels_headlines_and_single_questions_are_no_turns(text: str) -> None:
    assert layout_of(text).turns == ()
    assert layout_of(text).name == "article"


@pytest.mark.parametrize(
    "entry",
    [
        "{time} The ministry denied it.",
        "{time} - The ministry denied it.",
        "{time} – The ministry denied it.",
        "{time}: The ministry denied it.",
        "{time} GMT\nThe ministry denied it.",
        "**{time}** The ministry denied it.",
        "[{time}] The ministry denied it.",
        "{time} CET | The ministry denied it.",
    ],
)
@pytest.mark.parametrize("times", [("14:05", "13:40", "9:02"), ("10.32am", "10.15am", "9am")])
def test_times_before_paragraphs_are_a_live_blog(entry: str, times: tuple[str, ...]) -> None:
    text = "\n\n".join(entry.format(time=time) for time in times)
    layout = layout_of(text)
    assert layout.name == "live_blog"
    assert len(layout.entries) == len(times)
    assert all("The" not in text[a:b] and text[a:b].strip() for a, b in layout.labels)


def test_the_day_of_an_entry_is_that_of_its_heading_or_its_own() -> None:
    text = "Live updates\n\nTuesday 3 March 2026\n\n14:05 He left.\n\nMonday\n\n23:10 He came.\n\nMarch 1, 9:00 - Fire."
    days = [text[slice(*entry.day)] if entry.day else None for entry in layout_of(text).entries]
    assert days == ["Tuesday 3 March 2026", "Monday", "March 1"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("FOR IMMEDIATE RELEASE\n\nHolm AG won.\n\nMedia contact: Ann Lee", "press_release"),
        ("Holm AG (“the Company”) won.\n\nAbout Holm AG\nHolm AG makes tents.", "press_release"),
        ("Press release\n\nThe city won.\n\n###", "press_release"),
        ("Statement by Holm AG\n\nWe won.\n\nNotes to editors\nHolm AG makes tents.", "press_release"),
        ("The contract says that the Company (“the Company”) pays.", "article"),
        ("• He left.\n• She came.\n• They stayed.", "list"),
        ("The minister is wrong. I do not believe him.", "opinion"),
        ("Opinion\n\nThe minister is wrong.", "opinion"),
        ("“He is wrong. I do not believe him,” Ann Lee said. “I think he lies.”", "article"),
        ("1. He left.\n2. She came.\n3. They stayed.", "list"),
        ("He left.\n\n- She came.\n\nThey stayed.", "article"),
    ],
)
def test_releases_and_lists_are_seen_by_their_signs(text: str, name: str) -> None:
    assert layout_of(text).name == name


def test_every_sign_and_label_is_seen_in_its_example() -> None:
    from tasks.seeds import read_seed_rows

    for row, (_, sign) in zip(read_seed_rows("layouts/signs.csv"), TABLES.signs, strict=True):
        assert sign.search(row["example"]), row
    for row in read_seed_rows("layouts/turn_labels.csv"):
        other = "A: No." if row["role"] == QUESTION else "Q: Why?"
        assert turns_of(f"{row['example']}\n{other}")[0][1] == row["role"], row
