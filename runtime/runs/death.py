"""Why a worker's process ended, told from its exit code and from what the system counts."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from runtime.events import Ended
from runtime.runs.disk import BROKEN, FULL, READ_ONLY, TOO_LARGE

COUNTERS = (
    Path("/sys/fs/cgroup/memory.events"),
    Path("/sys/fs/cgroup/memory/memory.oom_control"),
    Path("/proc/vmstat"),
)
RESUME = "Resume it from its last checkpoint."
LIGHTER = "Lower batch_size in the Data node or make the network smaller, then resume it."
CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT)


def count_memory_kills() -> int:
    """How many processes the system has ended for want of memory so far; 0 where it does not tell."""
    total = 0
    for path in COUNTERS:
        try:
            found = re.search(r"^oom_kill (\d+)$", path.read_text(), re.MULTILINE)
        except OSError:
            continue
        total += int(found[1]) if found else 0
    return total


UNRECORDED = {4: FULL, 5: READ_ONLY, 6: TOO_LARGE, 7: BROKEN}
"""Exit codes of a worker that could not record how its run ended, since the disk did not take even that."""


def choose_code(reason: str, otherwise: int) -> int:
    """The exit code that stands for a reason; ``otherwise`` where none does."""
    return next((code for code, refusal in UNRECORDED.items() if refusal.reason == reason), otherwise)


def explain_death(code: int, num_memory_kills: int) -> Ended:
    """Say how a worker ended that could not say it itself.

    Args:
        code: exit code of the process, negative for a signal.
        num_memory_kills: processes that the system ended for want of memory while it ran.
    """
    if code == -signal.SIGKILL and num_memory_kills:
        return Ended("failed", "The computer's memory ran out, and its system ended the training.", LIGHTER)
    if code == -signal.SIGKILL:
        return Ended("interrupted", "The process that trained it was killed from outside.", RESUME)
    if -code in CRASHES:
        name = signal.Signals(-code).name
        reason = f"The process that trained it crashed ({name})."
        return Ended("failed", reason, f"{RESUME} What is known of the crash is in log.txt in the folder of the run.")
    if code < 0:
        return Ended("interrupted", f"The process that trained it was ended by signal {-code}.", RESUME)
    if code in UNRECORDED:
        return Ended("failed", UNRECORDED[code].reason, UNRECORDED[code].advice)
    reason = f"The process that trained it ended with code {code} before it could say why."
    return Ended("failed", reason, "What is known of it is in log.txt in the folder of the run.")
