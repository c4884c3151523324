"""The process of one run, as its worker sees it: told on stdin what to do, and ended when its server is gone."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO

from runtime.runs.command import Command
from runtime.runs.folder import RunFolder

PATIENCE_SECONDS = 30.0
SERVER_GONE = "Layerloom ended while it trained; it saved itself before."
TOLD_TO_END = "The system told the process to end; it saved itself before."
CANNOT_WORK = 3


def serve_one_run() -> int:
    """Load what is heavy, wait for the name of a run's folder, and train that run. Returns the exit code."""
    from runtime.runs.rehearsal import rehearse
    from runtime.runs.worker import work

    rehearse()
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    folder = RunFolder(Path(json.loads(line)["folder"]))
    with folder.log.open("a", encoding="utf-8") as log:
        redirect_errors(log)
        command = Command(folder.control)
        signal.signal(signal.SIGTERM, make_handler(command))
        threading.Thread(target=watch_server, args=(sys.stdin, command), name="server-watch", daemon=True).start()
        try:
            work(folder, command)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=log, flush=True)
            return CANNOT_WORK
    return 0


def redirect_errors(log: IO[str]) -> None:
    """Let everything that is printed, and a crash's traceback, go to the run's log."""
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    faulthandler.enable(file=log)


def make_handler(command: Command) -> Callable[[int, FrameType | None], None]:
    """What happens when the system tells the process to end."""

    def handle(number: int, frame: FrameType | None) -> None:
        leave_soon(command, TOLD_TO_END)

    return handle


def watch_server(stdin: IO[str], command: Command) -> None:
    """Wait for the server's end of the pipe to close, however the server ended."""
    while stdin.readline():
        pass
    leave_soon(command, SERVER_GONE)


def leave_soon(command: Command, reason: str) -> None:
    """End within a step, and in any case before anybody has to wonder."""
    command.interrupt(reason)
    timer = threading.Timer(PATIENCE_SECONDS, os._exit, (CANNOT_WORK,))
    timer.daemon = True
    timer.start()
