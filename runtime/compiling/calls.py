"""A call of a network in a step, described so that another process can make one like it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn

DTYPES: Final = {
    str(dtype): dtype
    for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64, torch.int32, torch.uint8, torch.bool)
}  # fmt: skip


class Argument(NamedTuple):
    """All that a compiled network knows of an input beforehand."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype
    is_followed: bool
    """Whether gradients go through it."""

    @classmethod
    def describe(cls, value: Tensor) -> Argument:
        """What is known of a tensor."""
        return cls(value.shape, value.stride(), value.dtype, value.requires_grad)


class NetworkCall(NamedTuple):
    """A network in a mode, recording gradients or not, called with such inputs. Each is compiled by itself."""

    network: str
    is_training: bool
    is_recorded: bool
    arguments: tuple[Argument, ...]


def describe_call(name: str, network: nn.Module, inputs: Sequence[Any]) -> NetworkCall | None:
    """Describe a call that is about to be made; None for one with an input that cannot be made again from its shape."""
    arguments = []
    for value in inputs:
        if type(value) is not Tensor or value.dtype not in DTYPES.values():
            return None
        arguments.append(Argument.describe(value))
    return NetworkCall(name, network.training, torch.is_grad_enabled(), tuple(arguments))


def can_be_made(call: NetworkCall) -> bool:
    """Whether no two numbers of an input share a place in memory."""
    return all(
        step > 0 or size < 2 for item in call.arguments for size, step in zip(item.shape, item.stride, strict=True)
    )


def make_inputs(call: NetworkCall, device: torch.device) -> list[Tensor]:
    """Inputs of this form: random numbers, and zeros where they are whole, since a zero is an index of every table."""
    return [make_input(item, device) for item in call.arguments]


def make_input(item: Argument, device: torch.device) -> Tensor:
    """One input. What gradients go through is the result of something, as in a step."""
    made = torch.empty_strided(item.shape, item.stride, dtype=item.dtype, device=device)
    made = made.normal_() if item.dtype.is_floating_point else made.zero_()
    return made.requires_grad_().clone() if item.is_followed else made


def write_call(call: NetworkCall) -> dict[str, Any]:
    """A call as JSON."""
    arguments = [
        {**item._asdict(), "shape": list(item.shape), "stride": list(item.stride), "dtype": str(item.dtype)}
        for item in call.arguments
    ]
    return {**call._asdict(), "arguments": arguments}


def read_call(saved: dict[str, Any]) -> NetworkCall:
    """A call from JSON."""
    arguments = tuple(
        Argument(tuple(item["shape"]), tuple(item["stride"]), DTYPES[item["dtype"]], item["is_followed"])
        for item in saved["arguments"]
    )
    return NetworkCall(saved["network"], saved["is_training"], saved["is_recorded"], arguments)
