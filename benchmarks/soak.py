"""Kills servers and workers at random while they start, train, resume, pause and are read, and looks at what is left.

``python -m benchmarks.soak [--kills 200] [--seed 0]``
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.record import record
from benchmarks.soak_server import serve
from runtime.runs import store
from runtime.runs.checkpoint import load_last
from runtime.runs.folder import RunFolder
from runtime.runs.listing import list_runs
from runtime.runs.store import UNFINISHED, shorten

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["benchmarks.soak_server"])
TRUE_SECONDS = 5.0
START_SECONDS = 60.0
KILLS_A_RUN = 8
MORE_ROWS = 50
"""So many are told before a run is taken to train again: it passes over those that were told before it was cut."""
KINDS = {
    "server, the run inside it": ("thread", "server", 8),
    "server, the run in a process": ("process", "server", 5),
    "worker": ("process", "worker", 5),
    "server and worker": ("process", "both", 2),
}
"""What is killed: where the run trains, who dies, and how often beside the others of its kind."""
EXPLANATION = (
    "A server with a run under training and three readers polling `events_since` is killed with SIGKILL at random moments: "
    "while a run starts, trains, resumes or pauses; then the run is resumed, by a new server where the old one died. The "
    "server is a bare supervisor with readers, forked from a process that has PyTorch loaded; workers start as in the "
    "application. *Rows told* were returned to a reader (points of curves, "
    "tables, notices); *lost* are those that were gone, or had another value, after any kill or at the end. *Broken stores* "
    "fail `PRAGMA integrity_check` or have a checkpoint that is older than one a reader was told of. *Untrue* counts runs whose "
    "status was not true within five seconds of a kill; *slowest status* is the longest that it took."
)


@dataclass
class Told:
    """What readers were told of one run: it must be there for good."""

    points: dict[tuple[str, str, int], float | None] = field(default_factory=dict)
    tables: dict[tuple[str, str, int], Any] = field(default_factory=dict)
    notices: set[str] = field(default_factory=set)
    saved: int = 0
    status: str = ""
    reason: str = ""
    at: float = 0.0

    def take(self, line: dict[str, Any]) -> None:
        """Note what one answer said."""
        for split, name, steps, values in line["points"]:
            self.points.update({(split, name, step): value for step, value in zip(steps, values, strict=True)})
        self.tables.update({(split, node, step): value for split, node, step, value in line["tables"]})
        self.notices.update(line["notices"])
        self.saved = max([self.saved, *line["saved"]])
        self.status, self.reason, self.at = line["status"], line["reason"], time.monotonic()

    @property
    def num_rows(self) -> int:
        """How many rows were told."""
        return len(self.points) + len(self.tables) + len(self.notices)


class Server:
    """A server in a process of its own, and what its readers said."""

    def __init__(self, told: dict[str, Told], home: Path) -> None:
        self.told, self.started, self.errors = told, list[str](), list[str]()
        self.is_ready = threading.Event()
        self.channel, theirs = FORKS.Pipe()
        self.child = FORKS.Process(target=serve, args=(theirs, str(home)), daemon=True)
        self.child.start()
        theirs.close()
        self.ear = threading.Thread(target=self.hear, daemon=True)
        self.ear.start()
        wait_until(self.is_ready.is_set, START_SECONDS)

    def hear(self) -> None:
        """Note what the server says; what it said half when it was killed was told to nobody."""
        with suppress(EOFError, OSError):
            while True:
                line = self.channel.recv()
                if "run" in line:
                    self.told.setdefault(line["run"], Told()).take(line)
                elif "started" in line:
                    self.started.append(line["started"])
                elif "ready" in line:
                    self.is_ready.set()
                else:
                    self.errors.append(line["error"])

    def tell(self, **line: Any) -> None:
        """Tell the server what to do."""
        self.channel.send(line)

    def kill(self) -> None:
        """End it without a word, and note everything that it had said."""
        self.child.kill()
        self.child.join()
        self.ear.join()
        self.channel.close()


def wait_until(condition: Any, seconds: float) -> bool:
    """Wait for something; returns whether it came."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def find_workers(home: Path) -> list[int]:
    """The processes of workers under a home folder, whoever is their parent now."""
    mark, found = f"LAYERLOOM_HOME={home}".encode(), []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
            if b"worker" in words and b"runtime" in words and mark in (place / "environ").read_bytes().split(b"\0"):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def is_alive(pid: int) -> bool:
    """Whether a process has not ended yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Soak:
    """One long storm over one folder of runs."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home, self.rand, self.seed = home, random.Random(seed), seed
        self.told: dict[str, Told] = {}
        self.lost: set[tuple[Any, ...]] = set()
        self.broken: set[str] = set()
        self.kinds, self.moments = Counter[str](), Counter[str]()
        self.untrue: list[str] = []
        self.slowest = 0.0
        self.server: Server | None = None
        self.run, self.executor, self.deaths = "", "", 0

    def open_server(self) -> Server:
        """The server that lives, or a new one."""
        if self.server is None:
            self.server = Server(self.told, self.home)
        return self.server

    def folder(self, run: str) -> RunFolder:
        """Where a run lies."""
        return RunFolder(self.home / "runs" / run)

    def strike(self) -> None:
        """Get a run going, kill, and look at everything."""
        moment = self.rand.choices(["starting", "training", "pausing"], [3, 6, 1])[0]
        self.set_going(moment)
        time.sleep(self.rand.uniform(0, 1.2))
        kinds = [kind for kind, (executor, _, _) in KINDS.items() if executor == self.executor]
        kind = self.rand.choices(kinds, [KINDS[kind][2] for kind in kinds])[0]
        self.kill(KINDS[kind][1])
        self.kinds[kind] += 1
        self.moments[moment] += 1
        self.check(self.run)

    def set_going(self, moment: str) -> None:
        """Start or resume a run, and wait for it as far as the moment asks."""
        if not self.run or self.deaths >= KILLS_A_RUN or self.status(self.run) == "finished":
            self.start()
        elif self.status(self.run) in UNFINISHED:
            self.open_server().tell(watch=self.run)
        else:
            self.open_server().tell(resume=self.run)
        self.deaths += 1
        if moment == "starting":
            return
        told = self.told[self.run]
        count = told.num_rows
        wait_until(lambda: told.num_rows > count + MORE_ROWS, START_SECONDS)
        if moment == "pausing":
            self.open_server().tell(pause=self.run)

    def start(self) -> None:
        """Start a new run, once the last one is stopped for good."""
        self.leave_run()
        server = self.open_server()
        count = len(server.started)
        self.executor = self.rand.choices(["thread", "process"], [2, 1])[0]
        server.tell(start={"executor": self.executor, "seed": self.seed + len(self.told)})
        assert wait_until(lambda: len(server.started) > count, START_SECONDS), f"No run was made: {server.errors}"
        self.run, self.deaths = server.started[-1], 0
        self.told.setdefault(self.run, Told())

    def leave_run(self) -> None:
        """Have the run that goes on stop for good."""
        if self.run and self.status(self.run) in UNFINISHED:
            self.open_server().tell(stop=self.run)
            wait_until(lambda: self.status(self.run) not in UNFINISHED, START_SECONDS)

    def status(self, run: str) -> str:
        """The status of a run as a shell would show it."""
        table = list_runs(self.home / "runs")
        return str(table.set_index("id")["status"].get(run, ""))

    def kill(self, victim: str) -> None:
        """Kill, and wait until the status of the run is true."""
        assert self.server is not None
        workers = find_workers(self.home) if victim != "server" else []
        started = time.monotonic()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        if victim != "worker":
            self.server.kill()
            self.server = None
        wait_until(lambda: not any(map(is_alive, workers)), TRUE_SECONDS)
        is_true = wait_until(lambda: self.is_true(started), 4 * TRUE_SECONDS)
        took = time.monotonic() - started
        self.slowest = max(self.slowest, took)
        if not is_true or took > TRUE_SECONDS:
            self.untrue.append(f"{self.run}, {victim}: {self.status(self.run)} after {took:.1f} s")
            print(self.untrue[-1], flush=True)

    def is_true(self, since: float) -> bool:
        """Whether the run is told to be what it is, now that whoever trained it has gone.

        A run that is told to be running has a worker that lives. Where the server lives, its readers are told the same.
        """
        status = self.status(self.run)
        is_trained = self.folder(self.run).is_locked()
        if status == "running" and not (is_trained and self.server is not None and find_workers(self.home)):
            return False
        if self.server is None:
            return not is_trained
        return self.told[self.run].at > since and self.told[self.run].status == status

    def check(self, run: str) -> None:
        """Compare what is left of a run with what was told of it."""
        folder, told = self.folder(run), self.told.get(run, Told())
        try:
            with sqlite3.connect(f"file:{folder.database}?mode=ro", uri=True, timeout=10) as connection:
                if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                    self.broken.add(run)
            connection.close()
            self.compare(folder, told)
            saved = load_last(folder.checkpoints)
            if (saved.step if saved else 0) < told.saved:
                self.broken.add(run)
        except Exception as error:
            print(f"{run}: {type(error).__name__}: {error}", flush=True)
            self.broken.add(run)

    def compare(self, folder: RunFolder, told: Told) -> None:
        """Look for every row that was told."""
        curves, tables = store.scalars(folder), store.tables(folder)
        columns = curves[["split", "name", "step", "value"]].itertuples(index=False, name=None)
        points = {(split, name, step): shorten(value) for split, name, step, value in columns}
        kept = {(split, node, step): value for step, split, node, value in tables.itertuples(index=False, name=None)}
        notices = set(store.notices(folder))
        missing = object()
        self.lost |= {(folder.id, *key) for key, value in told.points.items() if points.get(key, missing) != value}
        self.lost |= {(folder.id, *key) for key, value in told.tables.items() if kept.get(key, missing) != value}
        self.lost |= {(folder.id, notice) for notice in told.notices if notice not in notices}

    def close(self) -> None:
        """End what lives, and look at every run once more."""
        if self.server is not None:
            self.server.kill()
            self.server = None
        wait_until(lambda: not find_workers(self.home), START_SECONDS)
        for run in self.told:
            self.check(run)

    def describe(self, seconds: float) -> dict[str, Any]:
        """A row of the result."""
        return {
            "seed": self.seed,
            "kills": self.kinds.total(),
            **dict(sorted(self.kinds.items())),
            "while": ", ".join(f"{moment} {count}" for moment, count in sorted(self.moments.items())),
            "runs": len(self.told),
            "rows told": f"{sum(told.num_rows for told in self.told.values()):,}",
            "lost": len(self.lost),
            "broken stores": len(self.broken),
            "untrue": len(self.untrue),
            "slowest status": f"{self.slowest:.2f} s",
            "minutes": round(seconds / 60, 1),
        }


def storm(kills: int, seed: int, home: Path) -> Soak:
    """So many kills over a folder of runs."""
    os.environ["LAYERLOOM_HOME"] = str(home)
    soak, started = Soak(home, seed), time.monotonic()
    try:
        for number in range(kills):
            soak.strike()
            if number % 10 == 9:
                print(json.dumps(soak.describe(time.monotonic() - started)), flush=True)
    finally:
        soak.close()
    return soak


def main() -> int:
    """Run the storm and write down what it left. Returns 1 where anything was lost, broken or untrue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        soak = storm(options.kills, options.seed, Path(home))
    row = soak.describe(time.monotonic() - started)
    record("soak", [row], "seed", EXPLANATION)
    print(json.dumps(row))
    return int(bool(soak.lost or soak.broken or soak.untrue))


if __name__ == "__main__":
    sys.exit(main())
