"""Measure speed and memory against plain spaCy and textacy: ``make bench`` writes docs/speed.md from it.

All contenders take turns in one process, round after round, over the same texts and with the same model; CPU
time counts the threads too. The whole flow runs as ``counterclaim run`` does, its processes measured as one tree.
``--only-page`` writes the page from the figures that are there.
"""

import os

# Before numpy is imported: one core for each contender.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import contextlib
import importlib
import importlib.util
import json
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from spacy.language import Language

from tasks.document.inference.matrix_products import choose_batch_invariant_ops, use_ops_while_loading
from tasks.document.parser import DEFAULT_MODEL, UNUSED_COMPONENTS, find_paragraphs, parse_texts
from tasks.document.records import Document, make_content_id
from tasks.extraction import extract_batch
from tasks.knowledge import load_knowledge
from tests.benchmarks.speed_page import OWN_CONTENDER, PARSE_CONTENDER, SPEED_FIGURES, write_speed_page

CHECKOUT_ROOT = Path(__file__).parents[2]
GOLD_TEXTS = CHECKOUT_ROOT / "tests" / "gold" / "texts.jsonl"
SEED_ARTICLES = CHECKOUT_ROOT / "seeds" / "articles"
SAMPLE_SECONDS = 0.3
"""seconds between two samples of the memory of a run"""
Figures = dict[str, Any]
Contender = Callable[[], int]
"""processes all texts once and returns the number of tokens"""


def read_texts(more: Path | None, most: int) -> list[str]:
    """Return the committed texts and the first of another corpus, if one is given."""
    files = [(GOLD_TEXTS, None), (more, most)] if more else [(GOLD_TEXTS, None)]
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEED_ARTICLES.glob("*.txt"))]
    for path, limit in files:
        lines = path.read_text(encoding="utf-8").splitlines()[:limit] if path else []
        texts += [json.loads(line)["text"] for line in lines]
    return texts


def split_into_paragraphs(texts: Sequence[str]) -> list[str]:
    """Return the paragraphs of the texts."""
    return [text[a:b] for text in texts for a, b in find_paragraphs(text)]


def load_plain_model(exclude: Sequence[str] = ()) -> Language:
    """Return the model as its package gives it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nlp: Language = importlib.import_module(DEFAULT_MODEL).load(exclude=list(exclude))
    return nlp


def _make_contenders(texts: list[str]) -> Iterator[tuple[str, Contender]]:
    """Yield name and function of each contender."""
    whole, lean, pieces = (
        load_plain_model(),
        load_plain_model(UNUSED_COMPONENTS),
        split_into_paragraphs(texts),
    )
    with use_ops_while_loading(choose_batch_invariant_ops()):
        quick = load_plain_model(UNUSED_COMPONENTS)

    def count(nlp: Language, given: list[str], **options: Any) -> int:
        return sum(len(doc) for doc in nlp.pipe(given, **options))

    yield "articles", lambda: count(whole, texts)
    yield "paragraphs", lambda: count(whole, pieces, batch_size=256)
    yield "paragraphs, parser and recogniser only", lambda: count(lean, pieces, batch_size=256)
    yield "the same, with the BLAS of numpy", lambda: count(quick, pieces, batch_size=256)
    if importlib.util.find_spec("textacy"):
        from textacy.extract.triples import direct_quotations

        def textacy() -> int:
            tokens = 0
            for doc in whole.pipe(texts):
                # It gives up on a text with an unclosed quotation.
                with contextlib.suppress(ValueError):
                    list(direct_quotations(doc))
                tokens += len(doc)
            return tokens

        yield "textacy", textacy
    knowledge = load_knowledge()
    documents = [Document(make_content_id("doc", t), str(i), t, "", "utf-8") for i, t in enumerate(texts)]

    def counterclaim() -> int:
        batches = (extract_batch(documents[i : i + 50], knowledge, "r") for i in range(0, len(documents), 50))
        return sum(row["n_tokens"] for batch in batches for row in batch.tables["documents"])

    yield PARSE_CONTENDER, lambda: sum(len(doc) for doc in parse_texts(texts, knowledge.nlp))
    yield OWN_CONTENDER, counterclaim


def _measure_contenders(texts: list[str], rounds: int) -> Figures:
    """Return seconds of CPU and wall of every contender, round by round, after one round to warm up."""
    taking_part = list(_make_contenders(texts))
    found: Figures = {name: {"cpu": [], "wall": []} for name, _ in taking_part}
    for number in range(rounds + 1):
        for name, work in taking_part:
            cpu, wall = time.process_time(), time.perf_counter()
            tokens = work()
            if number:
                found[name]["cpu"].append(time.process_time() - cpu)
                found[name]["wall"].append(time.perf_counter() - wall)
                found[name]["tokens"] = tokens
        print(f"round {number} of {rounds}", file=sys.stderr)
    for figures in found.values():
        each = sorted(1e6 * s / figures["tokens"] for s in figures["cpu"])
        figures |= {"median_us": statistics.median(each), "least_us": each[0], "most_us": each[-1]}
    return found


def recombine_paragraphs(
    texts: Sequence[str], documents: int, paragraphs: int | None = None
) -> Iterator[str]:
    """Yield documents of random paragraphs: as long as the texts, or of a given number of paragraphs."""
    pieces, draw = split_into_paragraphs(texts), random.Random(0)
    each = paragraphs or max(len(pieces) // len(texts), 1)
    for _ in range(documents):
        yield "\n\n".join(draw.choices(pieces, k=each))


def _measure_tree_memory(process: psutil.Process) -> int:
    """Return the memory of a process tree, with shared memory counted once."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def measure_run(command: Sequence[str], pause: float = SAMPLE_SECONDS, log: Path | None = None) -> Figures:
    """Run a command; return its wall and CPU seconds, and the memory of its process tree over time and at most.

    Args:
        command: the program and its arguments.
        pause: the seconds between two samples of memory.
        log: a file that holds the wall seconds and the peak so far, in case that the measurement is stopped.
    """
    before, began, memory = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), []
    # A pipe that nobody reads would stop a run that prints a line for each of thousands of batches.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said) as running,
    ):
        process = psutil.Process(running.pid)
        while running.poll() is None:
            memory.append((round(time.perf_counter() - began, 1), _measure_tree_memory(process) / 1e9))
            if log:
                so_far = {"wall": memory[-1][0], "peak_gb": max(size for _, size in memory)}
                log.write_text(json.dumps(so_far), encoding="utf-8")
            time.sleep(pause)
        if running.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {running.returncode}: {said.read()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(getattr(after, f) - getattr(before, f) for f in ("ru_utime", "ru_stime"))
    peak = max(size for _, size in memory)
    return {"wall": time.perf_counter() - began, "cpu": cpu, "peak_gb": peak, "memory": memory}


def _measure_run_totals(command: Sequence[str]) -> Figures:
    """Run a command; return its wall and CPU seconds and the peak memory of its process tree."""
    return {name: figure for name, figure in measure_run(command).items() if name != "memory"}


def _measure_flow_runs(texts: Sequence[str], documents: int, folder: Path) -> Figures:
    """Return the cost of runs of the whole flow with one worker and two, and of a repeated run."""
    corpus = folder / "corpus.jsonl"
    lines = [
        json.dumps({"id": str(i), "text": t}) for i, t in enumerate(recombine_paragraphs(texts, documents))
    ]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    program = str(Path(sys.executable).with_name("counterclaim"))
    found: Figures = {"documents": documents}
    for workers in (1, 2):
        command = [
            program,
            "run",
            str(corpus),
            "--warehouse",
            str(folder / f"w{workers}"),
            "--workers",
            str(workers),
        ]
        found[f"workers_{workers}"] = _measure_run_totals(command)
    found["again"] = _measure_run_totals(command)
    found["help"] = _measure_run_totals([program, "--help"])
    given = [json.loads(line)["text"] for line in lines]
    began = time.perf_counter()
    tokens = sum(
        len(doc) for doc in load_plain_model().pipe(split_into_paragraphs(given), batch_size=256, n_process=2)
    )
    return found | {"tokens": tokens, "spacy_two_processes_wall": time.perf_counter() - began}


def describe_machine() -> Figures:
    """Return a description of the machine and the versions."""
    about = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in about if "model name" in line), "")
    return {
        "processor": model or platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "blas": type(choose_batch_invariant_ops()).__name__,
        **{name: version(name) for name in ("spacy", "thinc", "numpy", "blis")},
        "model": f"{DEFAULT_MODEL} {load_plain_model().meta['version']}",
    }


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--more", type=Path, help="another corpus, .jsonl with a field text; figures only")
    parser.add_argument("--most", type=int, default=150, help="texts of it")
    parser.add_argument(
        "--documents", type=int, default=2000, help="of the whole flow, made of the paragraphs"
    )
    parser.add_argument("--only-page", action="store_true")
    given = parser.parse_args()
    if not given.only_page:
        texts = read_texts(given.more, given.most)
        with tempfile.TemporaryDirectory() as folder:
            found = {"machine": describe_machine(), "rounds": given.rounds, "texts": len(texts)}
            found["extraction"] = _measure_contenders(texts, given.rounds)
            found["flow"] = (
                _measure_flow_runs(texts, given.documents, Path(folder)) if given.documents else None
            )
        SPEED_FIGURES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_speed_page()


if __name__ == "__main__":
    main()
