"""What was loaded from checkpoints last, so that a second question about one needs no loading."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

from runtime.runs.checkpoint_index import read_index
from runtime.runs.folder import RunFolder

KEPT = 4
Loaded = TypeVar("Loaded")


class Shelf(Generic[Loaded]):
    """The last few things that were made of checkpoints."""

    def __init__(self, size: int = KEPT) -> None:
        self.size = size
        self.ready: OrderedDict[tuple[str, str], Loaded] = OrderedDict()
        self.lock = threading.Lock()

    def make(self, folder: RunFolder, checkpoint: str | None) -> Loaded:
        """Load a checkpoint; without a name the best weights, or the newest. Raises RunError."""
        raise NotImplementedError

    def take(self, folder: RunFolder, checkpoint: str | None) -> Loaded:
        """What is made of a checkpoint, loaded where it is not here yet. Raises RunError."""
        last = read_index(folder.checkpoints).last
        name = checkpoint or last or ""
        key = (str(folder.path), checkpoint or f"newest {name}")
        with self.lock:
            if key not in self.ready:
                self.ready[key] = self.make(folder, checkpoint)
            self.ready.move_to_end(key)
            while len(self.ready) > self.size:
                self.ready.popitem(last=False)
            return self.ready[key]
