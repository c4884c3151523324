"""What was worked out from objects, by the very objects: asked about the same ones again, nothing is worked out again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import TypeVar, TypeVarTuple

Objects = TypeVarTuple("Objects")
Value = TypeVar("Value")
MOST = 20_000
"""Of how many objects a function remembers its answers: as many as a project has nodes at most."""


def remember(work: Callable[[*Objects], Value]) -> Callable[[*Objects], Value]:
    """Let a function of values that never change answer from memory, by their identity: none is compared or hashed.

    Everybody gets the same answer, which is a value as well. What is remembered is held, so that nothing else can have
    its identity.
    """
    known: OrderedDict[tuple[int, ...], tuple[tuple[*Objects], Value]] = OrderedDict()
    lock = Lock()

    @wraps(work)
    def answer(*objects: *Objects) -> Value:
        key = tuple(map(id, objects))
        found = known.get(key)
        if found is not None:
            return found[1]
        value = work(*objects)
        with lock:
            known[key] = (objects, value)
            while len(known) > MOST:
                known.popitem(last=False)
        return value

    return answer
