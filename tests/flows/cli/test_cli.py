"""The command line: its help, its output, and its messages on unusable input."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from flows.cli import main
from flows.cli.query import QueryError
from flows.cli.run import find_sample_path
from flows.text_formats import format_bytes
from tests.sample_rows import make_change, make_document_rows
from warehouse.storage.store import Store

Command = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parents[3]
COMMANDS = [
    "run", "query", "tables", "verify", "evaluate", "compact", "restore", "migrate", "backfill"
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example(counterclaim: Command, command: str) -> None:
    code, out, _ = counterclaim(command, "--help")
    assert code == 0
    assert f"counterclaim {command}" in re.search(r"Example:.*", out, re.S).group()  # type: ignore[union-attr]


def test_help_names_every_command(counterclaim: Command) -> None:
    out = counterclaim("--help")[1]
    assert all(re.search(rf"\b{command}\b", out) for command in COMMANDS)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Return a warehouse of one document."""
    store = Store(tmp_path / "stored")
    with store.open_writer() as writer:
        writer.publish(make_change([make_document_rows("doc_a")]))
    return tmp_path / "stored"


ENDLESS = "SELECT i, repeat('x', 100) FROM range(100000) AS numbers(i)"
READ_BY_HEAD = [
    ["tables"],
    ["--help"],
    ["query", "--help"],
    ["query", "--list"],
    ["query", ENDLESS],
    ["query", ENDLESS, "--format", "csv"],
    ["query", ENDLESS, "--format", "json"],
    ["query", ENDLESS, "--format", "parquet"],
    ["report"],
    ["verify"],
    ["explain", "seeds/articles/000_02ffea24f9199195.txt"],
]


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("line", READ_BY_HEAD, ids=" ".join)
def test_a_command_ends_without_error_if_its_reader_closes_the_pipe(
    line: list[str], unbuffered: str, stored: Path
) -> None:
    if line[0] in ("query", "report", "verify") and line[1:] not in (["--help"], ["--list"]):
        line = [*line, "--warehouse", str(stored)]
    if line[0] == "report":
        line += ["--out", str(stored.with_name("report.html"))]
    ours, theirs = os.pipe()
    os.close(ours)
    command = [sys.executable, "-m", "flows.cli", *line]
    env = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    ended = subprocess.run(
        command, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT, env=env
    )
    os.close(theirs)
    assert (ended.returncode, ended.stderr) == (141, "")


def test_a_query_ends_without_error_if_its_reader_closes_the_pipe_later(stored: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "query", ENDLESS, "--format", "csv"]
    with subprocess.Popen(
        [*command, "--warehouse", str(stored)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        bufsize=0,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(60) == 141
        assert process.stderr.read() == b""


def test_version(counterclaim: Command) -> None:
    assert counterclaim("--version")[1] == version("counterclaim") + "\n"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["tables"]])
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from flows.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: print('HEAVY', *sorted({'prefect', 'spacy', 'pandas', 'duckdb'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "HEAVY"


def test_tables_fits_80_columns_and_names_every_table(counterclaim: Command) -> None:
    code, out, _ = counterclaim("tables")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert all(name in out for name in ("DOCUMENTS", "DENIAL_LINKS", "claim_id"))


@pytest.mark.usefixtures("server")
def test_run_query_verify(counterclaim: Command, corpus: Path, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    code, out, err = counterclaim("run", corpus, "--warehouse", tables, "--workers", "1")
    assert code == 0, err
    assert "4 read, 4 stored, 0 unchanged, 0 duplicate, 0 rejected" in out
    assert max(map(len, out.splitlines()[:-1])) <= 80
    assert "batch 1/1, document 4/4" in err
    sql = re.search(r'query "([^"]+)"', out.replace("\n", " "))
    assert sql is not None
    assert counterclaim("query", sql[1], "--warehouse", tables)[0] == 0
    code, out, _ = counterclaim(
        "query", "SELECT count(*) AS n FROM documents", "--warehouse", tables, "--format", "json"
    )
    assert (code, json.loads(out)) == (0, [{"n": 4}])
    assert counterclaim("verify", "--warehouse", tables)[0] == 0


def test_where_nothing_is_new_a_run_needs_no_server_and_says_what_the_flow_says(
    counterclaim: Command, corpus: Path, tmp_path: Path
) -> None:
    tables, copy, empty = tmp_path / "tables", tmp_path / "copy.jsonl", tmp_path / "empty.txt"
    copy.write_bytes(corpus.read_bytes().splitlines(keepends=True)[0])
    empty.touch()
    given = ["run", corpus, copy, empty, "--warehouse", tables, "--workers", "1"]
    assert counterclaim(*given)[0] == 0
    by_flow = counterclaim(*given)[1]
    assert "6 read, 0 stored, 4 unchanged, 1 duplicate, 1 rejected" in by_flow
    rejects_by_flow = Store(tables).read("rejects").drop_columns("run_id")
    code = (
        "import sys; from flows.cli import main\n"
        f"try: main({[*map(str, given)]!r})\n"
        "except SystemExit: print('HEAVY', *sorted({'prefect', 'spacy'} & {*sys.modules}))"
    )
    alone = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, env=alone, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert told == by_flow + "HEAVY\n"
    runs = [json.loads(path.read_text()) for path in sorted((tables / "_runs").glob("*.json"))]
    assert len(runs) == 2
    assert Store(tables).read("rejects").drop_columns("run_id").equals(rejects_by_flow)
    assert runs[0]["counts"] == runs[1]["counts"]
    assert runs[0]["parameters"] == runs[1]["parameters"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with files that cannot be used, and one article."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "a.txt").write_text("The mayor denied it.", encoding="utf-8")
    (tmp_path / "cut.jsonl").write_text('{"doc_id": "a", "text": "b", "attributions": []}\n{"text"')
    (tmp_path / "lacks.jsonl").write_text('{"doc_id": "a"}')
    return tmp_path


BAD_INPUT = [
    ("run {}/missing.txt", "missing.txt"),
    ("run {}/*.html", "*.html"),
    ("run {}/empty", "empty"),
    ("run {}/pictures", "pictures"),
    ("run {}/a.txt --model no_such_model", "no_such_model"),
    ("run {}/a.txt --workers 0", "--workers"),
    ("run {}/a.txt --published yesterday", "expected YYYY-MM-DD"),
    ("backfill --since 24.11.2026", "expected YYYY-MM-DD"),
    ("backfill --since 2026-02-01 --until 2026-01-01", "no day lies between them"),
    ("run {}/a.txt --colour", "--colour"),
    ("run {}/a.txt --columns.txt body", "found ['txt']"),
    ("evaluate {}/cut.jsonl", "cut.jsonl, line 2"),
    ("evaluate {}/lacks.jsonl", "attributions"),
    ("evaluate {}/gone.jsonl", "gone.jsonl"),
    ("query SELECT --format xml", "--format"),
    ("run {}/a.txt --workers 65", "<= 64"),
    ("backfill --batch-size 1001", "<= 1000"),
    ("run {}/a.txt --cluster host:8786", "tcp://host:8786"),
    ("run {}/a.txt --warehouse s3:/bucket", "Try: --warehouse s3://bucket/warehouse"),
    ("run {}/a.txt --warehouse s3:bucket/news", "Try: --warehouse s3://bucket/news"),
    ("verify --warehouse S3://bucket/news/", "Try: --warehouse s3://bucket/news"),
    ("compact --warehouse s3://bucket", "Try: --warehouse s3://bucket/warehouse"),
    ("run {}/a.txt --warehouse s3://", "Expected a folder or s3://bucket/path"),
    ("query SELECT --warehouse gs:/bucket", "To use a folder of this name, write ./gs:/bucket"),
    ("report --warehouse http://host/news", "Expected a folder or s3://bucket/path"),
    ("backfill --warehouse file:/news", "Try: --warehouse /news"),
    ("run {}/a.txt --warehouse file:///news", "Try: --warehouse /news"),
    ("tables --colour", "--colour"),
]


@pytest.mark.parametrize(("line", "told"), BAD_INPUT)
def test_bad_input_is_reported_before_anything_starts(
    counterclaim: Command, folder: Path, line: str, told: str
) -> None:
    code, _, err = counterclaim(*line.format(folder).split())
    assert code == 2
    assert told in err.replace("\n", "").replace("│", "")
    assert "Traceback" not in err


@pytest.mark.parametrize("option", ["PATH", "--publisher", "--warehouse", "--columns.text"])
def test_an_empty_value_is_refused(counterclaim: Command, folder: Path, option: str) -> None:
    given = ["", folder / "a.txt"] if option == "PATH" else [folder / "a.txt", option, ""]
    code, _, err = counterclaim("run", *given)
    assert (code, "Traceback" in err) == (2, False)


@pytest.mark.parametrize("command", ["run", "backfill", "query SELECT", "verify", "compact", "restore"])
@pytest.mark.parametrize(
    ("root", "told"),
    [("a.txt/tables", "a.txt is a file, not a folder"), ("gone/tables", "gone is a link that leads nowhere")],
)
def test_what_is_no_folder_is_named(
    counterclaim: Command, folder: Path, command: str, root: str, told: str
) -> None:
    (folder / "gone").symlink_to(folder / "nothing")
    paths = [folder / "a.txt"] if command == "run" else []
    code, _, err = counterclaim(*command.split(), *paths, "--warehouse", folder / root)
    assert (code, "Traceback" in err, "Free space" in err) == (1, False, False)
    assert f"{folder}/{told}" in err


def test_backfill_creates_no_warehouse(counterclaim: Command, folder: Path) -> None:
    for root in (folder / "nothing", folder / "empty"):
        code, _, err = counterclaim("backfill", "--warehouse", root)
        assert (code, f"There is no warehouse at {root}" in err) == (1, True)
    assert not (folder / "nothing").exists()
    assert not any((folder / "empty").iterdir())


def test_warehouse_that_cannot_be_used_is_reported(counterclaim: Command, folder: Path) -> None:
    for command in (["query", "SELECT 1"], ["verify"]):
        code, _, err = counterclaim(*command, "--warehouse", folder / "nothing")
        assert (code, "Traceback" in err) == (1, False)
        assert str(folder / "nothing") in err


def test_newer_warehouse_is_refused_unchanged(
    counterclaim: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr("warehouse.tables.SCHEMA_VERSION", 99)
        newer.setattr("warehouse.storage.version_pins.SCHEMA_VERSION", 99)
        assert (
            counterclaim("run", folder / "a.txt", "--warehouse", folder / "tables", "--workers", "1")[0] == 0
        )
    code, _, err = counterclaim("run", folder / "a.txt", "--warehouse", folder / "tables")
    assert (code, "Traceback" in err) == (1, False)
    assert "version 99" in err


@pytest.mark.parametrize(
    ("payload", "reason"),
    [(b"", "empty"), (bytes(range(256)) * 40, "binary"), (b"word " * 10_000_000, "too large")],
)
def test_document_that_cannot_be_used_is_a_reject(
    counterclaim: Command, tmp_path: Path, payload: bytes, reason: str
) -> None:
    (tmp_path / "a.txt").write_bytes(payload)
    code, out, _ = counterclaim("run", tmp_path / "a.txt", "--warehouse", tmp_path / "tables")
    assert code == 1
    assert "1 read, 0 stored, 0 unchanged, 0 duplicate, 1 rejected" in out
    assert reason in out


@pytest.mark.parametrize(
    "sql", ["SELEKT 1", "SELECT nothing FROM claims", "DROP VIEW claims", "SELECT 1; SELECT 2"]
)
def test_query_that_cannot_be_run_is_reported(
    counterclaim: Command, folder: Path, tmp_path_factory: pytest.TempPathFactory, sql: str
) -> None:
    tables = Path(tmp_path_factory.getbasetemp()) / "queried"
    if not tables.exists():
        counterclaim("run", folder / "a.txt", "--warehouse", tables, "--workers", "1")
    code, _, err = counterclaim("query", sql, "--warehouse", tables)
    assert code == 2
    assert err.startswith("counterclaim: ")
    assert "Traceback" not in err


def test_exit_codes_belong_to_classes() -> None:
    from tasks.document import parser
    from tasks.errors import ModelError
    from warehouse.errors import WarehouseError
    from warehouse.tables import ContractError

    assert parser.ModelError is ModelError
    assert [kind.exit_code for kind in (ModelError, QueryError, WarehouseError, ContractError)] == [
        2,
        2,
        1,
        1,
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("report --entity nobody --out {}/r.html", "No entity is called 'nobody'. Try: counterclaim query"),
        ("query most_denials", "counterclaim query --name most_denials"),
    ],
)
def test_hints_repeat_the_warehouse(counterclaim: Command, folder: Path, line: str, told: str) -> None:
    tables = folder / "my tables"
    assert counterclaim("run", folder / "a.txt", "--warehouse", tables, "--workers", "1")[0] == 0
    code, _, err = counterclaim(*line.format(folder).split(), "--warehouse", tables)
    assert code == 2
    assert told in err
    assert f"--warehouse '{tables}'" in err


@pytest.mark.parametrize("damage", ["empty", "cut", "page"])
def test_damaged_file_is_reported_in_one_line(counterclaim: Command, folder: Path, damage: str) -> None:
    tables = folder / "tables"
    assert counterclaim("run", folder / "a.txt", "--warehouse", tables, "--workers", "1")[0] == 0
    for path in [*tables.rglob("_snapshots/*/documents/**/*.parquet")]:
        held = path.read_bytes()
        path.unlink()  # the hard links of the file keep its content
        turned = held[:20] + bytes(255 - byte for byte in held[20:300]) + held[300:]
        path.write_bytes({"empty": b"", "cut": held[: len(held) // 2], "page": turned}[damage])
    out = folder / "out"
    for command in (
        ["query", "SELECT * FROM documents"],
        ["report", "--out", out],
        ["export", "--table", "documents", "--out", out],
    ):
        code, _, err = counterclaim(*command, "--warehouse", tables)
        assert code == 1, err
        assert err.startswith("counterclaim: ")
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("command", "told"), [("run", "only what is missing"), ("backfill", "again"), ("query", "only reads")]
)
def test_an_interrupt_says_what_was_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, told: str
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.cli.app", interrupt)
    with pytest.raises(SystemExit) as stop:
        main([command])
    assert stop.value.code == 130
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("count", "told"),
    [(1, "1 byte"), (950, "950 bytes"), (12_345, "12.3 kB"), (161_000, "0.2 MB"), (4_500_000, "4.5 MB")],
)
def test_sizes_are_never_zero(count: int, told: str) -> None:
    assert format_bytes(count) == told


def test_the_sample_is_found_from_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert sorted(path.name for path in Path(find_sample_path()).iterdir()) == sorted(
        path.name for path in (ROOT / "seeds" / "articles").iterdir()
    )
