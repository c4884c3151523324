"""Runs one run in this process, from its data to its end, and writes down all that happens."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from builder.document import Project
from runtime.data.prepare import PreparedSource, prepare
from runtime.events import CheckpointDue, Ended, Event, Phase
from runtime.loop import train
from runtime.runs.admission import check_project
from runtime.runs.checkpoint import load_last, save_checkpoint
from runtime.runs.command import Command
from runtime.runs.environment import compare_environments, describe_environment, find_device, set_threads
from runtime.runs.failures import explain_failure, is_disk_full, log_traceback
from runtime.runs.folder import RunFolder
from runtime.runs.writer import RunWriter
from runtime.session import Session, with_facts

REPORT_SECONDS = 0.25

Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and after how many steps."""

    status: str
    reason: str = ""
    advice: str = ""
    steps: int = 0
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)


class Left(Exception):
    """The run was asked to end before it had taken a step."""


def work(
    folder: RunFolder,
    command: Command | None = None,
    listen: Listener = lambda event: None,
    place: str | None = None,
) -> Outcome:
    """Train a run to its end, or until it is told otherwise, from its newest checkpoint if it has one.

    ``place`` is the device that was given to it, such as ``cuda:1``; without one it chooses itself.

    Whatever goes wrong in the run becomes its recorded end. Raises RunBusy where another holds its lock, and what SQLite
    raises where its database cannot be opened for writing.
    """
    with folder.lock(), folder.writer() as writer:
        return Worker(folder, writer, command or Command(folder.control), listen, place).work()


class Worker:
    """One stretch of work on a run."""

    def __init__(
        self, folder: RunFolder, writer: RunWriter, command: Command, listen: Listener, place: str | None = None
    ) -> None:
        self.folder = folder
        self.writer = writer
        self.command = command
        self.listen = listen
        self.place = place
        self.session: Session | None = None
        self.reported = ("", 0.0)

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.session.step if self.session else 0

    def work(self) -> Outcome:
        """Do it, and record how it ended."""
        try:
            self.writer.write_status("running")
            ended = self.train()
        except Left:
            ended = self.explain_leaving()
        except KeyboardInterrupt:
            ended = Ended("interrupted", "Ended at once, without saving.", "Resume it from its last checkpoint.")
        except Exception as error:
            log_traceback(self.folder.log, error)
            ended = explain_failure(error, self.step, self.folder.log)
            if is_disk_full(error):
                self.folder.reserve.unlink(missing_ok=True)
        self.record(ended)
        return Outcome(ended.status, ended.reason, ended.advice, self.step, ended.metrics)

    def train(self) -> Ended:
        """Prepare, begin or go on, and train."""
        project = self.folder.read_project()
        prepared = self.prepare(project)
        self.session = self.begin(project, prepared)
        ended = Ended("failed", "The training ended without a word.")
        for event in train(self.session, self.command):
            if isinstance(event, Ended):
                ended = event
            else:
                self.handle(event)
        if self.command.interruption and ended.status == "paused":
            return replace(
                ended, status="interrupted", reason=self.command.interruption, advice="Resume it when you like."
            )
        return ended

    def prepare(self, project: Project) -> dict[str, PreparedSource]:
        """Prepare the data, which can be left at every report of progress."""
        prepared = prepare(project, self.report)
        for source in prepared.values():
            for notice in source.notices:
                self.writer.write_notice(notice)
        project = with_facts(project, prepared)
        check_project(project)
        self.folder.write_project(project)
        return prepared

    def report(self, doing: str, done: float) -> None:
        """Tell how far the preparation of the data is. Raises Left where the run is asked to end."""
        if self.command() != "run":
            raise Left
        said, at = self.reported
        if doing != said or time.monotonic() - at > REPORT_SECONDS:
            self.reported = doing, time.monotonic()
            self.handle(Phase("preparing data", f"{doing} {done:.0%}" if 0 < done < 1 else doing))

    def begin(self, project: Project, prepared: dict[str, PreparedSource]) -> Session:
        """Make the session, as it was at the newest checkpoint if there is one."""
        earlier = self.folder.read_environment()
        device = find_device(project.run, self.place)
        set_threads(project.run, earlier)
        session = Session.create(project, prepared, device)
        current = describe_environment(device, session.precision)
        checkpoint = load_last(self.folder.checkpoints)
        if checkpoint is not None:
            changes = compare_environments(earlier, current)
            for notice in (*checkpoint.notices, *([changes] if changes else [])):
                self.writer.write_notice(notice)
            session.restore(checkpoint.tensors, checkpoint.state)
        self.folder.write_environment(current)
        return session

    def handle(self, event: Event) -> None:
        """Write an event down; a checkpoint that is due is saved before anything else happens."""
        if isinstance(event, CheckpointDue):
            self.save(event)
        else:
            self.writer.write(event)
        self.listen(event)

    def save(self, due: CheckpointDue) -> None:
        """Save a checkpoint. What was reported up to it is on disk before it."""
        assert self.session is not None
        self.writer.flush()
        state: dict[str, Any] = self.session.state()
        save_checkpoint(self.folder.checkpoints, due, self.session.tensors(), state)

    def explain_leaving(self) -> Ended:
        """How a run ended that was asked to before its first step."""
        if self.command.interruption:
            return Ended("interrupted", self.command.interruption, "Resume it when you like.")
        if self.command.word == "stop":
            return Ended("stopped", "Stopped by hand before the first step.")
        return Ended("paused", "Paused before the first step.")

    def record(self, ended: Ended) -> None:
        """Record the end. Where the disk takes not even that, whoever looks next finds the lock free and says so."""
        try:
            self.writer.write_status(ended.status, ended.reason, ended.advice, ended.metrics)
        except (sqlite3.Error, OSError) as error:
            log_traceback(self.folder.log, error)
        self.listen(ended)
