"""Security: no document or address writes outside its folder, and no message repeats a secret."""

from pathlib import Path

import pytest

from tests.sample_rows import PublishDocuments, make_document_rows, make_row
from warehouse.credentials import check_no_credentials, redact_secrets
from warehouse.errors import WarehouseError
from warehouse.storage.location import locate_warehouse
from warehouse.storage.storage_errors import explain_storage_errors
from warehouse.storage.store import Store
from warehouse.tables import ContractError

HOSTILE = [
    "../../escaped",
    "/escaped",
    "a/b=c\nd",
    "published_month=2026-01/x",
    "'; DROP TABLE claims; --",
    "$(touch escaped)",
    "%2e%2e%2fescaped",
    "con\x1b[2J",
]


def everything(folder: Path) -> set[str]:
    """Return all paths below a folder, relative to it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def kinds(paths: set[str]) -> set[str]:
    """Return the folders of paths, those of versions and months under one name."""
    parents = {str(Path(path).parent) for path in paths}
    return {"/".join(part for part in parent.split("/") if part[:1] != "v") for parent in parents}


def test_no_name_in_a_document_makes_a_path(store: Store, put: PublishDocuments, tmp_path: Path) -> None:
    put(make_document_rows("a"))
    expected = kinds(everything(tmp_path))
    documents = [make_document_rows(name) for name in HOSTILE]
    for name, rows in zip(HOSTILE, documents, strict=True):
        rows["documents"][0] |= {
            "publisher": name,
            "source_uri": name,
            "title": name,
            "url": name,
            "text": name,
        }
        rows["documents"][0] |= {"n_chars": len(name)}
    put(*documents, run="r2", rejects=[make_row("rejects", source_uri=name) for name in HOSTILE])
    assert kinds(everything(tmp_path)) == expected
    assert sorted(store.read("claims")["doc_id"].to_pylist()) == sorted(["a", *HOSTILE])
    assert not [p for p in everything(tmp_path) if "escaped" in p]
    assert not list(Path().glob("*escaped*"))


@pytest.mark.parametrize(
    "month", ["2026/11", "2026-11\n", "a=b", "../2026-11", "", "2026-11/../..", "２０２６-11"]
)
def test_a_partition_is_a_month_or_unknown(month: str, put: PublishDocuments) -> None:
    rows = make_document_rows("a")
    rows["claims"][0]["published_month"] = month
    with pytest.raises(ContractError, match="YYYY-MM"):
        put(rows)


@pytest.mark.parametrize(
    "root",
    ["s3://AKIA123:hush-hush@bucket/path", "s3://key@bucket", "https://u:hush-hush@host/x", "s3://b/p?X-Amz-Signature=hush-hush"],
)  # fmt: skip
def test_an_address_with_credentials_is_refused_and_not_repeated(root: str) -> None:
    for use in (locate_warehouse, check_no_credentials):
        with pytest.raises(WarehouseError, match="AWS_SECRET_ACCESS_KEY") as refused:
            use(root)
        assert "hush" not in str(refused.value)
        assert "AKIA" not in str(refused.value)


def test_what_a_server_repeats_of_a_key_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAHUSHHUSH")
    monkeypatch.setenv("HOME_TOWN", "Benghazi-by-the-sea")
    with pytest.raises(WarehouseError) as refused, explain_storage_errors(locate_warehouse(tmp_path)):
        raise OSError("<Code>InvalidAccessKeyId</Code> AKIAHUSHHUSH in Benghazi-by-the-sea")
    assert "AKIA" not in str(refused.value)
    assert "$AWS_ACCESS_KEY_ID in Benghazi-by-the-sea" in str(refused.value)
    assert refused.value.__cause__ is None
    assert redact_secrets("nothing") == "nothing"
