"""Measure one warehouse of a million short articles: ``make million`` writes the figures into docs/speed.md.

The stages are kept in a folder, with what each cost: ``--folder`` names it, and a measurement that was stopped goes on
with the stage in which it was. A run that is stopped and started again counts as one run of several attempts: what the
first attempt published stays.
"""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from tests.benchmarks.million_corpus import (
    MONTHS,
    make_sentence_templates,
    write_corpus,
    write_daily_corpus,
)
from tests.benchmarks.scale import COUNTERCLAIM_SCRIPT, WORKER_COUNT, measure_phases, thin_out_memory
from tests.benchmarks.speed import describe_machine, measure_run
from tests.benchmarks.speed_page import MILLION_FIGURES, write_speed_page
from warehouse.snapshot import open as open_snapshot
from warehouse.tables import TABLES

DAILY_DOCUMENTS, FEW_DOCUMENTS = 10_000, 10_000
SECONDS_PER_SAMPLE = 2.0
MONTH_ASKED = MONTHS[-1]
QUESTIONS = {
    "denials of a month by type": "SELECT denial_type, count(*) FROM denials WHERE published_month = '{}' GROUP BY ALL",
    "whom a month accuses most": "SELECT name, count(*) AS n FROM (SELECT unnest(target_ids) AS entity_id FROM claims "
    "WHERE published_month = '{}' AND claim_type = 'accusation') JOIN entities USING (entity_id) "
    "GROUP BY ALL ORDER BY n DESC LIMIT 10",
    "answers of a month, with both texts": "SELECT d.content_text, c.content_text FROM denials AS d "
    "JOIN denial_links AS l USING (denial_id) JOIN claims AS c USING (claim_id) "
    "WHERE d.published_month = '{}' AND l.rank = 1 LIMIT 20",
}

Figures = dict[str, Any]


@dataclass(frozen=True)
class Measurement:
    """The folder of a measurement: its corpora, warehouses and the figures of the stages that are done."""

    folder: Path
    documents: int

    @property
    def figures_file(self) -> Path:
        """Where the figures of the stages are kept."""
        return self.folder / "figures.json"

    def read_figures(self) -> Figures:
        """Return the figures of the stages so far."""
        if not self.figures_file.exists():
            return {"documents": self.documents, "stages": {}}
        found: Figures = json.loads(self.figures_file.read_text(encoding="utf-8"))
        return found

    def keep_figures(self, stage: str, figures: Figures) -> None:
        """Add the figures of a stage."""
        found = self.read_figures()
        found["stages"][stage] = figures
        new = self.figures_file.with_suffix(".new")
        new.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        new.replace(self.figures_file)

    def list_paths(self, corpus: str, warehouse: str) -> list[str]:
        """Return the arguments that read a corpus into a warehouse."""
        return [str(self.folder / corpus), "--warehouse", str(self.folder / warehouse)]


def _write_corpora(of: Measurement) -> Figures:
    """Write the corpora: the whole one, a small one, and that of a day."""
    templates = make_sentence_templates()
    for name in ("corpus", "few", "daily"):
        shutil.rmtree(of.folder / name, ignore_errors=True)
    write_corpus(of.folder / "corpus", of.documents, templates)
    write_corpus(of.folder / "few", FEW_DOCUMENTS, templates)
    write_daily_corpus(of.folder / "daily", DAILY_DOCUMENTS, templates)
    return {"sentences": len(templates), "gb": _measure_disk(of.folder / "corpus") / 1e9}


def _run_pipeline(of: Measurement, stage: str, corpus: str, warehouse: str) -> Figures:
    """Run ``counterclaim run``; return what it cost, earlier attempts that were stopped included."""
    given = [*of.list_paths(corpus, warehouse), "--workers", str(WORKER_COUNT)]
    log = of.folder / f"attempt-{stage}-{len(list(of.folder.glob(f'attempt-{stage}-*')))}.json"
    found, when = measure_phases(given, of.folder / "prefect", SECONDS_PER_SAMPLE, log)
    found["memory"] = thin_out_memory(found["memory"])
    stopped = [json.loads(path.read_text()) for path in of.folder.glob(f"attempt-{stage}-*") if path != log]
    return {
        **found,
        "stopped_attempts": stopped,
        "publications": [ended - began for began, ended in when.get("publish", [])],
        "resolutions": [ended - began for began, ended in when.get("resolve", [])],
        "batches": len(when.get("extract", [])),
        "warehouse": describe_warehouse(of.folder / warehouse),
    }


def _run_command(of: Measurement, *arguments: str) -> Figures:
    """Run another command on the warehouse and return what it cost."""
    found = measure_run([COUNTERCLAIM_SCRIPT, *arguments, "--warehouse", str(of.folder / "tables")])
    found.pop("memory")
    return found


def _ask_questions(of: Measurement) -> Figures:
    """Return what each question of a month costs, as a command of its own and within a connection."""
    from warehouse.queries.connection import connect_to_warehouse

    connection, found = connect_to_warehouse(of.folder / "tables"), {}
    for name, sql in QUESTIONS.items():
        began = time.perf_counter()
        rows = connection.execute(sql.format(MONTH_ASKED)).fetchall()
        inside = time.perf_counter() - began
        found[name] = _run_command(of, "query", sql.format(MONTH_ASKED)) | {
            "inside": inside,
            "rows": len(rows),
        }
    return found


def describe_warehouse(root: Path) -> Figures:
    """Return the rows and files of each table, and the size of the newest version and of the whole folder."""
    with open_snapshot(root) as snapshot:
        tables = {name: _describe_table(snapshot.path / name, snapshot.dataset(name)) for name in TABLES}
        newest = _measure_disk(snapshot.path)
    return {"tables": tables, "newest_gb": newest / 1e9, "gb": _measure_disk(root) / 1e9}


def _describe_table(folder: Path, rows: ds.Dataset) -> Figures:
    """Return the number of rows and files of a table, and the most files of a partition."""
    files = list(folder.rglob("*.parquet"))
    partitions = {path.parent for path in files}
    most = max(sum(path.parent == one for path in files) for one in partitions)
    return {"rows": rows.count_rows(), "files": len(files), "partitions": len(partitions), "most_files": most}


def _measure_disk(folder: Path) -> int:
    """Return the bytes on disk of all files below a folder, a file with several links counted once."""
    found = [path.lstat() for path in folder.rglob("*") if not path.is_symlink()]
    return sum({status.st_ino: status.st_blocks * 512 for status in found}.values())


STAGES: dict[str, Callable[[Measurement], Figures]] = {
    "corpus": _write_corpora,
    "few": lambda of: _run_pipeline(of, "few", "few", "few-tables"),
    "daily after few": lambda of: _run_pipeline(of, "daily after few", "daily", "few-tables"),
    "first": lambda of: _run_pipeline(of, "first", "corpus", "tables"),
    "daily": lambda of: _run_pipeline(of, "daily", "daily", "tables"),
    "unchanged": lambda of: _run_pipeline(of, "unchanged", "daily", "tables"),
    "compact": lambda of: (
        _run_command(of, "compact", "--keep-hours", "0")
        | {"warehouse": describe_warehouse(of.folder / "tables")}
    ),
    "verify": lambda of: _run_command(of, "verify"),
    "query": _ask_questions,
    "report": lambda of: _run_command(
        of, "report", "--since", f"{MONTH_ASKED}-01", "--out", str(of.folder / "report.html")
    ),
}

STAGE_NAMES = {
    "few": "a run of 10,000 articles into an empty warehouse",
    "daily after few": "the articles of a day after these",
    "first": "the run of all articles",
    "daily": "the articles of a day after these",
    "unchanged": "the same again",
    "compact": "`compact`",
    "verify": "`verify`",
    "report": "`report` of a month",
}
"""what the table calls each stage that is one command"""


def measure_stages(of: Measurement) -> Iterator[tuple[str, Figures]]:
    """Do the stages that are not done yet; yield each with its figures when it is done."""
    for stage, work in STAGES.items():
        if stage in of.read_figures()["stages"]:
            continue
        before = os.getloadavg()[0]
        figures = work(of) | {"load_before": round(before, 1)}
        of.keep_figures(stage, figures)
        yield stage, figures


def write_figures(of: Measurement) -> None:
    """Write the figures of the stages that are done into the documentation."""
    found = {"machine": describe_machine(), "names": STAGE_NAMES, **of.read_figures()}
    MILLION_FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_speed_page()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the stages that are not done, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument(
        "--folder", type=Path, default=Path("build/million"), help="of corpora and warehouses; it is kept"
    )
    parser.add_argument("--until", choices=STAGES, default="report", help="last stage to measure")
    parser.add_argument("--no-page", action="store_true", help="leave the documentation as it is")
    given = parser.parse_args(arguments)
    of = Measurement(given.folder.resolve(), given.documents)
    of.folder.mkdir(parents=True, exist_ok=True)
    for stage, figures in measure_stages(of):
        cost = ", ".join(
            f"{name} {figures[name]:.1f}" for name in ("wall", "cpu", "peak_gb") if name in figures
        )
        print(f"{stage}: {cost}", file=sys.stderr, flush=True)
        if stage == given.until:
            break
    if not given.no_page:
        write_figures(of)


if __name__ == "__main__":
    main()
