"""The server of the soak: starts, resumes and pauses runs as it is told, and says what its readers are told.

It is forked from a process in which PyTorch is loaded already, so that two hundred deaths take minutes. What it is told is
``{"start": {"executor": ..., "seed": ...}}``, ``{"resume": run}``, ``{"pause": run}``, ``{"watch": run}``. What it says is what
one reader was told of one run, when ``events_since`` has returned and not before.
"""

from __future__ import annotations

import os
import random
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import datasets  # noqa: F401 - loaded before the fork
import sklearn.datasets  # noqa: F401
import torch  # noqa: F401

import runtime.runs.worker  # noqa: F401
from builder.document import Project
from runtime.runs import feed, supervisor
from runtime.runs.errors import RunError
from runtime.runs.project_file import change_project, read_project

READERS = 3
REST_SECONDS = 0.04
FRESH = 0.05
"""How often a reader looks at a run as if for the first time."""
STEPS = 40_000


def make_project(executor: str, seed: int) -> Project:
    """The preset that learns irises: losses, metrics, a matrix and a preview, thousands of rows in seconds."""
    settings = [f"run.seed={seed}", f"run.executor={executor}", "run.epochs=1000000", f"run.max_steps={STEPS}"]
    return change_project(read_project("mlp_iris"), [*settings, "run.threads=1"])


class SoakServer:
    """A supervisor with readers."""

    def __init__(self, channel: Connection) -> None:
        self.channel = channel
        self.watched: list[str] = []
        self.writing = threading.Lock()

    def say(self, **line: Any) -> None:
        """Say something, whole."""
        with self.writing:
            self.channel.send(line)

    def read_along(self, number: int) -> None:
        """Poll the runs that are watched, for as long as the process lives."""
        rand, cursors = random.Random(number), dict[str, str]()
        while True:
            for run in list(self.watched):
                cursor = "" if rand.random() < FRESH else cursors.get(run, "")
                try:
                    news = feed.events_since(run, cursor)
                except RunError as error:
                    self.say(error=str(error))
                    continue
                cursors[run] = news["cursor"]
                self.report(run, news)
            time.sleep(REST_SECONDS)

    def report(self, run: str, news: dict[str, Any]) -> None:
        """Say what a reader was told: rows, checkpoints, status."""
        points = [(s["split"], s["name"], s["steps"], s["values"]) for s in news["series"]]
        tables = [(table["split"], table["node"], table["step"], table["value"]) for table in news["tables"]]
        saved = [entry["step"] for entry in news["checkpoints"]]
        reason = (news["ended"] or {}).get("reason", "")
        about = {"status": news["status"], "reason": reason, "notices": news["notices"]}
        self.say(run=run, points=points, tables=tables, saved=saved, **about)

    def obey(self, line: dict[str, Any]) -> None:
        """Do what is said. Raises RunError."""
        if "start" in line:
            run = supervisor.start(make_project(**line["start"]))
            self.watched.append(run)
            self.say(started=run)
        elif "watch" in line:
            self.watched[:] = [line["watch"]]
        else:
            ((action, run),) = line.items()
            feed.control(run, action)
            self.watched[:] = [run]

    def serve(self) -> None:
        """Serve until killed."""
        supervisor.open_supervisor().open()
        for number in range(READERS):
            threading.Thread(target=self.read_along, args=(number,), daemon=True).start()
        self.say(ready=True)
        while True:
            try:
                self.obey(self.channel.recv())
            except RunError as error:
                self.say(error=str(error))


def serve(channel: Connection, home: str) -> None:
    """The life of a server process."""
    os.environ["LAYERLOOM_HOME"] = home
    SoakServer(channel).serve()
