"""What a run is asked to do: the control file, looked at now and then, and interruptions from inside the process."""

from __future__ import annotations

import time
from pathlib import Path

LOOK_SECONDS = 0.05
WORDS = ("pause", "stop")


class Command:
    """Answers ``run``, ``pause`` or ``stop``. Asked at every step, so it looks at the file only every 50 ms."""

    def __init__(self, control: Path) -> None:
        self.control = control
        self.word = "run"
        self.interruption = ""
        self.next_look = 0.0

    def __call__(self) -> str:
        """What the run is to do now."""
        now = time.monotonic()
        if now >= self.next_look:
            self.next_look = now + LOOK_SECONDS
            self.word = "pause" if self.interruption else read_word(self.control)
        return self.word

    def interrupt(self, reason: str) -> None:
        """Have the run save itself and end within a step, for a reason that is not the person's wish."""
        self.interruption = self.interruption or reason
        self.next_look = 0.0


def read_word(control: Path) -> str:
    """What the control file asks for."""
    try:
        word = control.read_text(encoding="utf-8", errors="replace")[:20].strip()
    except OSError:
        return "run"
    return word if word in WORDS else "run"
