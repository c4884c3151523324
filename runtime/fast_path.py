"""What a run leaves to the machine that trains it: precision, kernels of optimizers, layout in memory, where data lies."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from builder.document import Project, Run
from runtime.data.prepare import PreparedSource

MOST_OF_DEVICE = 0.5
"""The part of a GPU's free memory that data may take; the rest is for what is computed from it."""


def choose_device(wish: str) -> torch.device:
    """The device that a run asks for; ``auto`` takes CUDA where there is one."""
    return torch.device("cuda" if wish == "cuda" or (wish == "auto" and torch.cuda.is_available()) else "cpu")


def adapt(run: Run, device: torch.device, num_bytes: int = 0) -> Run:
    """The settings of a run on a device, with nothing left open.

    A GPU made for it trains in bfloat16, where convolutions want channels last. Fused kernels step all weights at once; they
    round otherwise than PyTorch's plain loop, so a run says which of them it used. Data that would take too much of a GPU
    stays in the computer's memory, from where each batch is copied while the GPU works on the one before.

    Args:
        run: the settings of the project.
        device: where it will train.
        num_bytes: how much there is to learn from.
    """
    is_made_for_bfloat16 = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    precision = "bfloat16" if is_made_for_bfloat16 else "float32"
    if run.precision != "auto":
        precision = run.precision
    layout = "channels_last" if device.type == "cuda" and precision == "bfloat16" else "contiguous"
    return run.model_copy(
        update={
            "precision": precision,
            "optimizer_kernels": "fused" if run.optimizer_kernels == "auto" else run.optimizer_kernels,
            "memory_format": layout if run.memory_format == "auto" else run.memory_format,
            "data_place": find_place(device, num_bytes) if run.data_place == "auto" else run.data_place,
        }
    )


def adapt_project(project: Project, prepared: Mapping[str, PreparedSource], device: torch.device) -> Project:
    """The project as it trains on a device, with nothing left open."""
    return project.model_copy(update={"run": adapt(project.run, device, count_bytes(prepared))})


def find_place(device: torch.device, num_bytes: int) -> str:
    """Where so much data lies best: on the device, unless that is a GPU without room for it."""
    if device.type != "cuda" or num_bytes == 0:
        return "device"
    free, _ = torch.cuda.mem_get_info(device)
    return "device" if num_bytes <= free * MOST_OF_DEVICE else "host"


def count_bytes(prepared: Mapping[str, PreparedSource]) -> int:
    """How many bytes the training parts of all sources have."""
    parts = (source.parts["train"].values() for source in prepared.values())
    return sum(tensor.untyped_storage().nbytes() for tensors in parts for tensor in tensors)
