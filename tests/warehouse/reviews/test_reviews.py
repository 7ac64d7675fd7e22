"""Reviews: files of verdicts, the table and the view, samples and precision, through the command line."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from flows.cli import main
from flows.cli.review import SampleGroup
from tests.warehouse.invented_press import make_press_change
from warehouse.maintenance.restoration import restore_version
from warehouse.maintenance.verification import verify_tables
from warehouse.queries.connection import connect_to_warehouse
from warehouse.reviews import ReviewError, read_verdicts, store_verdicts
from warehouse.reviews.precision import compute_wilson_interval
from warehouse.reviews.sample_sheet import GROUP_SQL
from warehouse.reviews.verdicts import CLAIM_TYPES, DENIAL_TYPES, make_verdict
from warehouse.storage.store import Store
from warehouse.tables import CLAIMS, DENIALS


def verdict(statement_id: str, given: str = "accepted", reviewer: str = "Ada", **more: Any) -> dict[str, Any]:
    return make_verdict(
        {
            "statement_id": statement_id,
            "verdict": given,
            "reviewer": reviewer,
            "reviewed_at": "2026-11-23T10:00:00Z",
        }
        | more,
        None,
        "here",
    )


def read_reviewed(root: Path, columns: str) -> list[tuple[Any, ...]]:
    sql = f"SELECT {columns} FROM reviewed WHERE verdict IS NOT NULL ORDER BY statement_id"
    return connect_to_warehouse(root).sql(sql).fetchall()


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, told.out, told.err


def test_the_types_are_those_of_the_tables() -> None:
    for table, types in ((CLAIMS, CLAIM_TYPES), (DENIALS, DENIAL_TYPES)):
        meaning = next(c.meaning for c in table.columns if c.name == f"{table.name[:-1]}_type")
        assert meaning.replace(" or ", ", ").replace(",,", ",").split(", ") == list(types)


def test_the_command_offers_every_group() -> None:
    assert get_args(SampleGroup) == tuple(GROUP_SQL)


def test_verdicts_are_kept_replaced_and_never_lost(root: Path) -> None:
    first = store_verdicts(root, [verdict("c1"), verdict("n1", "rejected")])
    assert (first.n_new, first.n_changed, first.n_unchanged, first.unknown_ids) == (2, 0, 0, ())
    again = store_verdicts(
        root, [verdict("c1"), verdict("n1"), verdict("c1", reviewer="Ben"), verdict("gone")]
    )
    assert (again.n_new, again.n_changed, again.n_unchanged, again.unknown_ids) == (2, 1, 1, ("gone",))
    assert read_reviewed(root, "statement_id, verdict, n_reviewers") == [
        ("c1", "accepted", 2),
        ("n1", "accepted", 1),
    ]
    # Another run that replaces the documents, and a restoration, leave them.
    with Store(root).open_writer() as writer:
        writer.publish(make_press_change())
    restore_version(root, 1)
    assert len(read_reviewed(root, "statement_id")) == 2
    assert verify_tables(root) == []


def test_corrections_stand_in_place_of_the_values_found(root: Path) -> None:
    store_verdicts(
        root,
        [
            verdict(
                "c1", "corrected", corrected_targets="ent_dorn; The harbour guild", corrected_type="statement"
            ),
            verdict("n1", "corrected", corrected_claim_id="none"),
            verdict("n2", "corrected", corrected_speaker="Q1", corrected_claim_id="c2"),
        ],
    )
    assert read_reviewed(root, "statement_id, type, speaker, targets, claim_id") == [
        ("c1", "statement", "Ada Brown", ["Carl Dorn", "The harbour guild"], None),
        ("n1", "explicit", "Carl Dorn", [], None),
        ("n2", "explicit", "Ada Brown", [], "c2"),
    ]


def test_a_row_of_the_wrong_kind_is_rejected_with_its_type(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("statement_id,verdict,corrected_type\nc1,rejected,labelling\nn1,rejected,question\n")
    assert run(capsys, "review", sheet, "--reviewer", "Ada", "--warehouse", root)[0] == 0
    assert read_reviewed(root, "statement_id, kind, type, verdict, reviewed_kind, reviewed_type") == [
        ("c1", "claim", "accusation", "rejected", "denial", "labelling"),
        ("n1", "denial", "explicit", "rejected", "claim", "question"),
    ]
    assert verify_tables(root) == []
    exported = tmp_path / "reviewed.csv"
    place = ("--format", "csv", "--out", exported, "--warehouse", root)
    assert run(capsys, "export", "--table", "reviewed", *place)[0] == 0
    rows = csv.DictReader(io.StringIO(exported.read_text("utf-8-sig"), newline=""))
    assert {row["statement_id"]: row["reviewed_kind"] for row in rows if row["verdict"]} == {
        "c1": "denial",
        "n1": "claim",
    }


def test_the_reviewed_kind_is_that_of_the_row_unless_it_was_rejected_or_disputed(root: Path) -> None:
    store_verdicts(
        root,
        [
            verdict("c1"),
            verdict("c2", "rejected"),
            verdict("c3", "corrected", corrected_type="doubt"),
            verdict("n1"),
            verdict("n1", "rejected", "Ben", corrected_type="question"),
        ],
    )
    assert read_reviewed(root, "statement_id, verdict, reviewed_kind, reviewed_type") == [
        ("c1", "accepted", "claim", "accusation"),
        ("c2", "rejected", None, None),
        ("c3", "corrected", "claim", "doubt"),
        ("n1", "disputed", None, None),
    ]
    unread = "SELECT DISTINCT reviewed_kind, reviewed_type FROM reviewed WHERE verdict IS NULL"
    assert connect_to_warehouse(root).sql(unread).fetchall() == [(None, None)]


def test_a_row_of_the_other_kind_counts_as_wrong_and_reviewers_can_differ_on_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {"corrected_type": "labelling"}
    store_verdicts(root, [verdict("c1", "rejected", **other), verdict("c2"), verdict("n1", "rejected")])
    place = ("--warehouse", root)
    assert (
        "  all                            3    33%    6% to  79%    33%         33%"
        in run(capsys, "evaluate", "--reviews", *place)[1]
    )
    # Of several reviewers, each who says so counts in part; who rejects a row for another reason differs.
    store_verdicts(root, [verdict("c1", "rejected", "Ben"), verdict("c2", "rejected", "Ben", **other)])
    told = run(capsys, "evaluate", "--reviews", *place)[1]
    assert "2 rows have several reviewers, who agree on 0." in told
    assert "c1: Ada rejected: really a denial (labelling), Ben rejected\n" in told
    assert "c2: Ada accepted, Ben rejected: really a denial (labelling)\n" in told
    assert "  all                            3    17%    2% to  69%    17%         33%" in told
    assert read_reviewed(root, "statement_id, verdict") == [
        ("c1", "disputed"),
        ("c2", "disputed"),
        ("n1", "rejected"),
    ]
    store_verdicts(root, [verdict("c1", "rejected", "Ben", **other)])
    assert "who agree on 1." in run(capsys, "evaluate", "--reviews", *place)[1]


def test_reviewers_who_correct_a_row_differently_differ(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store_verdicts(
        root,
        [
            verdict("n1", "corrected", corrected_speaker="Ada Brown", corrected_claim_id="none"),
            verdict("n1", "corrected", "Ben", corrected_targets="none"),
        ],
    )
    told = run(capsys, "evaluate", "--reviews", "--warehouse", root)[1]
    assert "n1: Ada corrected (speaker Ada Brown, claim none), Ben corrected (targets none)" in told


@pytest.mark.parametrize("none", ["none", "None", " NONE "])
def test_nobody_can_be_the_speaker(none: str, root: Path) -> None:
    store_verdicts(
        root,
        [
            verdict("c1", "corrected", corrected_speaker=none, corrected_targets=none),
            # A field of a page that was cleared.
            verdict("c2", "corrected", corrected_speaker=""),
            verdict("n1", "corrected", corrected_claim_id=none),
        ],
    )
    assert read_reviewed(root, "statement_id, speaker, speaker_id, targets, claim_id") == [
        ("c1", None, None, [], None),
        ("c2", None, None, ["Northia"], None),
        ("n1", "Carl Dorn", "ent_dorn", [], None),
    ]


def test_an_empty_cell_of_a_sheet_corrects_nothing(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "statement_id,verdict,corrected_speaker,corrected_type\nc1,corrected,,statement\nc2,corrected, ,doubt\n"
    )
    assert [v["corrected_speaker"] for v in read_verdicts(sheet, "Ada")] == [None, None]


def test_a_corrected_name_is_that_of_the_one_entity_that_has_it(root: Path) -> None:
    names = {"c1": "ada brown", "c2": "Dorn", "c3": "Q2", "n1": "Somebody Else", "n2": "ent_dorn"}
    store_verdicts(root, [verdict(i, "corrected", corrected_speaker=name) for i, name in names.items()])
    assert read_reviewed(root, "statement_id, speaker, speaker_id") == [
        ("c1", "Ada Brown", "Q1"),
        ("c2", "Carl Dorn", "ent_dorn"),
        ("c3", "Northia", "Q2"),
        ("n1", "Somebody Else", None),
        ("n2", "Carl Dorn", "ent_dorn"),
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"statement_id": "zz", "verdict": "accepted"}, "the tables have no row 'zz'"),
        ({"statement_id": "n1", "corrected_claim_id": "C9"}, "corrected_claim_id 'C9' is no row of the tables"),
        ({"statement_id": "n1", "corrected_claim_id": "n2"}, "corrected_claim_id 'n2' is a denial"),
        ({"statement_id": "c1", "corrected_claim_id": "c2"}, "only a denial answers a claim"),
        ({"statement_id": "c1", "corrected_type": "explicit"}, "the row c1 is a claim: expected corrected_type accus"),
        ({"statement_id": "n1", "corrected_type": "doubt"}, "the row n1 is a denial: expected corrected_type expl"),
        ({"statement_id": "n1", "corrected_type": "doubt"}, "if it is a claim, with its type as corrected_type"),
        (
            {"statement_id": "c1", "verdict": "rejected", "corrected_type": "doubt"},
            "the row c1 is a claim and rejected: expected corrected_type explicit",
        ),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_the_tables_is_refused_whole(
    given: dict[str, str], told: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reviews.json"
    right = {"statement_id": "c2", "verdict": "accepted"}
    file.write_text(json.dumps([right, {"verdict": "corrected"} | given]))
    code, _, err = run(capsys, "review", file, "--reviewer", "Ada", "--warehouse", root)
    assert code == 2
    assert f"{file}, verdict 2: " in err
    assert told in err
    assert "Nothing was stored." in err
    assert read_reviewed(root, "statement_id") == []


def test_verdicts_on_rows_that_are_gone_are_kept_on_request(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reviews.json"
    gone = {"statement_id": "gone", "verdict": "corrected", "corrected_claim_id": "gone_too"}
    file.write_text(json.dumps([gone, {"statement_id": "c1", "verdict": "accepted"}]))
    place = ("--reviewer", "Ada", "--warehouse", root)
    assert "add --keep-unknown" in run(capsys, "review", file, *place)[2]
    code, out, err = run(capsys, "review", file, "--keep-unknown", *place)
    assert (code, "2 new verdicts" in out, "not in the tables now: gone" in err) == (0, True, True)


def test_names_that_no_entity_has_are_listed(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reviews.json"
    targets = ["Q2", "brown", "Harbour", "The guild"]
    rows: list[dict[str, Any]] = [
        {"statement_id": "c1", "corrected_speaker": "Karl Dorn", "corrected_targets": targets},
        {"statement_id": "c2", "corrected_speaker": "none"},
    ]
    file.write_text(json.dumps([{"verdict": "corrected"} | row for row in rows]))
    code, out, err = run(capsys, "review", file, "--reviewer", "Ada", "--warehouse", root)
    assert (code, "2 new verdicts" in out) == (0, True)
    assert "No entity has these 2 names" in err
    assert "verdict 1: 'Karl Dorn' (is it Carl Dorn?)" in err
    assert "verdict 1: 'The guild'\n" in err
    assert "brown" not in err


def test_reviewers_who_differ_dispute_a_row_and_what_was_found_stands(root: Path) -> None:
    one = {"corrected_speaker": "Q1"}
    store_verdicts(root, [verdict("n1", "corrected", **one), verdict("n1", "corrected", "Ben", **one)])
    assert read_reviewed(root, "verdict, speaker") == [("corrected", "Ada Brown")]
    store_verdicts(root, [verdict("n1", "corrected", "Ben", corrected_speaker="Q2")])
    assert read_reviewed(root, "verdict, speaker, reviewers") == [("disputed", "Carl Dorn", ["Ada", "Ben"])]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"verdict": "maybe"}, "expected a verdict accepted, rejected, corrected; found 'maybe'"),
        ({"verdict": "accepted", "statement_id": ""}, "statement_id is missing"),
        ({"verdict": "accepted", "reviewer": " "}, "no reviewer is named"),
        ({"verdict": "corrected"}, "none of corrected_speaker"),
        ({"verdict": "accepted", "corrected_type": "doubt"}, "the verdict is 'accepted'"),
        ({"verdict": "rejected", "corrected_speaker": "Q1"}, "the verdict is 'rejected'"),
        (
            {"verdict": "rejected", "corrected_type": "doubt", "corrected_speaker": "Q1"},
            "the verdict is 'rejected'",
        ),
        ({"verdict": "corrected", "corrected_type": "gossip"}, "found 'gossip'"),
        ({"verdict": "accepted", "reviewed_at": "yesterday"}, "found 'yesterday'"),
        ({"verdict": "accepted", "note": 7}, "expected text as note; found 7"),
        ({"verdict": "corrected", "corrected_targets": [1]}, "expected names"),
    ],
)
def test_a_verdict_that_does_not_fit_is_refused_with_its_place(
    given: dict[str, Any], told: str, tmp_path: Path
) -> None:
    file = tmp_path / "reviews.json"
    whole = {"statement_id": "c1", "reviewer": "Ada"} | given
    file.write_text(
        json.dumps({"reviews": [{"statement_id": "c1", "verdict": "accepted", "reviewer": "A"}, whole]})
    )
    with pytest.raises(ReviewError, match=r"reviews\.json, verdict 2: ") as raised:
        read_verdicts(file)
    assert told in str(raised.value)


@pytest.mark.parametrize("text", ["", "no table", "{", "[1]", '{"reviews": 3}', "\x00", "a,b\n1,2\n"])
def test_a_file_that_holds_no_verdicts_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "f").write_text(text, encoding="utf-8")
    with pytest.raises(ReviewError):
        read_verdicts(tmp_path / "f")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_sheet_is_read_as_spreadsheets_save_it(separator: str, start: str, tmp_path: Path) -> None:
    lines = ["verdict|corrected_targets|note|statement_id", "Accepted|||c1", "|||c2", "CORRECTED|none|'=x|c3"]
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(start + "\r\n".join(lines).replace("|", separator), encoding="utf-8", newline="")
    found = read_verdicts(sheet, "Ada")
    assert [(v["statement_id"], v["verdict"], v["corrected_targets"], v["note"]) for v in found] == [
        ("c1", "accepted", None, None),
        ("c3", "corrected", [], "=x"),
    ]
    assert {v["reviewer"] for v in found} == {"Ada"}


def test_a_moment_is_kept_in_utc() -> None:
    assert verdict("c1", reviewed_at="2026-11-23T12:00:00+02:00")["reviewed_at"] == datetime(
        2026, 11, 23, 10, tzinfo=UTC
    )


def test_a_sheet_goes_to_a_person_and_back_into_the_tables(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, place = tmp_path / "sheet.csv", ("--warehouse", root)
    code, out, _ = run(capsys, "review", "--sample", 6, "--by", "type", "--out", sheet, *place)
    assert code == 0
    assert f"counterclaim review {sheet} --reviewer NAME" in out
    rows = list(csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig"), newline="")))
    assert len(rows) == 6
    assert len({(row["kind"], row["type"]) for row in rows}) == 5
    assert all(row["content"].split(" … ")[0].lstrip("'") in row["passage"] for row in rows)
    for row, given in zip(
        rows, ("accepted", "accepted", "rejected", "corrected", "accepted", ""), strict=True
    ):
        row |= {"verdict": given, "corrected_speaker": "Q1" if given == "corrected" else ""}
    with sheet.open("w", encoding="utf-8", newline="") as out_file:
        writer = csv.DictWriter(out_file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    code, out, _ = run(capsys, "review", sheet, "--reviewer", "Ada", *place)
    assert (code, "5 new verdicts, 0 changed, 0 as before" in out) == (0, True)
    assert (
        "0 new verdicts, 0 changed, 5 as before"
        in run(capsys, "review", sheet, "--reviewer", "Ada", *place)[1]
    )
    # The next sheet holds other rows.
    run(capsys, "review", "--sample", 100, "--out", tmp_path / "next.csv", *place)
    next_rows = list(csv.DictReader(io.StringIO((tmp_path / "next.csv").read_text("utf-8-sig"), newline="")))
    assert {r["statement_id"] for r in next_rows} & {r["statement_id"] for r in rows[:5]} == set()
    code, out, _ = run(capsys, "evaluate", "--reviews", *place)
    assert code == 0
    assert "  all                            5    60%   23% to  88%    80%" in out
    assert "0 rows have several reviewers, who agree on 0." in out
    first = rows[0]["statement_id"]
    store_verdicts(root, [verdict(first, "rejected", "Ben")])
    assert f"{first}: Ada accepted, Ben rejected" in run(capsys, "evaluate", "--reviews", *place)[1]


def test_commands_say_what_they_need(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--warehouse", root)
    assert "name a FILE of verdicts" in run(capsys, "review", *place)[2]
    assert "cannot be read" in run(capsys, "review", tmp_path / "none.json", *place)[2]
    (tmp_path / "held.csv").write_text("my verdicts", encoding="utf-8")
    code, _, err = run(capsys, "review", "--sample", 3, "--out", tmp_path / "held.csv", *place)
    assert (code, "exists and may hold verdicts" in err) == (2, True)
    assert (tmp_path / "held.csv").read_text("utf-8") == "my verdicts"
    assert "has been reviewed" in run(capsys, "evaluate", "--reviews", *place)[2]
    assert "expected either a gold file or --reviews" in run(capsys, "evaluate")[2]
    code, _, err = run(capsys, "review", tmp_path / "held.csv", "--warehouse", tmp_path / "nothing")
    assert code == 2


def test_intervals_are_those_of_wilson() -> None:
    low, high = compute_wilson_interval(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert compute_wilson_interval(0, 0) == (0.0, 1.0)
    assert compute_wilson_interval(10, 10)[1] == pytest.approx(1.0)
