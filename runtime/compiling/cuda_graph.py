"""Records work on a GPU as a CUDA graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch

ROOM: Final = 1.5
"""So many times what a step took at its peak has to be free: a recording keeps that memory for itself."""


class GpuRecorder:
    """Records what is done on a GPU: kernels are noted, not run, and memory they ask for stays with the recording."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def find_obstacle(self) -> str:
        """Why nothing can be recorded now, empty where something can."""
        if self.device.type != "cuda":
            return "a CUDA graph needs a GPU"
        free, _ = torch.cuda.mem_get_info(self.device)
        spare = torch.cuda.memory_reserved(self.device) - torch.cuda.memory_allocated(self.device)
        if free + spare < ROOM * torch.cuda.max_memory_allocated(self.device):
            return "the GPU has no room to keep the memory of a step"
        return ""

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """Record work; returns what repeats it.

        Where it fails, the stream and the random numbers are put right again, so that the next step can be taken as it is.

        Raises:
            RuntimeError: if something in it waits for the GPU, or does what cannot be recorded.
        """
        graph = torch.cuda.CUDAGraph()
        stream = torch.cuda.current_stream(self.device)
        index = torch.cuda.current_device() if self.device.index is None else self.device.index
        generator = torch.cuda.default_generators[index]
        untouched = generator.clone_state()
        try:
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                work()
        except BaseException:
            torch.cuda.set_stream(stream)
            generator.graphsafe_set_state(untouched)
            raise
        return graph.replay
