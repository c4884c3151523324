"""Where a run trains: in a process of its own, or in a thread of this one. Both look the same from outside."""

from __future__ import annotations

import json
import os
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
from runtime.runs.folder import RunFolder

WARM_UP_SECONDS = 1.0
SERVER_ENDS = "Layerloom was ended while it trained; it saved itself before."


class Execution(Protocol):
    """One run being trained."""

    def run(self, folder: RunFolder) -> Ended | None:
        """Train until the run ends. Returns how it ended if it could not record that itself."""

    def interrupt(self) -> None:
        """Have it save itself and end."""


class WarmWorker:
    """A child that stands by with torch loaded, so that a click shows a first loss in half a second. There is one at most."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[str] | None = None
        self.guard = threading.Lock()
        self.timer: threading.Timer | None = None
        self.closed = False

    def prepare(self) -> None:
        """See that one stands by."""
        with self.guard:
            if self.child is not None and self.child.poll() is not None:
                dismiss(self.child)
                self.child = None
            if self.child is None and not self.closed:
                self.child = start_worker()

    def prepare_soon(self) -> None:
        """See that one stands by, once the run that took the last one has had the processor for its first steps."""
        self.timer = threading.Timer(WARM_UP_SECONDS, self.prepare)
        self.timer.daemon = True
        self.timer.start()

    def take(self) -> subprocess.Popen[str]:
        """Return the one that stands by, or a new one."""
        with self.guard:
            child, self.child = self.child, None
        if child is not None and child.poll() is not None:
            dismiss(child)
            child = None
        return child or start_worker()

    def close(self) -> None:
        """Send the one that stands by away."""
        if self.timer is not None:
            self.timer.cancel()
        with self.guard:
            self.closed, child, self.child = True, self.child, None
        if child is not None:
            dismiss(child)


def start_worker() -> subprocess.Popen[str]:
    """Start a child in a session of its own: Ctrl-C in the terminal is for the server, which then ends it in good order."""
    root = str(Path(runtime.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", "runtime", "worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def dismiss(child: subprocess.Popen[str]) -> None:
    """Send a child away that has nothing to do, or clean up after one that is dead."""
    if child.stdin is not None:
        with suppress(BrokenPipeError):
            child.stdin.close()
    child.wait()


class ProcessExecution:
    """A run in a process of its own: a crash ends the run and not the server, and the GPU's memory is free afterwards."""

    def __init__(self, warm: WarmWorker) -> None:
        self.warm = warm
        self.child: subprocess.Popen[str] | None = None
        self.is_interrupted = False

    def run(self, folder: RunFolder) -> Ended | None:
        """Train in a child until it ends."""
        kills = count_memory_kills()
        self.child = child = self.warm.take()
        try:
            self.send(json.dumps({"folder": str(folder.path)}) + "\n")
            self.warm.prepare_soon()
            if self.is_interrupted:
                self.interrupt()
            code = child.wait()
        finally:
            self.interrupt()
        return explain_death(code, count_memory_kills() - kills)

    def send(self, line: str) -> None:
        """Tell the child what to do; one that is dead already is heard of by its exit code."""
        assert self.child is not None and self.child.stdin is not None
        with suppress(BrokenPipeError):
            self.child.stdin.write(line)
            self.child.stdin.flush()

    def interrupt(self) -> None:
        """Close the pipe, which is how the child learns that nobody waits for it."""
        self.is_interrupted = True
        if self.child is not None and self.child.stdin is not None:
            with suppress(BrokenPipeError):
                self.child.stdin.close()


class ThreadExecution:
    """A run in a thread of the server."""

    def __init__(self) -> None:
        self.command: Command | None = None
        self.is_interrupted = False

    def run(self, folder: RunFolder) -> Ended | None:
        """Train in this thread until the run ends."""
        from runtime.runs.worker import work

        self.command = Command(folder.control)
        if self.is_interrupted:
            self.interrupt()
        work(folder, self.command)
        return None

    def interrupt(self) -> None:
        """Have it save itself and end."""
        self.is_interrupted = True
        if self.command is not None:
            self.command.interrupt(SERVER_ENDS)
