"""What a waiting run is told: its place in the line, what is before it, and for how long."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from runtime.runs.devices import name_devices
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.queue import Queue
from runtime.runs.store import open_run, read_latest


@dataclass(frozen=True)
class Turn:
    """A run's place among those that wait for the same devices, counted from 1."""

    place: int
    devices: str
    after: str = ""
    seconds_left: float | None = None

    def __str__(self) -> str:
        place = "next in line" if self.place == 1 else f"{count(self.place)} in line"
        left = f" (about {tell_seconds(self.seconds_left)} left)" if self.seconds_left is not None else ""
        return f"{place} for {self.devices}" + (f", after “{self.after}”{left}" if self.after else "")


def list_turns(queue: Queue) -> list[tuple[RunFolder, Turn]]:
    """Every waiting run and its turn, in their order."""
    waiting = queue.waiting()
    return [(folder, describe_turn(queue, folder, waiting[:place])) for place, folder in enumerate(waiting)]


def find_turn(queue: Queue, run: str) -> Turn | None:
    """The turn of a run; None where it does not wait, or waits no more."""
    waiting = queue.waiting()
    for place, folder in enumerate(waiting):
        if folder.id == run:
            return describe_turn(queue, folder, waiting[:place])
    return None


def describe_turn(queue: Queue, folder: RunFolder, before: Sequence[RunFolder]) -> Turn:
    """The turn of a run, from those that wait before it and those that train now."""
    fitting = queue.list_fitting(folder)
    place = 1 + sum(not set(fitting).isdisjoint(queue.list_fitting(other)) for other in before)
    return Turn(place, name_devices(fitting), *find_next_end(queue, fitting))


def find_next_end(queue: Queue, devices: list[str]) -> tuple[str, float | None]:
    """The name of the run that will be done first on some devices, and the seconds that it still needs as far as it is known."""
    holders = [run for run in map(queue.devices.find_holder, devices) if run]
    rests = [read_rest(run, queue) for run in holders]
    return min(rests, key=lambda rest: (rest[1] is None, rest[1] or 0.0), default=("", None))


def describe_holder(queue: Queue, devices: list[str]) -> str:
    """What is being trained on some devices, in a sentence."""
    name, seconds_left = find_next_end(queue, devices)
    left = f" (about {tell_seconds(seconds_left)} left)" if seconds_left is not None else ""
    return f"“{name}”{left}" if name else "another run"


def read_rest(run: str, queue: Queue) -> tuple[str, float | None]:
    """The name of a run that trains, and the seconds that it still needs, None where that is not known."""
    try:
        folder = find_run(run, queue.runs)
        with open_run(folder) as connection:
            progress = read_latest(connection).get("progress") or {}
    except (RunError, sqlite3.Error, OSError):
        return run, None
    seconds = progress.get("seconds_left")
    return str(folder.read_meta()["name"]), float(seconds) if isinstance(seconds, int | float) else None


def count(place: int) -> str:
    """``2nd``."""
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def tell_seconds(seconds: float) -> str:
    """A time that is not known exactly: ``20 s``, ``3 min``, ``1 h 20 min``."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
