"""Watches over the runs of this server: a background thread owns each one and records how it ended if it cannot itself.

A run that is started waits in the queue until its device is free. The turn of the next one comes when a run ends, when the queue
changes, and within a second of anything that another process does.
"""

from __future__ import annotations

import atexit
import shutil
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path

from builder.document import Project
from runtime.events import Ended
from runtime.runs.control import Action, ask_run, await_parting, clear_for_resume
from runtime.runs.devices import Devices, Slot
from runtime.runs.errors import RunBusy, RunError
from runtime.runs.executors import Execution, ProcessExecution, ThreadExecution, WarmWorker
from runtime.runs.folder import RunFolder, create_run, find_run
from runtime.runs.folding import list_folds
from runtime.runs.queue import Place, Queue, read_wishes
from runtime.runs.recovery import CUT, record_end, recover_all
from runtime.runs.repeating import list_repeats
from runtime.runs.store import UNFINISHED, read_status

CLOSING_SECONDS = 15.0
LOOK_SECONDS = 0.5


class Supervisor:
    """Starts runs, and knows which ones it started. Everything else about a run is read from its folder.

    Args:
        runs: the folder of the runs.
        devices: what they train on, in PyTorch's words, where it is not what this computer has.
    """

    def __init__(self, runs: Path | None = None, devices: tuple[str, ...] | None = None) -> None:
        self.runs = runs
        self.queue = Queue(runs, Devices(runs, devices))
        self.warm = WarmWorker()
        self.guard = threading.Lock()
        self.turns = threading.Lock()
        self.closed = threading.Event()
        self.owned: dict[str, tuple[threading.Thread, Execution]] = {}

    def start(self, project: Project, name: str | None = None, parent: str | None = None) -> str:
        """Have the project trained as soon as its device is free, and return the run's id at once.

        Raises:
            RunRefused: the project has errors.
        """
        from runtime.runs.admission import admit

        admit(project)
        folder = create_run(project, name, parent, self.runs)
        self.enqueue([folder.id])
        return folder.id

    def repeat(self, project: Project, count: int, name: str | None = None, parent: str | None = None) -> list[str]:
        """Have the project trained with so many seeds, counted up from its own. Returns the ids of the runs.

        Raises:
            RunError: it cannot be repeated so many times, or the disk does not take all the runs; then there is none of them.
            RunRefused: the project has errors.
        """
        return self.start_all(project, *list_repeats(project, count, name), parent)

    def cross_validate(
        self, project: Project, count: int, name: str | None = None, parent: str | None = None
    ) -> list[str]:
        """Have the project trained once for each of so many folds of its data. Returns the ids of the runs.

        Raises:
            RunError: it cannot be divided into so many, or the disk does not take all the runs; then there is none of them.
            RunRefused: the project has errors.
        """
        return self.start_all(project, *list_folds(project, count, name), parent)

    def start_all(
        self, project: Project, variants: list[tuple[Project, str]], group: str, parent: str | None
    ) -> list[str]:
        """Have variants of a project trained under their names, all or none of them."""
        from runtime.runs.admission import admit

        admit(project)
        made: list[RunFolder] = []
        try:
            with self.queue.locked():
                for variant, called in variants:
                    made.append(create_run(variant, called, parent, self.runs, group=group))
        except BaseException:
            for folder in made:
                shutil.rmtree(folder.path, ignore_errors=True)
            raise
        ids = [folder.id for folder in made]
        self.enqueue(ids)
        return ids

    def resume(self, run: str) -> None:
        """Let a run go on from its newest checkpoint, when its turn comes.

        Raises:
            RunBusy: it goes on already, or waits for that.
            RunError: it has finished.
        """
        folder = find_run(run, self.runs)
        await_parting(folder, lambda: run in self.owned or self.queue.devices.has_run(run))
        with self.queue.locked():
            if run in self.owned or self.queue.devices.has_run(run) or read_status(folder) == "queued":
                raise RunBusy(f'The run "{run}" is already being worked on, or waits for its turn.')
            clear_for_resume(folder)
            self.queue.add([run])
        self.dispatch()

    def enqueue(self, runs: list[str]) -> None:
        """Put new runs at the end of the queue. They wait there too where their place cannot be written down."""
        with suppress(RunError, OSError), self.queue.locked():
            self.queue.add(runs)
        self.dispatch()

    def move(self, run: str, to: Place) -> None:
        """Give a waiting run another place in the queue. Raises RunError."""
        self.queue.move(run, to)

    def dispatch(self) -> None:
        """Begin every waiting run for which a device is free, in their order. What hinders it now is tried again later."""
        with self.turns, suppress(RunError, OSError):
            if self.closed.is_set() or not self.queue.queued():
                return
            self.begin_all()

    def begin_all(self) -> None:
        """Begin what can begin. Raises RunBusy where another process holds the queue."""
        with self.queue.locked():
            for folder in self.queue.waiting():
                slot = self.queue.take_turn(folder) if self.has_room(folder) else None
                if slot is not None:
                    self.launch(folder, slot)

    def has_room(self, folder: RunFolder) -> bool:
        """Whether this server could train a run now, if its device is free.

        Inside the server one run trains at a time, whatever the devices: PyTorch has one random generator a process, and two
        runs that draw from it would not be repeatable.
        """
        is_inside = read_wishes(folder)[1] == "thread"
        with self.guard:
            others = [execution for _, execution in self.owned.values()]
            return folder.id not in self.owned and not (
                is_inside and any(isinstance(other, ThreadExecution) for other in others)
            )

    def launch(self, folder: RunFolder, slot: Slot) -> None:
        """Let a thread of its own own a run from now on."""
        is_inside = read_wishes(folder)[1] == "thread"
        execution: Execution = ThreadExecution() if is_inside else ProcessExecution(self.warm)
        thread = threading.Thread(target=self.own, args=(folder, execution, slot), name=f"run-{folder.id}", daemon=True)
        with self.guard:
            self.owned[folder.id] = thread, execution
        thread.start()

    def own(self, folder: RunFolder, execution: Execution, slot: Slot) -> None:
        """The life of a run, from its turn to what is recorded of its end. Then it is the turn of the next one."""
        ended: Ended | None = None
        try:
            ended = execution.run(folder, slot)
        except Exception as error:
            ended = Ended("failed", f"The run could not be worked on: {error}")
        finally:
            self.conclude(folder, ended or CUT, execution)
            slot.release()
            with self.guard:
                del self.owned[folder.id]
            self.dispatch()

    def conclude(self, folder: RunFolder, ended: Ended, execution: Execution) -> None:
        """Record the end of a run that did not do it itself. What can be neither recorded nor read is told on the screen.

        A run that had not begun when the server was closed goes on waiting.
        """
        with suppress(Exception):
            record_end(folder, ended, ("running",) if execution.is_interrupted and self.closed.is_set() else UNFINISHED)

    def pause(self, run: str) -> None:
        """Have a run save itself and end, to go on later; one that waits leaves the queue. Raises RunError."""
        self.ask(run, "pause")

    def stop(self, run: str) -> None:
        """Have a run save itself and end; one that waits leaves the queue. Raises RunError where it has ended already."""
        self.ask(run, "stop")

    def ask(self, run: str, action: Action) -> None:
        """Ask a run for something."""
        ask_run(find_run(run, self.runs), action, self.queue, run in self.owned)

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

    def open(self) -> None:
        """Let the runs go on that waited when the last server ended, and follow what other processes do from now on."""
        self.dispatch()
        threading.Thread(target=self.follow, name="run-queue", daemon=True).start()

    def follow(self) -> None:
        """The work of a thread until the server closes: to see whose turn has come."""
        seen, waits = self.queue.stamp(), True
        while not self.closed.wait(LOOK_SECONDS):
            stamp = self.queue.stamp()
            if waits or stamp != seen:
                with suppress(Exception):  # a folder that cannot be read now may be readable in a moment
                    self.dispatch()
                    waits = bool(self.queue.queued())
            seen = stamp

    def close(self) -> None:
        """Have every run save itself and end, as far as that takes seconds and not minutes. Those that wait go on waiting."""
        self.closed.set()
        with self.turns, self.guard:
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
    """Have a project trained and return the run's id. Raises RunRefused where the project has errors."""
    return open_supervisor().start(project, name, parent)


def repeat(project: Project, count: int, name: str | None = None, parent: str | None = None) -> list[str]:
    """Have a project trained with several seeds and return the runs' ids. Raises RunError."""
    return open_supervisor().repeat(project, count, name, parent)


def cross_validate(project: Project, count: int, name: str | None = None, parent: str | None = None) -> list[str]:
    """Have a project trained once for each fold of its data and return the runs' ids. Raises RunError."""
    return open_supervisor().cross_validate(project, count, name, parent)


def pause(run: str) -> None:
    """Pause a run. Raises RunError."""
    open_supervisor().pause(run)


def stop(run: str) -> None:
    """Stop a run. Raises RunError."""
    open_supervisor().stop(run)


def resume(run: str) -> None:
    """Resume a run. Raises RunError."""
    open_supervisor().resume(run)


def move(run: str, to: Place) -> None:
    """Give a waiting run another place in the queue. Raises RunError."""
    open_supervisor().move(run, to)


def status(run: str) -> str:
    """The status of a run. Raises RunNotFound."""
    return open_supervisor().status(run)


def active() -> list[str]:
    """The runs that this server is training now."""
    return open_supervisor().active()
