"""How an output changes with an input, as a value to go on with: gradient penalties and saliency."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from builder.kinds import Port
from builder.parts.draws import find_slope
from builder.training.base import TrainingKind


class Leaf(TrainingKind):
    """Lets values through as a place that a Gradient can be taken at; what lies before it is not trained by what follows.

    Shapes:
        output: as the input.
    """

    kind = "Leaf"
    family = "Operations"
    role = "operation"
    cuts_gradient = True
    synonyms = ("requires grad", "gradient penalty", "saliency", "input gradient")
    inputs = (Port("input", help="Real numbers."),)
    outputs = (Port("output"),)
    stateless = True

    @classmethod
    def apply(cls, params: Any, *inputs: Tensor) -> Tensor:
        """The value as the beginning of a history."""
        return inputs[0].detach().requires_grad_()

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The value as the beginning of a history."""
        return f"{names[0]}.detach().requires_grad_()"


class Gradient(TrainingKind):
    """Gives the slope of an output at a Leaf: how much each value there changes it. It can be part of a loss.

    Shapes:
        input: any, what is summed up and differentiated. leaf: any, the output of a Leaf before it.
        output: as leaf.

    Formula:
        d sum(input) / d leaf

    Reference:
        Gulrajani et al., Improved Training of Wasserstein GANs, 2017.
    """

    kind = "Gradient"
    family = "Operations"
    role = "operation"
    synonyms = ("derivative", "slope", "gradient penalty", "wgan-gp", "lipschitz", "saliency")
    inputs = (Port("input", help="What is differentiated."), Port("leaf", help="The output of a Leaf before it."))
    outputs = (Port("output"),)
    stateless = True
    part = find_slope

    @classmethod
    def apply(cls, params: Any, *inputs: Tensor) -> Tensor:
        """The slope; of shapes alone it is the leaf's."""
        return torch.empty_like(inputs[1]) if inputs[0].is_meta else find_slope(*inputs)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """A call of the part."""
        return f"find_slope({names[0]}, {names[1]})"
