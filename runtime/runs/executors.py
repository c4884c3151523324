"""Where a run trains: in a process of its own, or in a thread of this one. Both look the same from outside."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import runtime
from runtime.events import Ended
from runtime.runs.command import Command
from runtime.runs.death import count_memory_kills, explain_death
from runtime.runs.devices import Slot
from runtime.runs.folder import RunFolder

WARM_UP_SECONDS = 1.0
SERVER_ENDS = "Layerloom was ended while it trained; it saved itself before."


class Execution(Protocol):
    """One run being trained."""

    is_interrupted: bool

    def run(self, folder: RunFolder, slot: Slot) -> Ended | None:
        """Train on a device until the run ends. Returns how it ended if it could not record that itself."""

    def interrupt(self) -> None:
        """Have it save itself and end."""


class Child(subprocess.Popen[bytes]):
    """A worker's process, in a session of its own: Ctrl-C in the terminal is for the server, which then ends it in good order.

    It is told what to do on a socket in the place of its standard input, on which open files can be handed over too.
    """

    def __init__(self) -> None:
        root = str(Path(runtime.__file__).parents[1])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        self.channel, theirs = socket.socketpair()
        with theirs:
            super().__init__(
                [sys.executable, "-m", "runtime", "worker"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,
            )

    def tell(self, order: dict[str, str], slot: Slot) -> None:
        """Say which run to train, and hand the right to its device over; one that is dead is heard of by its exit code."""
        with suppress(BrokenPipeError, ConnectionResetError):
            socket.send_fds(self.channel, [json.dumps(order).encode() + b"\n"], [slot.descriptor])

    def hang_up(self) -> None:
        """Close the channel, which is how the child learns that nobody waits for it."""
        self.channel.close()

    def dismiss(self) -> None:
        """Send a child away that has nothing to do, or clean up after one that is dead."""
        self.hang_up()
        self.wait()


class WarmWorker:
    """A child that stands by with torch loaded, so that a click shows a first loss in half a second. There is one at most."""

    def __init__(self) -> None:
        self.child: Child | None = None
        self.guard = threading.Lock()
        self.timer: threading.Timer | None = None
        self.closed = False

    def prepare(self) -> None:
        """See that one stands by."""
        with self.guard:
            if self.child is not None and self.child.poll() is not None:
                self.child.dismiss()
                self.child = None
            if self.child is None and not self.closed:
                self.child = Child()

    def prepare_soon(self) -> None:
        """See that one stands by, once the run that took the last one has had the processor for its first steps."""
        self.timer = threading.Timer(WARM_UP_SECONDS, self.prepare)
        self.timer.daemon = True
        self.timer.start()

    def take(self) -> Child:
        """Return the one that stands by, or a new one."""
        with self.guard:
            child, self.child = self.child, None
        if child is not None and child.poll() is not None:
            child.dismiss()
            child = None
        return child or Child()

    def close(self) -> None:
        """Send the one that stands by away."""
        if self.timer is not None:
            self.timer.cancel()
        with self.guard:
            self.closed, child, self.child = True, self.child, None
        if child is not None:
            child.dismiss()


class ProcessExecution:
    """A run in a process of its own: a crash ends the run and not the server, and the GPU's memory is free afterwards."""

    def __init__(self, warm: WarmWorker) -> None:
        self.warm = warm
        self.child: Child | None = None
        self.is_interrupted = False

    def run(self, folder: RunFolder, slot: Slot) -> Ended | None:
        """Train in a child until it ends."""
        kills = count_memory_kills()
        self.child = child = self.warm.take()
        try:
            child.tell({"folder": str(folder.path), "device": slot.device}, slot)
            self.warm.prepare_soon()
            if self.is_interrupted:
                self.interrupt()
            code = child.wait()
        finally:
            self.interrupt()
        return explain_death(code, count_memory_kills() - kills)

    def interrupt(self) -> None:
        """Let the child know that nobody waits for it any more."""
        self.is_interrupted = True
        if self.child is not None:
            self.child.hang_up()


class ThreadExecution:
    """A run in a thread of the server."""

    def __init__(self) -> None:
        self.command: Command | None = None
        self.is_interrupted = False

    def run(self, folder: RunFolder, slot: Slot) -> Ended | None:
        """Train in this thread until the run ends. Where the server ends before it has begun it waits for the next one."""
        from runtime.runs.worker import work

        self.command = Command(folder.control)
        if self.is_interrupted:
            return None
        outcome = work(folder, self.command, place=slot.device)
        return None if outcome.is_recorded else outcome.as_ended()

    def interrupt(self) -> None:
        """Have it save itself and end."""
        self.is_interrupted = True
        if self.command is not None:
            self.command.interrupt(SERVER_ENDS)
