"""Accusations: who is blamed for a wrongful or harmful act, and who suffers it; look-alikes accuse nobody."""

from collections.abc import Callable, Iterator

import pytest

from tasks.accusations.accusation_detection import find_accusation, is_plain_accusation
from tasks.accusations.accusation_words import load_accusation_words
from tasks.accusations.blamed_acts import find_acts
from tasks.attribution.cue_lexicon import CueLexicon, load_cue_lexicon
from tasks.attribution.statements import find_statements
from tasks.denials.claim_types import classify_claim, load_claim_type_rules
from tasks.denials.classified_statements import TokenIndex
from tasks.denials.denial_lexicon import load_denial_lexicon
from tasks.document.doc import Doc
from tasks.document.parser import ParsingPipeline, parse_texts
from tasks.document.records import Statement
from tasks.seeds import read_seed_rows

WORDS, RULES = load_accusation_words(), load_claim_type_rules(load_cue_lexicon(), load_denial_lexicon())
Parsed = Callable[[str], Doc]


def find_accusations(
    text: str, parsed: Parsed, lexicon: CueLexicon
) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return the heads of the accused and of the victims of every accusation in a text."""
    return find_accusations_in(parsed(text), lexicon)


def find_accusations_in(doc: Doc, lexicon: CueLexicon) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Return the heads of the accused and of the victims of every accusation in a document."""
    tokens, found = TokenIndex(doc), []
    for statement in find_statements(doc, lexicon):
        content = [tokens.get_range(span) for span in statement.content]
        claim_type, accusation = classify_claim(doc, statement, content, RULES)
        assert (claim_type == "accusation") == (accusation is not None)
        if accusation is not None:
            found.append(
                (
                    frozenset(t.text for t in accusation.accused),
                    frozenset(t.text for t in accusation.victims),
                )
            )
    return found


def test_every_deed_is_found_with_its_agent_in_its_example(nlp: ParsingPipeline) -> None:
    deeds = (row for row in read_seed_rows("accusations/deeds.csv") if row["pos"] != "harm")
    rows = [*deeds, *read_committing_words()]
    docs = parse_texts([row["example"] for row in rows], nlp)
    lost = [
        row["word"]
        for row, doc in zip(rows, docs, strict=True)
        if not any(act.agents for act in find_acts(doc, [(0, len(doc))], WORDS))
    ]
    assert lost == []


def read_committing_words() -> Iterator[dict[str, str]]:
    """Yield the rows of words whose subject does the deed that they govern, or prepares it."""
    return (row for row in read_seed_rows("accusations/realising_words.csv") if row["kind"] != "face")


@pytest.mark.parametrize("table", ["realising_words", "accusers"])
def test_an_example_of_a_word_of_accusing_accuses(
    table: str, nlp: ParsingPipeline, lexicon: CueLexicon
) -> None:
    rows = [row for row in read_seed_rows(f"accusations/{table}.csv") if row.get("kind", "face") == "face"]
    texts = [row["example"] for row in rows]
    found = [find_accusations_in(doc, lexicon) for doc in parse_texts(texts, nlp)]
    assert [text for text, accused in zip(texts, found, strict=True) if not accused] == []


def test_an_example_of_a_word_class_shows_what_the_class_does(
    nlp: ParsingPipeline, lexicon: CueLexicon
) -> None:
    rows = list(read_seed_rows("accusations/word_classes.csv"))
    for row, doc in zip(rows, parse_texts([row["example"] for row in rows], nlp), strict=True):
        acts = find_acts(doc, [(0, len(doc))], WORDS)
        if row["class"] == "attempt":
            assert "kill" in {act.token.lower_ for act in acts}, row
        elif row["class"] == "charged":
            assert (frozenset({"clerk"}), frozenset()) in find_accusations_in(doc, lexicon), row
        elif row["class"] == "blaming":
            assert find_accusations_in(doc, lexicon) == [(frozenset({"firm"}), frozenset())], row
        elif row["class"] == "possibility":
            assert acts == [], row
        else:
            assert [act.agents for act in acts] == [()], row


ACCUSED = [
    ("The bridge, which the council blamed on the firm, fell.", {"firm"}, set()),
    ("The attack was blamed by the army on the rebels.", {"rebels"}, set()),
    ("The minister, whom the union accuses of theft, resigned.", {"minister"}, set()),
    ("The court found two officers guilty of theft.", {"officers"}, set()),
    ("It is alleged that the firm robbed its clients.", {"firm"}, {"clients"}),
    ("The mayor was accused of lying by the union.", {"mayor"}, set()),
    ("Rights Watch said soldiers executed 300 civilians.", {"soldiers"}, {"civilians"}),
    ("The villagers said the market was bombed by the army.", {"army"}, {"market"}),
    ("The minister blamed the delay on the company.", {"company"}, set()),
    ("The union accused the company and the ministry of fraud.", {"company", "ministry"}, set()),
    ("The envoy condemned Orland’s attack on the town.", {"Orland"}, {"town"}),
    ("The nurse said farmers had been killed at the hands of the militia.", {"militia"}, {"farmers"}),
    ("The suit says that the firm hid the defect.", {"firm"}, {"defect"}),
    ("Ana Ruiz was convicted of theft.", {"Ruiz"}, set()),
    ("The driver was found guilty of fraud.", {"driver"}, set()),
    ("He is alleged to have bribed the guards.", {"He"}, {"guards"}),
    ("The mayor said that an Orlandian drone had destroyed the school.", {"Orlandian"}, {"school"}),
    ("Colonel Reyes was accused of torture by three detainees.", {"Reyes"}, set()),
    ("The conductor, Paul Lehm, has been accused by four dancers of groping them.", {"conductor"}, {"them"}),
    ("Prosecutors say Lehm was one of many men Ruiz had paid for sex.", {"Ruiz"}, set()),
    ("The site also allegedly made use of Orvane, a hidden network.", {"site"}, set()),
    ("We believe that the Karani Brigades are responsible for the raid.", {"Brigades"}, set()),
    ("The clerk faces charges of theft.", {"clerk"}, set()),
    ("The critic called the minister a liar.", {"minister"}, set()),
    ("The union said the company was to blame for the crash.", {"company"}, set()),
    ("The critic calls Orlandish President Ivan Petrov, a “liar” and a “coward”.", {"Petrov"}, set()),
    ("The envoy said Orlandish forces carried out the hotel bombing.", {"forces"}, set()),
    ("The envoy said that Orland was a hostile nation.", {"Orland"}, set()),
    ("The union alleged that the clerk was poisoned.", set(), {"clerk"}),
    ("The union said that the mayor not only stole the money.", {"mayor"}, {"money"}),
    ("The envoy condemned police violence against farmers.", {"police"}, {"farmers"}),
    ("The magazine said US troops shot ten farmers.", {"troops"}, {"farmers"}),
    ("The stagehand was charged with arson in Orland.", {"stagehand"}, set()),
    ("The union said that it was the mayor's fault.", {"mayor"}, set()),
    ("The mayor blamed a crash that closed the road for an hour on the firm.", {"firm"}, set()),
    ("The mayor blamed the firm for the delay.", {"firm"}, set()),
    ("Mr. Lehm was praised by friends, and accused by the union of beating a clerk.", {"Lehm"}, {"clerk"}),
    # The envoy only tells what the spokesman says.
    (
        "The envoy wrote that the army spokesman said that the rebels had robbed villagers.",
        {"rebels"},
        {"villagers"},
    ),
    ('"Why did the army destroy the village?" the envoy said.', {"army"}, {"village"}),
]
"""text with the heads of the accused and of the victims of its one accusation"""
INNOCENT = [
    "The general said his troops killed 40 fighters.",
    "The army said soldiers shot two gunmen.",
    "Officials said a bomb killed six people.",
    "The mayor said the storm destroyed the bridge.",
    "The minister fears that the rebels will attack the town.",
    "The union demanded that the army stop killing farmers.",
    "The mayor said the army would not attack the town.",
    "The minister condemned the attack.",
    "The minister praised the soldiers who fought the invasion by Orland.",
    "The minister said the plan was too expensive.",
    "No official has accused the clerk of theft.",
    "I admit that I stole the car.",
    "The mayor said that illegal immigrants came to the town.",
    "The minister said women make up half of the workforce.",
    "The rules say that candidates are responsible for dividing their expenses.",
    "The mayor discussed the Northport hotel assault.",
    "The editor said voters ranked health behind terrorism.",
    "The survey said that the mayor did nothing wrong.",
    "The report said that before the raid two warnings reached the mayor.",
    "The envoys discussed a draft on sanctions in the event that Orland failed to cooperate.",
    "The senator said she would punish any bank that cheated its clients.",
    "The mayor spoke of voter fraud.",
    "The council named a major vulnerability.",
    "The minister named towns that had mourned in other attacks.",
    "The mayor said that the roof was longer than it was damaged by the guards.",
    "The union said that it was not the mayor's fault.",
    "The mayor said the minister deliberately wore a red hat.",
    "The minister blamed her mistakes on the weather.",
    "The minister blamed the weather and the success of Paul Lehm.",
    "The minister suspects that the mayor will resign.",
    '"Would the army destroy the village?" the envoy said.',
    "The envoy said that the mayors repeated their promise of weakening and destroying the militia.",
    "The envoy said it is cheaper for the firm to rob them.",
    "The minister mentioned a clerk who robbed a bank.",
    "The envoy said that the abuse of the farmers is shameful.",
    "The minister said it is harmful.",
    "The union said that the mayor tapped into an old fund.",
    "The aides described a group of responsible leaders.",
    "The envoy mentioned the Orlandish genocide.",
]
"""texts in which nobody is accused"""


@pytest.mark.parametrize(("text", "accused", "victims"), ACCUSED)
def test_whom_an_accusation_blames(
    text: str, accused: set[str], victims: set[str], parsed: Parsed, lexicon: CueLexicon
) -> None:
    assert find_accusations(text, parsed, lexicon) == [(frozenset(accused), frozenset(victims))]


@pytest.mark.parametrize("text", INNOCENT)
def test_what_accuses_nobody(text: str, parsed: Parsed, lexicon: CueLexicon) -> None:
    assert find_accusations(text, parsed, lexicon) == []


@pytest.mark.parametrize(
    ("text", "is_accusation"),
    [
        ("The army attacked the village on Monday.", True),
        ("The candidate attacked her rival on Monday.", False),
        ("The senator beat his rival in the north.", False),
        ("The guards tortured the farmers.", True),
        ("The court stalled the plan in May.", False),
    ],
)
def test_the_author_accuses_by_acts_that_are_no_contest(
    text: str, is_accusation: bool, parsed: Parsed
) -> None:
    doc = parsed(text)
    sentence = Statement(None, None, ((0, len(text)),), "author", 0.3, source_type="author")
    accusation = find_accusation(doc, sentence, [(0, len(doc))], WORDS)
    assert accusation is not None
    assert is_plain_accusation(accusation, WORDS) == is_accusation
