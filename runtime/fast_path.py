"""What a run leaves to the machine that trains it: precision, the optimizers' kernels, the layout of pictures in memory."""

from __future__ import annotations

import torch

from builder.document import Run


def choose_device(wish: str) -> torch.device:
    """The device that a run asks for; ``auto`` takes CUDA where there is one."""
    return torch.device("cuda" if wish == "cuda" or (wish == "auto" and torch.cuda.is_available()) else "cpu")


def adapt(run: Run, device: torch.device) -> Run:
    """The settings of a run on a device, with nothing left open.

    A GPU made for it trains in bfloat16, where convolutions want channels last. Fused kernels step all weights at once; they
    round otherwise than PyTorch's plain loop, so a run says which of them it used.
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
        }
    )
