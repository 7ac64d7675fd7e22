"""Measure the phases of a run and compare the runners: ``make runners`` writes both into docs/scaling.md.

Each run is a real ``counterclaim run`` of two workers into an empty warehouse; what Prefect kept of it tells when
it began to read, to extract and to publish.
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from tests.benchmarks.scale import RUN_PHASES, WORKER_COUNT, measure_phases
from tests.benchmarks.speed import (
    describe_machine,
    load_plain_model,
    read_texts,
    recombine_paragraphs,
    split_into_paragraphs,
)

DOCS = Path(__file__).parents[2] / "docs"
RUNNER_FIGURES = DOCS / "benchmarks" / "runners.json"
SCALING_PAGE = DOCS / "scaling.md"
RUNNERS_SECTION = re.compile(r"(?s)(?<=<!-- runners -->\n).*(?=<!-- /runners -->)")
DOCUMENT_COUNT = 1000
ROUNDS = 3


def _measure_starts(folder: Path) -> dict[str, Any]:
    """Return the cost of a run over the sample article: the first run, a later one, one with nothing new."""
    home = folder / "prefect"
    tables = [["--warehouse", str(folder / name)] for name in ("first", "later", "later")]
    names = ("first run of all", "a later one", "nothing new")
    return {name: measure_phases(given, home)[0] for name, given in zip(names, tables, strict=True)}


def _measure_runners(texts: Sequence[str], folder: Path) -> dict[str, Any]:
    """Return for each round the cost of each runner, and of plain spaCy in two processes, over the same documents."""
    corpus = folder / "corpus.jsonl"
    given = list(recombine_paragraphs(texts, DOCUMENT_COUNT))
    corpus.write_text(
        "\n".join(json.dumps({"id": str(i), "text": t}) for i, t in enumerate(given)), encoding="utf-8"
    )
    names = ("process", "dask", "ray")
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in (*names, "spacy")}
    for number in range(ROUNDS):
        for name in names:
            tables = ["--warehouse", str(folder / f"{name}-{number}"), "--workers", str(WORKER_COUNT)]
            found[name].append(
                measure_phases([str(corpus), "--runner", name, *tables], folder / "prefect")[0]
            )
        began = time.perf_counter()
        tokens = sum(
            len(doc)
            for doc in load_plain_model().pipe(
                split_into_paragraphs(given), batch_size=256, n_process=WORKER_COUNT
            )
        )
        found["spacy"].append({"wall": time.perf_counter() - began, "tokens": tokens})
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr)
    return found


def _format_lines(found: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    about = found["machine"]
    yield f"*Written by `make runners` from [runners.json](benchmarks/{RUNNER_FIGURES.name}).* {about['processor']},"
    yield f"{about['cores']} cores, load before {about['load_before']}, in an environment that holds Dask and Ray too."
    yield ""
    yield f"| seconds of a run of the sample article | {' | '.join(found['starts'])} | spent on |"
    yield f"|---|{'---:|' * len(found['starts'])}---|"
    for phase, spent in RUN_PHASES.items():
        cells = [f"{run['phases'][phase]:.1f}" if "phases" in run else "" for run in found["starts"].values()]
        yield f"| {phase} | {' | '.join(cells)} | {spent} |"
    for name, label in (("wall", "in all"), ("cpu", "of CPU, all processes together")):
        yield f"| {label} | {' | '.join(f'{run[name]:.1f}' for run in found['starts'].values())} | |"
    yield ""
    yield f"{DOCUMENT_COUNT:,} documents, two workers, medians of {ROUNDS} runs in turn (least – most):"
    yield ""
    yield "| | documents a second | seconds in all | … of which before and after extraction |"
    yield "|---|---:|---:|---:|"
    for name, runs in found["runners"].items():
        walls = sorted(run["wall"] for run in runs)
        middle = walls[len(walls) // 2]
        outside = sorted(
            run["wall"] - run["phases"]["until all is extracted"] for run in runs if "phases" in run
        )
        label = f"`--runner {name}`" if name != "spacy" else "plain spaCy over paragraphs, two processes"
        beyond = f"{outside[len(outside) // 2]:.1f}" if outside else ""
        spread = f"{middle:.1f} ({walls[0]:.1f} – {walls[-1]:.1f})"
        yield f"| {label} | {DOCUMENT_COUNT / middle:.1f} | {spread} | {beyond} |"


def main() -> None:
    """Measure and write the page."""
    if "--only-page" not in sys.argv:
        texts = read_texts(None, 0)
        with tempfile.TemporaryDirectory() as folder:
            found = {"machine": describe_machine(), "starts": _measure_starts(Path(folder))}
            found["runners"] = _measure_runners(texts, Path(folder))
        for run in chain(found["starts"].values(), *found["runners"].values()):
            run.pop("memory", None)
        RUNNER_FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    written = "".join(
        f"{line}\n" for line in _format_lines(json.loads(RUNNER_FIGURES.read_text(encoding="utf-8")))
    )
    SCALING_PAGE.write_text(
        RUNNERS_SECTION.sub(lambda _: written, SCALING_PAGE.read_text(encoding="utf-8")), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
