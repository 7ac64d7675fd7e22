"""``make soak``: many runs against one Prefect server; what its memory and its database grow by.

Every run reads one article more, so that each stores a document, as a daily run does. Half of the runs come first,
to fill caches; growth is what the other half adds.
"""

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CHECKOUT_ROOT = Path(__file__).parents[2]
COUNTED_TABLES = ("flow_run", "task_run", "flow_run_state", "task_run_state", "log", "events", "artifact")


@contextmanager
def _serve_prefect(home: Path) -> Iterator[int]:
    """Start ``prefect server start`` in the folder of prefect.toml; yield its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ["PREFECT_HOME"] = str(home)
    os.environ.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=CHECKOUT_ROOT, stdout=log, stderr=log)
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    try:
        from flows.runtime.server import PrefectServer

        for _ in range(300):
            try:
                PrefectServer(os.environ["PREFECT_API_URL"]).request_json("/health")
                break
            except OSError:
                time.sleep(1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _list_process_tree(pid: int) -> list[int]:
    """Return a process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in _list_process_tree(int(child)))]


def _read_process_figure(pid: int, field: str) -> int:
    """Return a value of /proc/PID/status, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def _measure_server(pid: int, home: Path, runs: int) -> dict[str, Any]:
    """Return the server's memory and the size of its database, by table in rows."""
    with sqlite3.connect(home / "prefect.db") as database:
        database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        rows = {
            name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED_TABLES
        }
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        size = database.execute("PRAGMA page_size").fetchone()[0]
    rss = sum(_read_process_figure(process, "VmRSS") for process in _list_process_tree(pid))
    return {
        "runs": runs,
        "server_mb": round(rss / 1024, 1),
        "database_mb": round(pages * size / 1e6, 2),
        "rows": rows,
    }


def _run_soak(runs: int) -> list[dict[str, Any]]:
    """Do the runs and return a sample of the server after every fifth of them."""
    with TemporaryDirectory() as folder:
        home, news = Path(folder) / "prefect", Path(folder) / "news"
        home.mkdir()
        news.mkdir()
        with _serve_prefect(home) as pid:
            from flows.daily import daily

            looks = []
            for number in range(1, runs + 1):
                text = f"Russia denied the claim of the United States. This is article {number}.\n"
                (news / f"{number:03}.txt").write_text(text, encoding="utf-8")
                daily([str(news)], str(Path(folder) / "tables"), workers=1)
                if number % max(1, runs // 5) == 0:
                    time.sleep(3)  # the server writes task runs and events some time later
                    looks.append(_measure_server(pid, home, number))
                    print(json.dumps(looks[-1]), flush=True)
    return looks


def _compute_growth(looks: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the looks, and what a run added between the middle one and the last."""
    first, last = looks[len(looks) // 2 - 1], looks[-1]
    more = last["runs"] - first["runs"]
    return {
        "looks": looks,
        "server_kb_a_run": round(1024 * (last["server_mb"] - first["server_mb"]) / more, 1),
        "database_kb_a_run": round(1000 * (last["database_mb"] - first["database_mb"]) / more, 1),
        "rows_a_run": {
            name: round((last["rows"][name] - first["rows"][name]) / more, 1) for name in COUNTED_TABLES
        },
    }


def main() -> None:
    """Soak and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--out", type=Path, default=CHECKOUT_ROOT / "docs" / "benchmarks" / "soak.json")
    given = parser.parse_args()
    found = _compute_growth(_run_soak(given.runs))
    given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(
        f"a run adds {found['database_kb_a_run']} kB to the database, {found['server_kb_a_run']} kB to the server"
    )


if __name__ == "__main__":
    main()
