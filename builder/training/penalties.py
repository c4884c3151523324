"""Penalties on the weights of networks: added to a loss, they keep a network small and smooth."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from builder.document import Project
from builder.kinds import Construct, Params
from builder.layers.base import Specs
from builder.parts import losses as parts
from builder.tensors import TensorSpec
from builder.training.base import TrainingKind


class PenaltyParams(Params):
    """Whose weights, and how strongly."""

    networks: tuple[str, ...] = Field((), description="The networks whose weights are kept small.")
    weight: float = Field(1e-4, ge=0, description="How strongly it counts.")
    biases: bool = Field(False, description="Whether biases and the scales of normalisation count too.")


class Penalty(TrainingKind):
    """A number that grows with the weights of networks."""

    family = "Penalties"
    role = "penalty"
    inputs = ()
    Params = PenaltyParams  # type: ignore[assignment]

    @classmethod
    def declare(cls, params: Any, project: Project) -> dict[str, TensorSpec]:
        """One number."""
        return {"output": TensorSpec(())}


class L1Penalty(Penalty):
    """The sum of the absolute weights of networks: it drives weights that are of no use to zero.

    Add it to a loss with a Formula: `loss + penalty`.

    Shapes:
        output: one number.

    Formula:
        weight * sum(abs(w))
    """

    kind = "L1Penalty"
    synonyms = ("regularisation", "regularization", "lasso", "sparse")
    shown = ("weight",)

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the module, which is called with the parameters of the networks."""
        return Construct(parts.L1Penalty, kwargs={"weight": params.weight, "biases": params.biases})


class L2Penalty(Penalty):
    """The sum of the squared weights of networks: it keeps all weights small.

    Add it to a loss with a Formula: `loss + penalty`. The `weight_decay` of an optimizer does almost the same.

    Shapes:
        output: one number.

    Formula:
        weight * sum(w ** 2)
    """

    kind = "L2Penalty"
    synonyms = ("regularisation", "regularization", "ridge", "weight decay")
    shown = ("weight",)

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the module, which is called with the parameters of the networks."""
        return Construct(parts.L2Penalty, kwargs={"weight": params.weight, "biases": params.biases})
