"""Runs one run in this process, from its data to its end, and writes down all that happens."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

import torch

from builder.document import Project
from runtime.compiling.beside import Beside
from runtime.compiling.whole_steps import WholeSteps
from runtime.data.prepare import PreparedSource, prepare
from runtime.events import CheckpointDue, Ended, Event, Phase, Status
from runtime.fast_path import adapt_project
from runtime.insight.doctor import Doctor
from runtime.loop import train
from runtime.runs.admission import check_project
from runtime.runs.batch_advice import advise_batch, give_free
from runtime.runs.checkpoint import load_last, save_checkpoint
from runtime.runs.command import Command
from runtime.runs.environment import compare_data, compare_environments, describe_environment, find_device, set_threads
from runtime.runs.failures import explain_failure, is_disk_full, is_out_of_memory, log_traceback
from runtime.runs.files import reserve_space
from runtime.runs.folder import RESERVED_BYTES, RunFolder
from runtime.runs.reported import list_reported
from runtime.runs.store import diagnoses
from runtime.runs.writer import RunWriter
from runtime.session import Session, with_facts
from runtime.weights.starting import start_networks

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
    is_recorded: bool = True

    def as_ended(self) -> Ended:
        """The end for somebody else to record."""
        return Ended(cast(Status, self.status), self.reason, self.advice, self.metrics)


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

    Whatever goes wrong in the run becomes its recorded end.

    Raises:
        RunBusy: Another holds its lock.
        RunError: Its folder cannot be written to.
        sqlite3.Error: Its database is damaged.
    """
    with folder.lock(), folder.open_writer() as writer:
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
        self.prepared: dict[str, PreparedSource] | None = None
        self.device: torch.device | None = None
        self.doctor: Doctor | None = None
        self.reported = ("", 0.0)

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.session.step if self.session else 0

    def work(self) -> Outcome:
        """Do it, and record how it ended."""
        failure: Exception | None = None
        try:
            self.writer.write_status("running")
            self.reserve()
            ended = self.train()
        except Left:
            ended = self.explain_leaving()
        except KeyboardInterrupt:
            ended = Ended("interrupted", "Ended at once, without saving.", "Resume it from its last checkpoint.")
        except Exception as error:
            failure = error
            ended = self.explain(error)
        step = self.step
        if failure is not None and is_out_of_memory(failure):
            ended = self.advise(ended, failure)
        failure = None
        return self.record(ended, step)

    def reserve(self) -> None:
        """Take the space again that was given free when the disk was full."""
        if not self.folder.reserve.exists():
            with suppress(OSError):
                reserve_space(self.folder.reserve, RESERVED_BYTES)

    def explain(self, error: Exception) -> Ended:
        """Say how the run failed, and keep the traceback; a disk that is full is first given some space back."""
        if is_disk_full(error):
            self.folder.reserve.unlink(missing_ok=True)
        log_traceback(self.folder.log, error)
        return explain_failure(error, self.step, self.folder.log)

    def advise(self, ended: Ended, failure: Exception) -> Ended:
        """Say which batch would fit, once what the session holds is given free."""
        if self.prepared is None or self.device is None:
            return ended
        self.session = None
        give_free(failure)
        with suppress(Exception):
            project = with_facts(self.folder.read_project(), self.prepared)
            advice = advise_batch(project, self.prepared, self.device, lambda: self.command() == "run")
            return replace(ended, advice=advice)
        return ended

    def train(self) -> Ended:
        """Prepare, begin or go on, and train."""
        project = self.folder.read_project()
        self.prepared = self.prepare(project)
        self.session = self.begin(project, self.prepared)
        self.doctor = self.call_doctor(self.session)
        ended = Ended("failed", "The training ended without a word.")
        with self.compiling(self.session):
            for event in train(self.session, self.command):
                if isinstance(event, Ended):
                    ended = event
                else:
                    self.handle(event)
                    self.session.effort.seek_ceilings()
        if self.command.interruption and ended.status == "paused":
            return replace(
                ended, status="interrupted", reason=self.command.interruption, advice="Resume it when you like."
            )
        return ended

    @contextmanager
    def compiling(self, session: Session) -> Iterator[None]:
        """Have the networks compiled while they train, or whole steps replayed, where the run is to."""
        wish = session.project.run.compiling
        if wish == "graphs":
            note = partial(self.note_replayed, session)
            session.stepper.run_whole = WholeSteps(session.machinery, self.writer.write_notice, note).run
        if wish != "on":
            yield
            return
        beside = Beside(session.machinery, self.writer.write_notice, self.note_compiled)
        session.machinery.call_network, session.between = beside.call, beside.before_step
        try:
            yield
        finally:
            beside.close()

    def note_compiled(self, step: int, is_compiled: bool) -> None:
        """Write down after how many steps compiled networks took over, or were given up."""
        known = self.folder.read_environment()
        self.folder.write_environment({**known, "compiled_from" if is_compiled else "compiled_to": step})
        if is_compiled:
            self.writer.write_notice(
                f"Compiled from step {step + 1:,} on, which changes the last digits of what follows."
            )

    def note_replayed(self, session: Session) -> None:
        """Write down from which step on whole steps are replayed."""
        self.folder.write_environment({**self.folder.read_environment(), "replayed_from": session.step})
        self.writer.write_notice(
            f"Steps are replayed as CUDA graphs from step {session.step + 1:,} on, which changes the last digits of what follows."
        )

    def call_doctor(self, session: Session) -> Doctor | None:
        """Somebody who looks after the run, and knows how it went before it was resumed. Without one it goes on as well."""
        try:
            doctor = Doctor(session.project, diagnoses(self.folder))
            if session.step:
                doctor.recall(list_reported(self.folder, doctor.patient.followed.values(), session.step))
        except Exception as error:
            log_traceback(self.folder.log, error)
            return None
        return doctor

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
        self.device = device = find_device(project.run, self.place)
        set_threads(project.run, earlier)
        adapted = adapt_project(project, prepared, device)
        session = Session.create(adapted, prepared, device)
        current = describe_environment(device, adapted.run)
        checkpoint = load_last(self.folder.checkpoints)
        if checkpoint is not None:
            changes = compare_environments(earlier, current)
            data = compare_data(project, session.project)
            for notice in (*checkpoint.notices, *filter(None, (changes, data))):
                self.writer.write_notice(notice)
            session.restore(checkpoint.tensors, checkpoint.state)
        else:
            for notice in start_networks(session.project, session.networks):
                self.writer.write_notice(notice)
        self.folder.write_environment(current)
        session.effort.know_machine(current)
        return session

    def handle(self, event: Event) -> None:
        """Write an event down; a checkpoint that is due is saved before anything else happens."""
        if isinstance(event, CheckpointDue):
            self.save(event)
        else:
            self.writer.write(event)
        self.listen(event)
        for told in self.consult(event):
            self.writer.write(told)
            self.listen(told)

    def consult(self, event: Event) -> Sequence[Event]:
        """Let the doctor hear of an event. One who fails is asked no more: no run ends because it is looked after."""
        if self.doctor is None:
            return ()
        try:
            return self.doctor.hear(event)
        except Exception as error:
            log_traceback(self.folder.log, error)
            self.doctor = None
            return ()

    def save(self, due: CheckpointDue) -> None:
        """Save a checkpoint. What was reported up to it is on disk before it."""
        assert self.session is not None
        self.writer.settle()
        state: dict[str, Any] = self.session.state()
        save_checkpoint(self.folder.checkpoints, due, self.session.tensors(), state)

    def explain_leaving(self) -> Ended:
        """How a run ended that was asked to before its first step."""
        if self.command.interruption:
            return Ended("interrupted", self.command.interruption, "Resume it when you like.")
        if self.command.word == "stop":
            return Ended("stopped", "Stopped by hand before the first step.")
        return Ended("paused", "Paused before the first step.")

    def record(self, ended: Ended, step: int) -> Outcome:
        """Record the end: with all that waits, else alone. Who started the run is told where the disk takes not even that."""
        is_recorded = True
        try:
            self.writer.write_status(ended.status, ended.reason, ended.advice, ended.metrics)
        except (sqlite3.Error, OSError) as error:
            failed = self.explain(error)
            ended = failed if ended.status != "failed" else ended
            is_recorded = self.record_alone(ended)
        self.listen(ended)
        return Outcome(ended.status, ended.reason, ended.advice, step, ended.metrics, is_recorded)

    def record_alone(self, ended: Ended) -> bool:
        """Record the end and nothing else; returns whether the disk took it."""
        try:
            self.writer.write_end_alone(ended)
        except (sqlite3.Error, OSError) as error:
            log_traceback(self.folder.log, error)
            return False
        return True
