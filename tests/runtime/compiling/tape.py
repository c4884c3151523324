"""What a CUDA graph does, on the CPU: operations are recorded with the tensors and numbers they had, and repeated so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from runtime.compiling.step_state import State
from runtime.step import Machinery

READING = "aten::_local_scalar_dense"


class Tape(TorchDispatchMode):
    """Records every operation that PyTorch is asked for. As on a GPU, what reads a number back cannot be recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple[Any, tuple[Any, ...], dict[str, Any], Any]] = []

    def __torch_dispatch__(
        self, function: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Do an operation and record it."""
        if function.name() == READING:
            raise RuntimeError("operation not permitted when stream is capturing")
        result = function(*args, **(kwargs or {}))
        self.operations.append((function, tuple(args), dict(kwargs or {}), result))
        return result

    @torch.no_grad()
    def play(self) -> None:
        """Do all operations once more; what they give is written to where it was written when they were recorded."""
        for function, args, kwargs, earlier in self.operations:
            result = function(*args, **kwargs)
            for place, value in zip(tree_leaves(earlier), tree_leaves(result), strict=True):
                if isinstance(place, Tensor) and place is not value:
                    place.copy_(value)


class CpuRecorder:
    """Records on a tape; what the recording itself changed is put back, since a GPU changes nothing meanwhile."""

    def __init__(self, machinery: Machinery) -> None:
        self.machinery = machinery
        self.tapes: list[Tape] = []
        self.num_played = 0

    def find_obstacle(self) -> str:
        """There is none."""
        return ""

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """Record work; returns what repeats it."""
        before, tape = State.take(self.machinery), Tape()
        try:
            with tape:
                work()
        finally:
            before.put_back()
        self.tapes.append(tape)

        def play() -> None:
            self.num_played += 1
            tape.play()

        return play
