"""Which checkpoints a run has: a small file beside them that is replaced as a whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from runtime.runs.files import read_json, write_json

INDEX = "index.json"


@dataclass(frozen=True)
class Entry:
    """One checkpoint: its folder's name, the step it stands at, why it was made, and what was measured there."""

    name: str
    step: int
    reason: str
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Index:
    """All checkpoints in the order they were made, and the name of the best one."""

    entries: tuple[Entry, ...] = ()
    best: str | None = None

    @property
    def last(self) -> str | None:
        """The name of the newest checkpoint."""
        return self.entries[-1].name if self.entries else None

    def find(self, name: str) -> Entry | None:
        """Return the checkpoint of that name."""
        return next((entry for entry in self.entries if entry.name == name), None)


def read_index(folder: Path) -> Index:
    """Read the index. One that is missing or damaged is made again from the checkpoints that are there."""
    try:
        value = read_json(folder / INDEX)
        return Index(tuple(Entry(**entry) for entry in value["entries"]), value["best"])
    except (OSError, ValueError, KeyError, TypeError):
        return rebuild_index(folder)


def rebuild_index(folder: Path) -> Index:
    """Look through the folders of the checkpoints themselves."""
    found: list[tuple[Entry, bool]] = []
    for path in folder.glob("step-*"):
        try:
            state = read_json(path / "state.json")
            entry = Entry(path.name, int(state["step"]), str(state["reason"]), dict(state["metrics"]))
            found.append((entry, bool(state["is_best"])))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    found.sort(key=lambda item: (item[0].step, read_number(item[0].name)))
    best = [entry.name for entry, is_best in found if is_best]
    return Index(tuple(entry for entry, _ in found), best[-1] if best else None)


def read_number(name: str) -> int:
    """Which of the checkpoints of its step a name stands for. Clocks are set back, names are not."""
    number = name.split("-")[2:]
    return int(number[0]) if number and number[0].isdecimal() else 1


def write_index(folder: Path, index: Index) -> None:
    """Replace the index."""
    entries = [asdict(entry) for entry in index.entries]
    write_json(folder / INDEX, {"last": index.last, "best": index.best, "entries": entries})


def list_checkpoints(folder: Path) -> list[dict[str, Any]]:
    """The checkpoints as the screen lists them, the oldest first."""
    index = read_index(folder)
    return [
        {**asdict(entry), "is_best": entry.name == index.best, "is_last": entry.name == index.last}
        for entry in index.entries
    ]
