"""A run in the foreground of a shell: progress as lines, how it ended as one line of JSON."""

from __future__ import annotations

import math
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from runtime.events import Event, Phase, Progress, Scalars
from runtime.runs.command import Command
from runtime.runs.devices import Slot, find_fitting, kind_of, name_devices
from runtime.runs.errors import RunBusy, RunError
from runtime.runs.folder import RunFolder
from runtime.runs.process import TOLD_TO_END
from runtime.runs.queue import Queue
from runtime.runs.turns import describe_holder
from runtime.runs.worker import Outcome, work
from runtime.runs.writer import to_json

LINE_SECONDS = 1.0
LOOK_SECONDS = 0.1
GOOD_ENDS = ("finished", "paused", "stopped")


@contextmanager
def wait_for_device(name: Callable[[], str], wish: str, runs: Path | None = None) -> Iterator[Slot]:
    """Have a device for a run of this shell, which has the next turn, before the runs that wait in a server's queue.

    Args:
        name: gives its id when its turn has come, so that a new one is named after the moment in which it begins.
        wish: the device that it asks for.
        runs: the folder of all runs.

    Raises:
        RunBusy: a server is about to train this run.
    """
    queue = Queue(runs)
    fitting = find_fitting(wish, queue.devices.names)
    slot = take_one(queue, fitting, name)
    if slot is None:
        holder = describe_holder(queue, fitting)
        print(f"Waiting for {name_devices(fitting)}, where {holder} is being trained. Ctrl-C gives up.", flush=True)
        turn = queue.devices.reserve(kind_of(fitting[0]))
        turn.acquire(math.inf)
        with turn:
            while slot is None:
                time.sleep(LOOK_SECONDS)
                slot = take_one(queue, fitting, name)
    with slot:
        yield slot


def take_one(queue: Queue, fitting: list[str], name: Callable[[], str]) -> Slot | None:
    """One of several devices for a run; None where none of them is free."""
    with queue.locked():
        run = name()
        if queue.devices.has_run(run):
            raise RunBusy(f'The run "{run}" is already being worked on.', "Stop it there first.")
        slots = (queue.devices.take(device, run) for device in fitting)
        return next((slot for slot in slots if slot is not None), None)


def train_here(folder: RunFolder, place: str | None = None) -> int:
    """Train a run and print what happens. Ctrl-C stops it in good order, a second one at once. Returns the exit code."""
    command = Command(folder.control)
    handle_signals(folder, command)
    print(f"Run {folder.id} in {folder.path}", flush=True)
    try:
        outcome = work(folder, command, Reporter().hear, place)
    except (sqlite3.Error, OSError) as error:
        raise RunError(f"The folder of the run cannot be written to: {error}.") from error
    if outcome.reason:
        good = outcome.status in GOOD_ENDS
        print(f"{outcome.reason} {outcome.advice}".strip(), file=sys.stdout if good else sys.stderr, flush=True)
    print(summarise(folder, outcome), flush=True)
    return 0 if outcome.status in GOOD_ENDS else 1


def handle_signals(folder: RunFolder, command: Command) -> None:
    """Ctrl-C stops the run as the button would; being told to end by the system interrupts it."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        folder.write_control("stop")

    def interrupt(number: int, frame: FrameType | None) -> None:
        command.interrupt(TOLD_TO_END)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, interrupt)


def summarise(folder: RunFolder, outcome: Outcome) -> str:
    """How a run ended, as one line of JSON."""
    summary = {"status": outcome.status, "folder": str(folder.path), "steps": outcome.steps, "metrics": outcome.metrics}
    return to_json(summary if outcome.status in GOOD_ENDS else {**summary, "reason": outcome.reason})


class Reporter:
    """Prints a line now and then."""

    def __init__(self) -> None:
        self.losses: dict[str, float] = {}
        self.printed = 0.0
        self.phase = ""

    def hear(self, event: Event) -> None:
        """Take in what the run reports."""
        if isinstance(event, Scalars):
            self.hear_scalars(event)
        elif isinstance(event, Phase) and event.name == "preparing data" and event.detail != self.phase:
            self.phase = event.detail
            print(f"preparing data: {event.detail}", flush=True)
        elif isinstance(event, Progress) and time.monotonic() - self.printed > LINE_SECONDS:
            self.printed = time.monotonic()
            print(f"step {event.step}/{event.steps}  epoch {event.epoch:.2f}  {show(self.losses)}", flush=True)

    def hear_scalars(self, event: Scalars) -> None:
        """Keep the training losses for the next line; print what was measured on other parts."""
        if event.split == "train":
            self.losses |= event.values
        else:
            print(f"step {event.step}  {event.split}  {show(event.values)}", flush=True)


def show(values: dict[str, float]) -> str:
    """Numbers with their names."""
    return "  ".join(f"{name} {value:.4g}" for name, value in values.items())
