from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from builder.parts.group_norm import GroupNorm

LAYOUTS = {
    "permuted": "torch.randn(4, 8, 8, 4).permute(0, 3, 1, 2)",
    "channels last": "torch.randn(4, 4, 8, 8).to(memory_format=torch.channels_last)",
    "one channel": "torch.randn(4, 8, 8, 1).permute(0, 3, 1, 2)",
    "volumes": "torch.randn(4, 2, 5, 3, 4).permute(0, 4, 1, 2, 3)",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_the_backward_pass_survives_channels_that_lie_last(layout: str) -> None:
    """In a process of its own: PyTorch's module ends it."""
    start = "import torch; from builder.parts.group_norm import GroupNorm"
    code = f"{start}; x = {layout}; GroupNorm(1, x.shape[1])(x).sum().backward()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_computes_what_pytorch_computes() -> None:
    torch.manual_seed(0)
    ours, theirs = GroupNorm(2, 4), nn.GroupNorm(2, 4)
    images = torch.randn(3, 4, 5, 6)
    assert torch.equal(ours(images), theirs(images))
    assert torch.equal(ours(images.permute(0, 1, 3, 2)), theirs(images.permute(0, 1, 3, 2)))
    assert list(ours.state_dict()) == list(theirs.state_dict())


def test_an_input_that_learns_keeps_its_layout() -> None:
    images = torch.randn(3, 4, 5, 6).to(memory_format=torch.channels_last).requires_grad_()
    assert GroupNorm(2, 4)(images).is_contiguous(memory_format=torch.channels_last)
    assert GroupNorm(2, 4)(torch.randn(3, 4)).shape == (3, 4)
