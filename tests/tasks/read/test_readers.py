"""The files that an argument names, their URIs, and the rejects of those that cannot be read."""

import gzip
import itertools
import os
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pytest

from tasks.document.records import Metadata, RawDocument, Rejected
from tasks.read.byte_streams import MAX_BYTES
from tasks.read.readers import read_documents
from warehouse.errors import InputError

DEFAULTS = Metadata(publisher="The Daily")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, content: bytes | str = "Some words.") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def uris(*paths: str | Path) -> list[str]:
    return [found.source_uri for found in read_documents(paths, DEFAULTS)]


def only(*paths: str | Path) -> RawDocument | Rejected:
    (found,) = read_documents(paths, DEFAULTS)
    return found


def test_a_folder_is_read_whole_and_sorted() -> None:
    for name in ("d/b.txt", "d/a.HTM", "d/sub/c.html", "d/sub/x.key", "d/x.jsonl", "d/.hidden.txt"):
        write(name, '{"text": "x"}')
    write("d/_old/e.txt")
    write("d/.git/f.txt")
    assert uris("d") == ["d/a.HTM", "d/b.txt", "d/sub/c.html", "d/x.jsonl#line=1"]


def test_a_folder_that_is_named_itself_is_read_even_if_set_aside() -> None:
    write("_data/a.txt")
    assert uris("_data") == ["_data/a.txt"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("d/*.txt", ["d/a.txt", "d/b.txt"]),
        ("d/**/*.txt", ["d/a.txt", "d/b.txt", "d/sub/c.txt"]),
        ("d/*", ["d/a.txt", "d/b.txt", "d/sub/c.txt"]),
        ("d/[a]*", ["d/a.txt"]),
        ("d/_o*/e.txt", None),
        ("d/_old/*.txt", ["d/_old/e.txt"]),
    ],
)
def test_globs(here: Path, pattern: str, expected: list[str] | None) -> None:
    for name in ("d/a.txt", "d/b.txt", "d/sub/c.txt", "d/_old/e.txt"):
        write(name)
    if expected is None:
        with pytest.raises(InputError):
            uris(pattern)
    else:
        assert uris(pattern) == expected
        assert [Path(uri).name for uri in uris(here / pattern)] == [Path(uri).name for uri in expected]


def test_a_file_name_with_brackets_is_no_pattern() -> None:
    write("a[1].txt")
    assert uris("a[1].txt") == ["a[1].txt"]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("missing.txt", "no such file or folder"),
        ("d/*.html", "matches 0 paths"),
        ("d/*", "none of kind"),
        ("d", "holds no file of kind"),
        ("empty", "holds no file of kind"),
        ("d/a.key", "unknown kind"),
        ("x" * 5000, "name too long"),
        ("~nobody-of-this-name/a.txt", "home directory"),
        ("a\0b.txt", "no such file or folder"),
    ],
)
def test_what_names_nothing_is_an_error_before_anything_is_read(argument: str, message: str) -> None:
    write("d/a.key")
    Path("empty").mkdir()
    with pytest.raises(InputError, match=message):
        read_documents([argument], DEFAULTS)


def test_no_argument_is_an_error() -> None:
    with pytest.raises(InputError, match="no argument"):
        read_documents([], DEFAULTS)


def test_one_missing_path_stops_the_run_although_others_exist() -> None:
    write("a.txt")
    with pytest.raises(InputError, match=r"b\.txt"):
        read_documents(["a.txt", "b.txt"], DEFAULTS)


def test_one_file_of_another_kind_among_others_is_rejected() -> None:
    write("a.txt")
    write("b.key")
    _, rejected = read_documents(["a.txt", "b.key"], DEFAULTS)
    assert isinstance(rejected, Rejected)
    assert (rejected.source_uri, rejected.reason) == ("b.key", "unknown kind")


def test_a_file_named_twice_is_read_once_in_whatever_order(here: Path) -> None:
    write("d/a.txt")
    write("d/b.txt")
    Path("d/link.txt").symlink_to("a.txt")
    Path("e").symlink_to("d")
    arguments = ["d/a.txt", "d", "e", "d/*.txt", str(here / "d/b.txt"), "d/../d/a.txt"]
    for order in itertools.islice(itertools.permutations(arguments), 0, 720, 97):
        assert uris(*order) == ["d/a.txt", "d/b.txt"]


def test_uris_do_not_tell_the_machine(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("work/d/a.txt")
    outside = write("other/b.txt").absolute()
    monkeypatch.chdir("work")
    assert uris(here / path, "../other/b.txt") == [outside.as_posix(), "d/a.txt"]


def test_a_file_name_that_is_no_utf8_gives_a_uri_that_is(here: Path) -> None:
    write(os.fsdecode(b"caf\xe9.txt"))
    assert uris(here) == ["caf\\xe9.txt"]


def test_a_folder_that_leads_back_is_rejected(here: Path) -> None:
    write("d/sub/a.txt")
    Path("d/sub/loop").symlink_to(here / "d")
    Path("d/self").symlink_to("self")
    Path("d/self.txt").symlink_to("self.txt")
    Path("d/nowhere.txt").symlink_to("missing.txt")
    found = list(read_documents(["d"], DEFAULTS))
    assert [(f.source_uri, getattr(f, "reason", None)) for f in found] == [
        ("d/nowhere.txt", "unreadable"),
        ("d/self.txt", "unreadable"),
        ("d/sub/a.txt", None),
        ("d/sub/loop", "directory loop"),
    ]


def test_a_file_that_vanishes_is_rejected() -> None:
    write("a.txt")
    write("b.txt")
    documents = read_documents(["."], DEFAULTS)
    Path("a.txt").unlink()
    gone, kept = documents
    assert isinstance(gone, Rejected)
    assert (gone.stage, gone.reason) == ("read", "unreadable")
    assert "No such file" in gone.detail
    assert isinstance(kept, RawDocument)


def test_what_is_not_permitted_is_rejected(here: Path) -> None:
    write("open.txt")
    write("closed.txt").chmod(0)
    write("shut/a.txt")
    Path("shut").chmod(0)
    for folder in [here, *list(here.parents)[:-2]]:
        folder.chmod(folder.stat().st_mode | 0o055)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        found = list(read_documents(["."], DEFAULTS))
    finally:
        os.seteuid(user)
        Path("shut").chmod(0o700)
    assert [(f.source_uri, getattr(f, "reason", None)) for f in found] == [
        ("closed.txt", "unreadable"),
        ("open.txt", None),
        ("shut", "unreadable"),
    ]


def test_a_pipe_is_rejected_and_not_waited_for() -> None:
    write("a.txt")
    os.mkfifo("pipe.txt")
    _, pipe = read_documents(["."], DEFAULTS)
    assert isinstance(pipe, Rejected)
    assert "not a regular file" in pipe.detail


@pytest.mark.parametrize(("name", "media"), [("a.txt", "text"), ("a.html", "html"), ("A.HTM", "html")])
def test_bytes_are_passed_on_untouched(name: str, media: str) -> None:
    content = b"\xef\xbb\xbfone\r\ntwo\x00\xff"
    assert only(write(name, content)) == RawDocument(name, content, media, defaults=DEFAULTS)  # type: ignore[arg-type]


def zstd(content: bytes) -> bytes:
    return pa.compress(content, "zstd", asbytes=True)  # type: ignore[no-any-return]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".zst", zstd)])
def test_compressed_files(suffix: str, pack) -> None:  # type: ignore[no-untyped-def]
    write("a.txt" + suffix, pack(b"Some words."))
    write("b.jsonl" + suffix, pack(b'{"text": "one"}\n{"text": "two", "id": 2}\n'))
    found = list(read_documents(["."], DEFAULTS))
    assert [(f.source_uri, f.payload) for f in found if isinstance(f, RawDocument)] == [
        (f"a.txt{suffix}", b"Some words."),
        (f"b.jsonl{suffix}#line=1", "one"),
        (f"b.jsonl{suffix}#2", "two"),
    ]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".zst", zstd)])
@pytest.mark.parametrize(
    "damage", [lambda b: b[: len(b) // 2], lambda b: b[:12] + b"damage" + b[18:], lambda b: b[:0]]
)
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
def test_a_damaged_compressed_file_is_rejected(suffix: str, pack, damage, name: str) -> None:  # type: ignore[no-untyped-def]
    content = b"".join(b'{"text": "%d"}\n' % (i * i) for i in range(50_000))
    write(name + suffix, damage(pack(content)))
    found = list(read_documents(["."], DEFAULTS))
    assert all(isinstance(f, RawDocument | Rejected) for f in found)
    assert not any(isinstance(f, RawDocument) and len(f.payload) == len(content) for f in found)


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".zst", zstd)])
@pytest.mark.parametrize(("name", "uri"), [("a.txt", ""), ("a.jsonl", "#line=1")])
def test_a_decompression_bomb_is_rejected(suffix: str, pack, name: str, uri: str) -> None:  # type: ignore[no-untyped-def]
    found = only(write(name + suffix, pack(b"x" * (MAX_BYTES + 10))))
    assert isinstance(found, Rejected)
    assert (found.source_uri, found.reason) == (name + suffix + uri, "too large")


def test_a_file_too_large_is_rejected() -> None:
    with Path("a.txt").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    found = only("a.txt")
    assert isinstance(found, Rejected)
    assert found.reason == "too large"


def test_memory_holds_one_document(here: Path) -> None:
    line = b'{"text": "%s"}\n' % (b"word " * 1000)
    with gzip.open(here / "a.jsonl.gz", "wb", 1) as file:
        for _ in range(4000):
            file.write(line)
    tracemalloc.start()
    n_chars = sum(len(f.payload) for f in read_documents([here], DEFAULTS) if isinstance(f, RawDocument))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_chars == 20_000_000
    assert peak < 2_000_000
