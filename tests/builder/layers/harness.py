"""What every layer must do, whatever its kind: used by the tests once for each example of each kind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from builder.kinds import Construct
from builder.layers import CATALOGUE
from builder.layers.base import Layer
from builder.layers.initialise import initialise, initialise_source
from builder.parts import (
    attention,
    channel_norm,
    group_norm,
    learned,
    pooling,
    positional_encoding,
    recurrent,
    stochastic_depth,
)
from builder.tensors import BATCH, TIME, TensorSpec
from tests.builder.layers.cases import OTHER_TIME, Case

PARTS = {
    name: value
    for module in (
        *(attention, channel_norm, group_norm, learned, pooling, positional_encoding, recurrent),
        stochastic_depth,
    )
    for name, value in vars(module).items()
    if isinstance(value, type) and value.__module__ == module.__name__
}
NUM_WORDS = 40


class Use:
    """A layer with parameters and inputs, as the compiler would use it."""

    def __init__(self, kind: str, case: Case, wanted: Collection[str] | None = None) -> None:
        self.layer: type[Layer] = CATALOGUE[kind]
        self.params: Any = self.layer.Params.model_validate(case.params)
        self.specs = case.inputs
        asked = self.layer.on_demand if wanted is None else wanted
        self.construct: Construct | None = self.layer.construct_for(self.params, case.inputs, asked)

    def build(self, seed: int = 0) -> nn.Module | None:
        """The module with its start weights."""
        if self.construct is None:
            return None
        torch.manual_seed(seed)
        module = self.construct.build()
        initialise(module, self.params)
        return module

    def build_from_source(self, seed: int = 0) -> nn.Module | None:
        """The module that the printed source makes, with the start weights that its printed lines give."""
        if self.construct is None:
            return None
        torch.manual_seed(seed)
        names = {"nn": nn, "torch": torch, **PARTS}
        module = eval(print_call(self.construct), names)
        for line in initialise_source("layer", module, self.params):
            exec(line, {**names, "layer": module})
        return module

    def run(self, module: nn.Module | None, inputs: list[Tensor | None], seed: int = 1) -> tuple[Tensor, ...]:
        """The outputs of the module or of ``apply``."""
        torch.manual_seed(seed)
        result = module(*trim(inputs)) if module is not None else self.layer.apply(self.params, *inputs)
        return result if isinstance(result, tuple) else (result,)

    def run_source(self, module: nn.Module | None, inputs: list[Tensor | None], seed: int = 1) -> tuple[Tensor, ...]:
        """The outputs of the printed source."""
        if module is not None:
            return self.run(module, inputs, seed)
        torch.manual_seed(seed)
        names = [f"x{index}" for index in range(len(inputs))]
        source = self.layer.expression(self.params, *names)
        scope = {"torch": torch, "F": F, "nn": nn, "__builtins__": {}, **dict(zip(names, inputs, strict=True))}
        return (eval(source, scope),)


def trim(inputs: list[Tensor | None]) -> list[Tensor | None]:
    """Inputs without the trailing ones that have no link."""
    while inputs and inputs[-1] is None:
        inputs = inputs[:-1]
    return inputs


def print_call(construct: Construct) -> str:
    """The call that makes the module, as a person writes it."""
    prefix = "nn." if construct.target.__module__.startswith("torch.nn") else ""
    arguments = [repr(value) for value in construct.args]
    arguments += [f"{name}={value!r}" for name, value in construct.meaningful().items()]
    return f"{prefix}{construct.target.__name__}({', '.join(arguments)})"


def make_inputs(
    specs: tuple[TensorSpec | None, ...], batch: int, steps: int, other_steps: int | None = None, seed: int = 2
) -> list[Tensor | None]:
    """Random tensors of these specs."""
    torch.manual_seed(seed)
    sizes = {BATCH: batch, TIME: steps, OTHER_TIME: other_steps or steps}
    return [
        None if spec is None else make_tensor(tuple(sizes.get(size, size) for size in spec.shape), spec.dtype, steps)
        for spec in specs
    ]


def make_tensor(shape: tuple[Any, ...], dtype: str, steps: int) -> Tensor:
    """A random tensor; whole numbers of one axis are lengths."""
    if dtype == "int64":
        return torch.randint(1, steps + 1, shape) if len(shape) == 1 else torch.randint(0, NUM_WORDS, shape)
    if dtype == "bool":
        mask = torch.rand(shape) < 0.7
        mask[:, 0] = True
        return mask
    return torch.randn(shape)
