"""The devices of this computer. Each trains one run at a time: whoever trains holds the device's lock, which names the run.

The lock is one open file. A server hands it to the worker that trains, so that both hold it, and it is free when both are
gone, however they went. The system sees to that; nothing has to be cleared up after a crash.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType

from runtime.runs.errors import RunBusy
from runtime.runs.folder import RUN_ID, runs_folder
from runtime.runs.lock import RunLock, is_locked

PATIENCE_SECONDS = 0.2
"""For those who look whether a lock is held, which takes them an instant."""
MOST_BYTES = 1000
KINDS = {"cpu": "CPU", "cuda": "GPU"}


@cache
def list_devices() -> tuple[str, ...]:
    """What this computer can train on, in PyTorch's words: ``cuda:0``, ``cuda:1``, ``cpu``."""
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return (*(f"cuda:{number}" for number in range(count)), "cpu")


def kind_of(device: str) -> str:
    """``cuda`` for ``cuda:1``."""
    return device.partition(":")[0]


def find_fitting(wish: str, devices: Iterable[str]) -> list[str]:
    """The devices that a run may train on: ``auto`` takes a GPU where there are any.

    Where there is none of the kind that it wants it fits anywhere: its worker says what is missing.
    """
    devices = list(devices)
    kind = wish if wish != "auto" else "cuda" if any(kind_of(device) == "cuda" for device in devices) else "cpu"
    return [device for device in devices if kind_of(device) == kind] or devices


def name_devices(devices: list[str]) -> str:
    """``the CPU``, ``a GPU``: the devices that a run waits for, in a sentence."""
    kind = KINDS.get(kind_of(devices[0]), devices[0])
    return f"the {kind}" if len(devices) == 1 else f"a {kind}"


@dataclass
class Slot:
    """The right to train one run on one device, from ``take`` until ``release`` or the end of all who hold it."""

    device: str
    run: str
    lock: RunLock

    @property
    def descriptor(self) -> int:
        """The open file that is the right; who is handed it holds the device too."""
        assert self.lock.descriptor is not None
        return self.lock.descriptor

    def release(self) -> None:
        """Give the device back, as far as this process is concerned."""
        self.lock.release()

    def __enter__(self) -> Slot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class Devices:
    """The devices that the runs of one folder share.

    Args:
        runs: the folder of the runs.
        names: the devices, where they are not those of this computer.
    """

    def __init__(self, runs: Path | None = None, names: tuple[str, ...] | None = None) -> None:
        self.runs = runs
        self._names = names

    @property
    def names(self) -> tuple[str, ...]:
        """The devices in PyTorch's words."""
        return self._names or list_devices()

    def find_file(self, device: str) -> Path:
        """The lock of a device."""
        return runs_folder(self.runs) / ".devices" / f"{device.replace(':', '-')}.lock"

    def take(self, device: str, run: str) -> Slot | None:
        """Take a device for a run. Returns None where another run has it."""
        file = self.find_file(device)
        if is_locked(file):
            return None
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = RunLock(file)
        try:
            lock.acquire(PATIENCE_SECONDS)
        except RunBusy:
            return None
        slot = Slot(device, run, lock)
        with suppress(OSError):
            write_name(slot)
        return slot

    def find_holder(self, device: str) -> str | None:
        """The run that has a device: None where none has, empty where it is not known which."""
        file = self.find_file(device)
        return read_name(file) if is_locked(file) else None

    def list_taken(self) -> dict[str, str]:
        """The run that has each device that is taken."""
        holders = {device: self.find_holder(device) for device in self.names}
        return {device: run for device, run in holders.items() if run is not None}

    def has_run(self, run: str) -> bool:
        """Whether a device is taken for a run, by a process that trains it, is about to, or has yet to leave."""
        return run in self.list_taken().values()

    def reserve(self, kind: str) -> RunLock:
        """The right to have the next device of a kind that becomes free, before those who wait in the queue."""
        file = self.find_file(f"{kind}-next")
        file.parent.mkdir(parents=True, exist_ok=True)
        return RunLock(file)

    def is_reserved(self, device: str) -> bool:
        """Whether somebody outside the queue has the next turn on a device."""
        return is_locked(self.find_file(f"{kind_of(device)}-next"))


def write_name(slot: Slot) -> None:
    """Write into a device's lock which run has it."""
    os.ftruncate(slot.descriptor, 0)
    os.pwrite(slot.descriptor, json.dumps({"run": slot.run, "process": os.getpid()}).encode(), 0)


def read_name(file: Path) -> str:
    """The run that a device's lock names; empty where it names none."""
    try:
        with file.open("rb") as content:
            found = json.loads(content.read(MOST_BYTES))
        run = found.get("run") if isinstance(found, dict) else None
    except (OSError, ValueError):
        return ""
    return run if isinstance(run, str) and RUN_ID.fullmatch(run) else ""
