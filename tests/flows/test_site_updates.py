"""The site that the daily flow brings up to date, and the artifact that links to what is new in it."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from flows.runtime.artifacts import publish_site_artifact
from flows.runtime.server import PrefectServer
from flows.runtime.site_updates import SiteError, choose_site
from tests.flows.prefect_runs import SAMPLE_TEXTS, run_daily
from warehouse.errors import InputError

HOSTILE = {
    "who": "[x](javascript:alert(1))", "whom": "<script>", "what": "*a* `b` | c\n# d " * 40, "day": None,
    "page": "article/d1.html#c1", "cue": "_said_", "claim": None, "denied_by": "denied by <b>",
}  # fmt: skip


def read_artifact(server: PrefectServer, flow_run_id: str) -> str:
    """Return the text of the artifact of the site of a run."""
    found = server.request_json("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [flow_run_id]}}})
    return str(next(row["data"] for row in found if row["key"] == "site"))


def test_a_run_brings_the_site_up_to_date_and_links_to_what_is_new(
    server: PrefectServer, tmp_path: Path
) -> None:
    tables, site = tmp_path / "tables", tmp_path / "site"
    for name, text in (("one", SAMPLE_TEXTS["speech"]), ("two", SAMPLE_TEXTS["denial"])):
        page = tmp_path / f"{name}.txt"
        page.write_text(text, encoding="utf-8")
        summary = run_daily(page, warehouse=tables, site=str(site), published=date(2020, 5, 1))
    news = read_artifact(server, summary.flow_run_id)
    assert "## 1 new accusation\n" in news
    assert "## 1 new denial\n" in news
    assert "## 1 newly contested claim\n" in news
    assert "**United States** → Russia: " in news
    assert f"]({site.as_uri()}/claim/" in news
    assert "first build" not in news
    with pytest.raises(SiteError, match="is no site"):
        run_daily(tmp_path / "one.txt", warehouse=tables, site=str(tables))


def test_links_lead_to_where_the_site_is_read(tmp_path: Path) -> None:
    site = choose_site(str(tmp_path), "s3://bucket/site", "https://news.example/site/")
    assert site
    assert site.get_link_root() == "https://news.example/site"
    folder = choose_site(str(tmp_path), None, None)
    assert folder
    assert folder.get_link_root() == tmp_path.as_uri()
    assert choose_site(None, None, None) is None
    with pytest.raises(InputError, match="name its folder"):
        choose_site(None, None, "https://news.example/site/")


def test_text_of_articles_stays_text_in_the_artifact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(
        "flows.runtime.artifacts.create_markdown_artifact", lambda text, **_: written.append(text)
    )
    news = {"total": 30, "listed": [HOSTILE]}
    changes = {"is_first": True, "accusations": news, "denials": news, "contested": news}
    publish_site_artifact(tmp_path.as_uri(), changes)
    (text,) = written
    assert text.count("- … and 29 more") == 3
    assert "<" not in text
    assert r"\[x\]" in text
    lines = [line for line in text.splitlines() if line.startswith("- [")]
    assert len(lines) == 3
    assert all(len(line) < 800 for line in lines)


def test_the_process_of_a_flow_does_not_import_duckdb() -> None:
    code = "import sys, flows.daily, flows.maintenance, flows.runtime.site_updates as s; "
    code += "s._build_in_process; print('duckdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
