"""Watches over the runs of this server: a background thread owns each one and records how it ended if it cannot itself."""

from __future__ import annotations

import atexit
import shutil
import threading
from functools import cache
from pathlib import Path

from builder.document import Project
from runtime.events import Ended
from runtime.runs.control import ask_run, clear_for_resume
from runtime.runs.errors import RunBusy, RunRefused
from runtime.runs.executors import Execution, ProcessExecution, ThreadExecution, WarmWorker
from runtime.runs.folder import RunFolder, create_run, find_run
from runtime.runs.recovery import CUT, record_end, recover_all
from runtime.runs.store import UNFINISHED, read_status

CLOSING_SECONDS = 15.0
OCCUPIED = "Another run is being trained inside the server, which trains one at a time."
OCCUPIED_ADVICE = (
    "Wait until it has ended, stop it, or let this one run in a process of its own (run.executor: process)."
)


class Supervisor:
    """Starts runs, and knows which ones it started. Everything else about a run is read from its folder."""

    def __init__(self, runs: Path | None = None) -> None:
        self.runs = runs
        self.warm = WarmWorker()
        self.guard = threading.Lock()
        self.owned: dict[str, tuple[threading.Thread, Execution]] = {}

    def start(self, project: Project, name: str | None = None, parent: str | None = None) -> str:
        """Start a run of the project and return its id at once.

        Raises:
            RunRefused: the project has errors, or is to train inside the server where another run does.
        """
        from runtime.runs.admission import admit

        admit(project)
        folder = create_run(project, name, parent, self.runs)
        try:
            thread = self.claim(folder, project.run.executor)
        except RunRefused:
            shutil.rmtree(folder.path)
            raise
        thread.start()
        return folder.id

    def resume(self, run: str) -> None:
        """Let a run go on from its newest checkpoint. Raises RunError where it is going on or has finished."""
        folder = find_run(run, self.runs)
        thread = self.claim(folder, folder.read_project().run.executor)
        try:
            clear_for_resume(folder)
        except BaseException:
            self.let_go(folder, thread)
            raise
        thread.start()

    def claim(self, folder: RunFolder, executor: str) -> threading.Thread:
        """Reserve a run for a thread that will own it, before anything is done for it: of two who ask at once one is refused.

        Inside the server one run trains at a time: PyTorch has one random generator a process, and two runs that draw from
        it would not be repeatable.

        Raises:
            RunBusy: the run has an owner.
            RunRefused: another run trains inside the server.
        """
        execution: Execution = ThreadExecution() if executor == "thread" else ProcessExecution(self.warm)
        thread = threading.Thread(target=self.own, args=(folder, execution), name=f"run-{folder.id}", daemon=True)
        with self.guard:
            if folder.id in self.owned:
                raise RunBusy(f'The run "{folder.id}" is already being worked on.')
            if executor == "thread" and any(isinstance(other, ThreadExecution) for _, other in self.owned.values()):
                raise RunRefused(OCCUPIED, OCCUPIED_ADVICE)
            self.owned[folder.id] = thread, execution
        return thread

    def let_go(self, folder: RunFolder, thread: threading.Thread) -> None:
        """End what a thread owns, and nothing that another one does."""
        with self.guard:
            if folder.id in self.owned and self.owned[folder.id][0] is thread:
                del self.owned[folder.id]

    def own(self, folder: RunFolder, execution: Execution) -> None:
        """The life of a run, from its start to what is recorded of its end."""
        ended: Ended | None = None
        try:
            ended = execution.run(folder)
        except Exception as error:
            ended = Ended("failed", f"The run could not be worked on: {error}")
        finally:
            self.conclude(folder, ended or CUT)
            self.let_go(folder, threading.current_thread())

    def conclude(self, folder: RunFolder, ended: Ended) -> None:
        """Record the end of a run that did not do it itself. What can be neither recorded nor read is told on the screen."""
        try:
            record_end(folder, ended, UNFINISHED)
        except Exception:
            return

    def pause(self, run: str) -> None:
        """Have a run save itself and end, to go on later. Raises RunError where it is not running."""
        ask_run(find_run(run, self.runs), "pause", run in self.owned)

    def stop(self, run: str) -> None:
        """Have a run save itself and end. Raises RunError where it has ended already."""
        ask_run(find_run(run, self.runs), "stop", run in self.owned)

    def status(self, run: str) -> str:
        """The status of a run."""
        return read_status(find_run(run, self.runs))

    def active(self) -> list[str]:
        """The runs that this server is training now."""
        with self.guard:
            return sorted(self.owned)

    def warm_up(self) -> None:
        """Have a worker stand by, so that the next run starts at once."""
        self.warm.prepare()

    def recover(self) -> list[str]:
        """Mark runs that were cut while nobody looked. Returns their ids."""
        return recover_all(self.runs, frozenset(self.active()))

    def close(self) -> None:
        """Have every run save itself and end, as far as that takes seconds and not minutes."""
        with self.guard:
            owned = list(self.owned.values())
        for _, execution in owned:
            execution.interrupt()
        for thread, _ in owned:
            if thread.is_alive():
                thread.join(CLOSING_SECONDS)
        self.warm.close()


@cache
def open_supervisor() -> Supervisor:
    """The one supervisor of this server. The first call marks the runs that were cut since the last time."""
    supervisor = Supervisor()
    supervisor.recover()
    atexit.register(supervisor.close)
    return supervisor


def start(project: Project, name: str | None = None, parent: str | None = None) -> str:
    """Start a run and return its id. Raises RunRefused where the project has errors."""
    return open_supervisor().start(project, name, parent)


def pause(run: str) -> None:
    """Pause a run. Raises RunError."""
    open_supervisor().pause(run)


def stop(run: str) -> None:
    """Stop a run. Raises RunError."""
    open_supervisor().stop(run)


def resume(run: str) -> None:
    """Resume a run. Raises RunError."""
    open_supervisor().resume(run)


def status(run: str) -> str:
    """The status of a run. Raises RunNotFound."""
    return open_supervisor().status(run)


def active() -> list[str]:
    """The runs that this server is training now."""
    return open_supervisor().active()
