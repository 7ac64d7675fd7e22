"""``make servers``: kill Prefect servers under real runs, at random moments, and see how each run ends.

In each round two ``counterclaim run`` processes write to one warehouse: the one waits for the lock of the other. Both
use a server that lasts, which is killed and started again some time later or never, or each has a server of its own
and that of the first is killed. Each run has to end within two minutes of what disturbed it, with its documents stored
or a message why not, and in a state that says the same where the server answers. Writes what was seen as JSON; exits 1
if a promise broke.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows.runtime.server import PrefectServer
from tests.writer_processes import WRITER_VARIABLE, _make_distinct_words, find_living_processes
from warehouse.maintenance.verification import verify_tables
from warehouse.storage.store import Store

ROOT = Path(__file__).parents[2]
DOCUMENTS, SENTENCES = 40, 25
MAX_END_SECONDS = 120
"""seconds in which a run must end after its server was killed, or after the run before it ended"""
MAX_RESTART_SECONDS = 25.0
"""seconds until a server is started again, at most; one in four never is"""
MESSAGES = ("stopped answering before the run began", "No Prefect server answers")
"""messages of a run that could not begin"""


@dataclass
class SharedServer:
    """A server shared by the runs that can be killed and restarted on the same port and database."""

    home: Path
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    @property
    def api(self) -> PrefectServer:
        """The API of the server."""
        return PrefectServer(f"http://127.0.0.1:{self.port}/api")

    def start(self) -> None:
        """Start the server, unless it runs; it answers some time later."""
        if self.process is not None and self.process.poll() is None:
            return
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(self.port)]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=make_environment(self.home), stdout=log, stderr=log
            )

    def await_ready(self) -> None:
        """Start the server and wait until it answers."""
        deadline = time.monotonic() + 300
        while not self.api.is_answering():
            self.start()
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.5)

    def kill(self) -> None:
        """Kill the server."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def make_environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process whose Prefect keeps its state in a folder."""
    kept = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    return kept | {"PREFECT_HOME": str(home), "PYTHONPATH": str(ROOT)} | more


def write_corpus(path: Path, name: str) -> None:
    """Write a corpus of distinct articles that takes some seconds to extract."""
    lines = []
    for number in range(DOCUMENTS):
        said = _make_distinct_words(f"{name} {number}").split()
        text = " ".join(
            f"The {word} mayor of Lomen denied on Monday that the union had accused General Haftar of theft."
            for word in said[:SENTENCES]
        )
        lines.append(json.dumps({"id": f"{name}-{number}", "text": text, "published_at": "2026-11-01"}))
    path.write_text("\n".join(lines), encoding="utf-8")


@dataclass
class RunProcess:
    """A real run over a corpus of its own, and how it ended."""

    folder: Path
    name: str
    address: str | None
    process: subprocess.Popen[bytes] = field(init=False)
    ended: float | None = None

    def __post_init__(self) -> None:
        """Write the corpus and start the run."""
        write_corpus(self.corpus, self.name)
        command = [sys.executable, "-m", "flows.cli", "run", str(self.corpus)]
        options = ["--warehouse", str(self.folder / "data"), "--workers", "2", "--batch-size", "5"]
        address = {"PREFECT_API_URL": self.address} if self.address else {}
        own = make_environment(
            self.folder / f"prefect-{self.name[0]}", **address, **{WRITER_VARIABLE: str(self.corpus)}
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*command, *options], env=own, stdout=log, stderr=log)

    @property
    def corpus(self) -> Path:
        """The corpus file of the run."""
        return self.folder / f"{self.name}.jsonl"

    @property
    def log(self) -> Path:
        """The log file of the run."""
        return self.folder / f"{self.name}.log"

    @property
    def code(self) -> int | None:
        """The exit code; None while the run is active."""
        if (code := self.process.poll()) is not None and self.ended is None:
            self.ended = time.monotonic()
        return code

    @property
    def is_extracting(self) -> bool:
        """True once the run has begun to extract."""
        return b"to extract" in self.log.read_bytes()

    def find_server(self) -> int | None:
        """Return the process id of the server of the run; None if it has none yet."""
        for pid in find_living_processes(self.corpus):
            if b"flows.runtime.server_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        return None


@dataclass
class ServerKills:
    """Kills of servers during runs, and their outcome."""

    folder: Path
    choice: random.Random
    shared: SharedServer
    kills: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    """seconds between a disturbance and the end of the run, at most"""
    wrong: list[str] = field(default_factory=list)

    def run_round(self, number: int, kind: str) -> None:
        """Kill a server during two runs at a random moment, and record how the runs end."""
        address = None
        if kind == "shared":
            self.shared.await_ready()
            address = self.shared.api.address
        runs = [RunProcess(self.folder, f"{name}{number}", address) for name in "ab"]
        moment = self.choice.uniform(-15, 15)
        self.await_moment(runs, moment)
        killed = time.monotonic()
        again = self.choice.choice([None, *(self.choice.uniform(0, MAX_RESTART_SECONDS) for _ in range(3))])
        self.kill_server(runs[0], kind)
        label = f"round {number}, {kind}, {moment:+.0f} s, again after {again and round(again)}"
        while any(run.code is None for run in runs):
            now = time.monotonic()
            if kind == "shared" and again is not None and now > killed + again:
                self.shared.start()
            last = max([killed, *(run.ended for run in runs if run.ended)])
            if now > last + MAX_END_SECONDS:
                self.wrong.append(f"{label}: a run did not end")
                break
            time.sleep(0.2)
        self.record_ends(runs, label, killed)

    def await_moment(self, runs: list[RunProcess], moment: float) -> None:
        """Wait until ``moment`` seconds after one of the runs begins to extract; negative is an estimate before it."""
        began = time.monotonic()
        while moment >= 0 and not any(run.is_extracting or run.code is not None for run in runs):
            assert time.monotonic() < began + 300, "no run begins to extract"
            time.sleep(0.1)
        time.sleep(moment if moment >= 0 else 15 + moment)

    def kill_server(self, run: RunProcess, kind: str) -> None:
        """Kill the shared server, or the server of the run."""
        self.kills[kind] += 1
        if kind == "shared":
            self.shared.kill()
        else:
            while (server := run.find_server()) is None and run.code is None:
                time.sleep(0.1)
            if server is not None:
                os.kill(server, signal.SIGKILL)

    def record_ends(self, runs: list[RunProcess], label: str, killed: float) -> None:
        """Record how the runs ended, and kill those that did not end."""
        before = killed
        for run in sorted(runs, key=lambda run: run.ended or float("inf")):
            end = "no end" if run.code is None else f"exit {run.code}"
            if run.ended is not None:
                self.slowest = max(self.slowest, run.ended - max(before, killed))
                before = run.ended
            if complaint := self.find_fault(run):
                self.wrong.append(f"{label}: {run.name}: {end}: {complaint}")
            self.ends[f"{end}, {self.get_server_state(run)}"] += 1
        for run in runs:
            for pid in find_living_processes(run.corpus):
                self.wrong += [] if run.code is None else [f"{label}: {run.name} left a process running"]
                os.kill(pid, signal.SIGKILL)
        self.wrong += [f"{label}: {problem}" for problem in verify_tables(self.folder / "data")]
        print(f"{label}: {[run.code for run in runs]}, wrong: {self.wrong}", flush=True)

    def find_fault(self, run: RunProcess) -> str | None:
        """Return what is wrong with the end of a run; None if nothing is."""
        said = run.log.read_text(encoding="utf-8")
        sources = Store(self.folder / "data").read("documents", ["source_uri"])["source_uri"].to_pylist()
        stored = sum(source.startswith(f"{run.corpus}#") for source in sources)
        if "Traceback" in said:
            return f"a traceback: {said[-300:]}"
        if run.code == 0:
            return None if stored == DOCUMENTS else f"{stored} documents stored"
        if run.code == 1 and any(message in said for message in MESSAGES):
            return None if stored == 0 else f"{stored} documents stored, though it says none"
        return said[-300:]

    def get_server_state(self, run: RunProcess) -> str:
        """Return the state of a run on the server; record a fault if a run that published is not Completed."""
        if run.address is None or not self.shared.api.is_answering():
            return "no server to ask"
        found = self.shared.api.request_json("/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 10})
        states = [row["state_name"] for row in found if row["name"].startswith(run.corpus.name)]
        if run.code == 0 and states != ["Completed"]:
            self.wrong.append(f"{run.name} has published, and its states are {states}")
        return states[0] if states else "unknown to the server"


@contextmanager
def open_shared_server(folder: Path) -> Iterator[SharedServer]:
    """Yield a server that is not started yet; it is killed at the end of the block."""
    home = folder / "prefect-shared"
    home.mkdir()
    shared = SharedServer(home)
    try:
        yield shared
    finally:
        shared.kill()


def measure_server_kills(kinds: list[str], seed: int) -> dict[str, Any]:
    """Kill a server in each round, of the given kinds in turn, and return the outcome."""
    with TemporaryDirectory() as name, open_shared_server(Path(name)) as shared:
        servers = ServerKills(Path(name), random.Random(seed), shared)
        for number, kind in enumerate(kinds):
            servers.run_round(number, kind)
    return {
        "kills": dict(servers.kills),
        "runs": servers.ends.total(),
        "ends": dict(sorted(servers.ends.items())),
        "slowest_seconds": round(servers.slowest, 1),
        "limit_seconds": MAX_END_SECONDS,
        "seed": seed,
        "wrong": servers.wrong,
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks" / "servers.json")
    given = parser.parse_args()
    report = measure_server_kills(
        [("shared", "own")[number % 3 == 2] for number in range(given.kills)], given.seed
    )
    given.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return int(bool(report["wrong"]))


if __name__ == "__main__":
    raise SystemExit(main())
