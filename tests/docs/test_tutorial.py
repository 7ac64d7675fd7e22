"""The tutorial's commands run as printed, from top to bottom, and print what the page shows, numbers aside."""

import re
from pathlib import Path

from tests.docs.tutorial_run import run_tutorial, strip_blank_edges


def test_the_tutorial(tmp_path: Path) -> None:
    home = tmp_path / "counterclaim"
    printed, shown = run_tutorial(home, 12)
    for out, told in zip(printed, shown, strict=True):
        if told:
            assert form(strip_blank_edges(out)) == form(told)
    assert (home / "report.html").stat().st_size > 10_000
    assert "Iran" in (home / "iran.html").read_text(encoding="utf-8")
    assert (home / "statements.csv").read_bytes().startswith(b"\xef\xbb\xbfkind,type,speaker")


def form(text: str) -> str:
    """Return the first line without numbers, sizes and widths: what is found may change, how it is told may not."""
    return re.sub(r"[\d.,]+(?: [kM]B)?", "0", " ".join(text.splitlines()[0].split()))
