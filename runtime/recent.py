"""What was read lately and is likely to be asked for again, up to a number of things."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


SETTLED_NS = 500_000_000


def is_settled(changes: Iterable[int]) -> bool:
    """Whether files have rested long enough for what was read of them to be kept under the times of their last change.

    A file that is being written shows its new time a moment before its new content can be read: what is read in that moment
    would stay, and the change never be seen.

    Args:
        changes: the times of their last changes, in nanoseconds since 1970.
    """
    return time.time_ns() - max(changes, default=0) > SETTLED_NS


class Recent(Generic[Key, Value]):
    """A mapping that forgets what was not asked for longest. Threads may share it.

    Args:
        most: the number of things that it holds.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._guard = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def find(self, key: Key) -> Value | None:
        """What is held under a key; None where nothing is."""
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Key, value: Value) -> Value:
        """Hold a value under a key, and return it."""
        with self._guard:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self.most:
                self._values.popitem(last=False)
        return value

    def forget(self, key: Key) -> None:
        """Hold nothing under a key."""
        with self._guard:
            self._values.pop(key, None)
