"""A site in a bucket: what a publication uploads and removes, what a browser gets, and what a killed one leaves."""

import json
import os
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main
from tests.sample_rows import PublishDocuments
from tests.warehouse.report.browsing import IS_SKIPPED, SKIP_REASON, list_requests, open_page, start_browser
from tests.warehouse.report.sample_articles import make_article, make_crowded_article, make_entity_rows
from warehouse.report import ReportError
from warehouse.report.site import PublicationError, build_site, check_site_address, publish_site
from warehouse.report.site.site_folder import MARKER
from warehouse.storage.store import Store

pytest.importorskip("moto.server")
ENTITIES = make_entity_rows("ent_1", "ent_2", name="Army ")
PUBLISH = "import sys; from pathlib import Path; from warehouse.report.site import publish_site; "
PUBLISH += "publish_site(Path(sys.argv[1]), sys.argv[2])"


def connect() -> Any:
    import boto3

    return boto3.client("s3")


@pytest.fixture
def site(store: Store, put: PublishDocuments, tmp_path: Path) -> Path:
    put(*(make_crowded_article(f"doc_{i}", 6, date(2026, 10, 1 + i)) for i in range(3)), entities=ENTITIES)
    build_site(store.root, tmp_path / "site", "The river")
    return tmp_path / "site"


def list_keys(bucket_name: str, prefix: str = "") -> dict[str, Any]:
    """Return the time of each file in a bucket, without the empty entries that stand for folders."""
    pages = connect().get_paginator("list_objects_v2").paginate(Bucket=bucket_name, Prefix=prefix)
    found = [row for page in pages for row in page.get("Contents", ())]
    return {
        row["Key"].removeprefix(prefix): row["LastModified"] for row in found if not row["Key"].endswith("/")
    }


def read_key(bucket_name: str, key: str) -> bytes:
    content: bytes = connect().get_object(Bucket=bucket_name, Key=key)["Body"].read()
    return content


def list_published(folder: Path) -> set[str]:
    """Return the paths of the files that a bucket has when a site is published."""
    pages = json.loads((folder / MARKER).read_text("utf-8"))["pages"]
    return {*pages, MARKER}


def test_only_what_changed_is_uploaded_and_what_is_gone_is_removed(
    bucket_name: str, site: Path, store: Store, put: PublishDocuments
) -> None:
    address = f"s3://{bucket_name}/news/river/"
    done = publish_site(site, address)
    assert (done.n_uploaded, done.n_removed, done.n_unchanged) == (len(list_published(site)) - 1, 0, 0)
    before = list_keys(bucket_name, "news/river/")
    assert set(before) == list_published(site)
    again = publish_site(site, address)
    assert (again.n_uploaded, again.n_removed, again.n_unchanged) == (0, 0, done.n_uploaded)
    assert list_keys(bucket_name, "news/river/") == before
    put(
        make_article("doc_new", "Nothing was said.", [], title="New", published_at=date(2026, 11, 30)),
        removed=["doc_1"],
        entities=ENTITIES,
    )
    build_site(store.root, site)
    changed = publish_site(site, address)
    after = list_keys(bucket_name, "news/river/")
    assert set(after) == list_published(site)
    assert "article/doc_new.html" in after
    assert not [key for key in after if "doc_1" in key]
    assert changed.n_uploaded + changed.n_unchanged == len(after) - 1
    assert changed.n_removed == len(before.keys() - after.keys())
    assert changed.n_unchanged > 10
    for path in list_published(site) - {MARKER}:
        assert read_key(bucket_name, f"news/river/{path}") == (site / path).read_bytes(), path
    assert json.loads(read_key(bucket_name, f"news/river/{MARKER}"))["unfinished"] == []


def test_files_have_the_types_by_which_a_browser_shows_them(bucket_name: str, site: Path) -> None:
    publish_site(site, f"s3://{bucket_name}")
    types = {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
    }
    for path in list_published(site):
        head = connect().head_object(Bucket=bucket_name, Key=path)
        assert head["ContentType"] == types[Path(path).suffix], path
        assert ("immutable" in head["CacheControl"]) == path.startswith(("assets/", "data/")), path


@pytest.mark.parametrize("killed_after", [1, 2, 3])
def test_a_killed_publication_is_finished_by_the_next(
    killed_after: int, bucket_name: str, site: Path, store: Store, put: PublishDocuments
) -> None:
    """The process kills itself after the data, after the pages, or after the index; then the site changes."""
    address = f"s3://{bucket_name}/river"
    environment = os.environ | {"COUNTERCLAIM_FAULT": f"site-group-{killed_after}-uploaded"}
    done = subprocess.run([sys.executable, "-c", PUBLISH, str(site), address], env=environment, check=False)
    assert done.returncode == -9
    assert ("article/doc_1.html" in list_keys(bucket_name, "river/")) == (killed_after > 1)
    assert ("index.html" in list_keys(bucket_name, "river/")) == (killed_after > 2)
    put(removed=["doc_1"], entities=ENTITIES)
    build_site(store.root, site)
    publish_site(site, address)
    assert set(list_keys(bucket_name, "river/")) == list_published(site)
    for path in list_published(site) - {MARKER}:
        assert read_key(bucket_name, f"river/{path}") == (site / path).read_bytes(), path


def test_a_place_that_holds_something_else_is_left_alone(bucket_name: str, site: Path) -> None:
    connect().put_object(Bucket=bucket_name, Key="home/index.html", Body=b"my page")
    with pytest.raises(ReportError, match=r"is no site of Counterclaim and holds index\.html"):
        publish_site(site, f"s3://{bucket_name}/home")
    assert read_key(bucket_name, "home/index.html") == b"my page"
    connect().put_object(Bucket=bucket_name, Key="other/notes.txt", Body=b"mine")
    publish_site(site, f"s3://{bucket_name}/other")
    assert read_key(bucket_name, "other/notes.txt") == b"mine"


def test_a_marker_that_somebody_edited_costs_one_upload(bucket_name: str, site: Path) -> None:
    publish_site(site, f"s3://{bucket_name}/river")
    connect().put_object(Bucket=bucket_name, Key=f"river/{MARKER}", Body=b'{"pages": 3')
    connect().put_object(Bucket=bucket_name, Key="river/article/old.html", Body=b"old")
    assert publish_site(site, f"s3://{bucket_name}/river").n_unchanged == 0
    assert set(list_keys(bucket_name, "river/")) == list_published(site)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("river", "Expected s3://bucket/prefix"),
        ("http://bucket/river", "Expected s3://bucket/prefix"),
        ("s3://", "Expected s3://bucket/prefix"),
        ("s3://key:secret@bucket/river", "must not contain credentials"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, told: str) -> None:
    with pytest.raises(ReportError, match=told) as raised:
        check_site_address(address)
    assert "key:secret" not in str(raised.value)


def test_a_missing_bucket_and_a_wrong_key_are_named(
    bucket_name: str, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PublicationError, match="Create the bucket or correct its name") as raised:
        publish_site(site, "s3://no-such-bucket/river")
    assert "s3://no-such-bucket/river" in str(raised.value)
    with pytest.raises(ReportError, match="holds no whole site"):
        publish_site(tmp_path, f"s3://{bucket_name}/river")
    (site / "figures.html").unlink()
    with pytest.raises(ReportError, match=r"lacks figures\.html"):
        publish_site(site, f"s3://{bucket_name}/river")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(PublicationError, match="cannot be reached"):
        publish_site(site, f"s3://{bucket_name}/river")


def test_the_command_publishes_what_it_builds(
    bucket_name: str, store: Store, put: PublishDocuments, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(make_crowded_article("doc_a", 3), entities=ENTITIES)
    command = ["report", "--site", str(tmp_path / "s"), "--warehouse", str(store.root)]
    with pytest.raises(SystemExit, match="0"):
        main([*command, "--publish", f"s3://{bucket_name}/river"])
    assert f"Published to s3://{bucket_name}/river: " in capsys.readouterr().out
    assert "index.html" in list_keys(bucket_name, "river/")
    with pytest.raises(SystemExit, match="2"):
        main([*command, "--publish", "river"])
    assert "Expected s3://bucket/prefix" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["report", "--publish", f"s3://{bucket_name}/river", "--warehouse", str(store.root)])
    assert "--publish and --site-url are for --site" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="1"):
        main([*command, "--publish", "s3://no-such-bucket/river"])
    assert "Create the bucket" in capsys.readouterr().err


def _let_everybody_read(bucket_name: str) -> None:
    """Let readers without a key read the objects of a bucket, as one does for a static site."""
    import boto3

    everything = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket_name}/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [everything]}
    boto3.client("s3").put_bucket_policy(Bucket=bucket_name, Policy=json.dumps(policy))


@pytest.mark.skipif(IS_SKIPPED, reason=SKIP_REASON)
def test_a_browser_reads_the_published_site_over_http(
    bucket_name: str, endpoint: str, request: pytest.FixtureRequest, site: Path, tmp_path: Path
) -> None:
    if "seaweedfs" in request.node.name:
        pytest.skip("it refuses readers without a key")
    from selenium.webdriver.support.ui import WebDriverWait

    publish_site(site, f"s3://{bucket_name}/river")
    _let_everybody_read(bucket_name)
    address = f"{endpoint}/{bucket_name}/river/index.html"
    with urllib.request.urlopen(address) as page:
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "The river" in page.read().decode()
    browser = start_browser(tmp_path / "profile")
    try:
        open_page(browser, f"{address}#find?uncertain=1&q=river")
        WebDriverWait(browser, 60).until(lambda b: b.find_elements("css selector", ".results [data-row]"))
        assert [line for line in browser.get_log("browser") if "favicon" not in line["message"]] == []
        assert all(url.startswith((endpoint, "data:")) for url in list_requests(browser))
    finally:
        browser.quit()
