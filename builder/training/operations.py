"""Operations between networks and losses: arithmetic, and a stop for gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import Field, field_validator
from torch import Tensor

from builder.kinds import Params, Port
from builder.layers.base import Misfit
from builder.training.base import TrainingKind
from builder.training.formula import FormulaError, evaluate_formula, names_in, parse_formula, print_formula

T = TypeVar("T")


class Formula(TrainingKind):
    """Computes what you write: `loss + 0.1 * penalty`, `mean((a - b) ** 2)`. Each name in it is an input.

    It knows + - * / **, numbers, and the functions mean, sum, min, max, abs, sqrt, exp, log, sigmoid, tanh,
    clamp(x, low, high) and norm. mean, sum, min and max are taken over everything unless an axis is named:
    mean(x, axis=1). min and max of two values compare them one by one. norm is that of each sample, over all its
    other axes.

    Shapes:
        Those of the inputs, combined as PyTorch does it; one number after mean, sum, min or max without an axis.
    """

    kind = "Formula"
    family = "Operations"
    role = "operation"
    synonyms = ("arithmetic", "sum", "add", "expression", "math", "combine losses")
    shown = ("expression",)
    inputs = ()
    outputs = (Port("output"),)
    dynamic_ports = True
    stateless = True

    class Params(Params):
        """What is computed."""

        expression: str = Field("a + b", max_length=500, description="The formula; every name in it is an input.")
        log: bool = Field(False, description="Whether it is drawn as a curve, as losses are; it must give one number.")

        @field_validator("expression")
        @classmethod
        def check_expression(cls, text: str) -> str:
            """Only what the formula language knows."""
            try:
                parse_formula(text)
            except FormulaError as error:
                raise ValueError(f"the formula {error}") from None
            return text

    @classmethod
    def list_inputs(cls, params: Any) -> tuple[Port, ...]:
        """One port for each name, in the order of their first appearance."""
        return tuple(Port(name, dtype="number") for name in names_in(params.expression))

    @classmethod
    def apply(cls, params: Any, *inputs: Tensor) -> Tensor:
        """Compute the formula; inputs in the order of the ports. Raises Misfit where a curve is wanted of many numbers."""
        value = evaluate_formula(params.expression, name_values(params, inputs))
        if params.log and value.dim():
            reason = "a curve is drawn of it, and it gives more than one number"
            raise Misfit("many_numbers", reason, param="log")
        return value

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The formula over the names of the inputs, in the order of the ports."""
        return print_formula(params.expression, name_values(params, [name or "None" for name in names]))


def name_values(params: Any, values: Sequence[T]) -> dict[str, T]:
    """Give every value the name of its port."""
    return dict(zip(names_in(params.expression), values, strict=True))


class Detach(TrainingKind):
    """Lets values through and stops gradients: what lies before it is not trained by what lies after it.

    With `hold` it keeps the first value of a step, also where a network before it was trained meanwhile.

    Shapes:
        output: as the input.
    """

    kind = "Detach"
    family = "Operations"
    role = "operation"
    cuts_gradient = True
    synonyms = ("stop gradient", "freeze", "no grad")
    inputs = (Port("input", dtype="any"),)
    outputs = (Port("output", dtype="any"),)
    stateless = True

    class Params(Params):
        """Whether the value is kept for the whole step."""

        hold: bool = Field(True, description="Whether the first value of a step is kept until its end.")

    @classmethod
    def apply(cls, params: Any, *inputs: Tensor) -> Tensor:
        """The value without its history."""
        return inputs[0].detach()

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The value without its history."""
        return f"{names[0]}.detach()"
