"""The process of one run, as its worker sees it: told on a socket what to do, and ended when its server is gone."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

from runtime.runs.command import Command
from runtime.runs.death import choose_code
from runtime.runs.disk import explain_disk
from runtime.runs.folder import RunFolder

PATIENCE_SECONDS = 30.0
SERVER_GONE = "Layerloom ended while it trained; it saved itself before."
TOLD_TO_END = "The system told the process to end; it saved itself before."
CANNOT_WORK = 3
LONGEST_ORDER = 65_536


def serve_one_run() -> int:
    """Load what is heavy, wait for the name of a run's folder, and train that run. Returns the exit code."""
    from runtime.runs.rehearsal import rehearse
    from runtime.runs.worker import work

    rehearse()
    channel = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    order = take_order(channel)
    if order is None:
        return 0
    folder = RunFolder(Path(order["folder"]))
    with suppress(OSError):
        redirect_errors(folder.log)
    command = Command(folder.control)
    signal.signal(signal.SIGTERM, make_handler(command))
    threading.Thread(target=watch_server, args=(channel, command), name="server-watch", daemon=True).start()
    if command.interruption:
        return 0  # a run that has not begun waits for the next server
    try:
        outcome = work(folder, command, place=order["device"])
    except Exception as error:
        with suppress(OSError):
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        refusal = explain_disk(error)
        return choose_code(refusal.reason if refusal else "", CANNOT_WORK)
    return 0 if outcome.is_recorded else choose_code(outcome.reason, CANNOT_WORK)


def take_order(channel: socket.socket) -> dict[str, str] | None:
    """Wait for a run to train; None where none will come.

    With the order comes the right to the run's device, an open file. It stays open as long as this process lives, so that no
    other run begins there, whatever became of the server.
    """
    line, files, _, _ = socket.recv_fds(channel, LONGEST_ORDER, 1)
    for file in files:
        os.set_inheritable(file, False)
    return dict(json.loads(line)) if line.strip() else None


def redirect_errors(path: Path) -> None:
    """Let everything that is printed, and a crash's traceback, go to the run's log."""
    with path.open("a", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    faulthandler.enable()


def make_handler(command: Command) -> Callable[[int, FrameType | None], None]:
    """What happens when the system tells the process to end."""

    def handle(number: int, frame: FrameType | None) -> None:
        leave_soon(command, TOLD_TO_END)

    return handle


def watch_server(channel: socket.socket, command: Command) -> None:
    """Wait for the server's end of the channel to close, however the server ended."""
    with suppress(OSError):
        while channel.recv(LONGEST_ORDER):
            pass
    leave_soon(command, SERVER_GONE)


def leave_soon(command: Command, reason: str) -> None:
    """End within a step, and in any case before anybody has to wonder."""
    command.interrupt(reason)
    timer = threading.Timer(PATIENCE_SECONDS, os._exit, (CANNOT_WORK,))
    timer.daemon = True
    timer.start()
