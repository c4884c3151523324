"""How weights start: one list of steps, carried out on a module or printed as the PyTorch source that does the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from pydantic import Field, GetJsonSchemaHandler, JsonValue
from pydantic.config import JsonDict
from pydantic_core import CoreSchema
from torch import nn

from builder.kinds import Params
from builder.layers.base import Misfit
from builder.layers.parameters import Number

START: JsonDict = {"group": "start"}
SPREAD: JsonDict = {"group": "start", "when": {"weight_init": ["normal", "trunc_normal"]}}
SAME: JsonDict = {"group": "start", "when": {"weight_init": ["constant"]}}
GIVEN = "given"


class StartParams(Params):
    """What every layer with weights has. Its fields come last in the form."""

    initial: dict[str, Any] = Field(
        {},
        description="Given start values: the name of a tensor (weight, bias) and nested lists of numbers.",
        json_schema_extra=START,
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Put what a layer is about before how it starts."""
        described = handler.resolve_ref_schema(handler(schema))
        properties = described["properties"]
        described["properties"] = dict(sorted(properties.items(), key=lambda item: item[1].get("group") == "start"))
        return described


class WeightStart(StartParams):
    """How the weights and biases of a layer start."""

    weight_init: Literal[
        "default",
        "kaiming_normal",
        "kaiming_uniform",
        "xavier_normal",
        "xavier_uniform",
        "orthogonal",
        "normal",
        "trunc_normal",
        "zeros",
        "ones",
        "constant",
    ] = Field(
        "default",
        description="How weights start: PyTorch's default, Kaiming for ReLU, Xavier for tanh and sigmoid, and others.",
        json_schema_extra=START,
    )
    weight_mean: Number = Field(0.0, description="Mean of normal start weights.", json_schema_extra=SPREAD)
    weight_std: float = Field(
        0.02,
        ge=0,
        le=1e3,
        description="Standard deviation of normal start weights.",
        json_schema_extra=SPREAD,
    )
    weight_value: Number = Field(
        0.0,
        description="The start value of every weight.",
        json_schema_extra=SAME,
    )
    bias_init: Literal["default", "zeros"] = Field(
        "default", description="How biases start: PyTorch's default, or zero.", json_schema_extra=START
    )


class ScaleStart(StartParams):
    """How the scale and shift of a normalisation start."""

    weight_init: Literal["default", "zeros", "normal"] = Field(
        "default",
        description="How scales start: at one, at zero (for the last one of a residual branch), or normal around one.",
        json_schema_extra=START,
    )
    weight_mean: Number = Field(1.0, description="Mean of normal start scales.", json_schema_extra=SPREAD)
    weight_std: float = Field(
        0.02,
        ge=0,
        le=1e3,
        description="Standard deviation of normal start scales.",
        json_schema_extra=SPREAD,
    )


class TensorStart(StartParams):
    """How a tensor that is learned by itself starts."""

    weight_init: Literal["default", "normal", "trunc_normal", "zeros", "ones", "constant"] = Field(
        "default", description="How the numbers start: small and normal unless told otherwise.", json_schema_extra=START
    )
    weight_mean: Number = Field(0.0, description="Mean of normal start numbers.", json_schema_extra=SPREAD)
    weight_std: float = Field(
        0.02, ge=0, le=1e3, description="Standard deviation of normal start numbers.", json_schema_extra=SPREAD
    )
    weight_value: Number = Field(0.0, description="The start value of every number.", json_schema_extra=SAME)


Start = WeightStart | ScaleStart | TensorStart


@dataclass(frozen=True)
class Step:
    """One tensor, or one row of it, and how it starts: a function of ``nn.init`` without its underscore, or values."""

    tensor: str
    rule: str
    arguments: dict[str, float] = field(default_factory=dict)
    values: Any = None
    row: int | None = None


def initialise(module: nn.Module, params: Params) -> None:
    """Let the weights of a module start as its parameters say. Works on the meta device too. Raises Misfit."""
    for step in list_steps(module, params):
        whole = module.get_parameter(step.tensor)
        tensor = whole if step.row is None else whole[step.row]
        if step.rule == GIVEN:
            with torch.no_grad():
                tensor.copy_(torch.tensor(step.values))
        else:
            getattr(nn.init, f"{step.rule}_")(tensor, **step.arguments)


def initialise_source(name: str, module: nn.Module, params: Params) -> list[str]:
    """Lines of source that start ``name`` (such as ``self.conv1``) as ``initialise`` starts the module."""
    return [print_step(name, step) for step in list_steps(module, params)]


def print_step(name: str, step: Step) -> str:
    """The source of one step."""
    tensor = f"{name}.{step.tensor}" + ("" if step.row is None else f"[{step.row}]")
    if step.rule == GIVEN:
        return f"{tensor}.data.copy_(torch.tensor({step.values!r}))"
    arguments = "".join(f", {key}={value!r}" for key, value in step.arguments.items())
    return f"nn.init.{step.rule}_({tensor}{arguments})"


def list_steps(module: nn.Module, params: Params) -> list[Step]:
    """What has to be done to a new module; nothing where PyTorch's own start is wanted. Raises Misfit."""
    steps = []
    if isinstance(params, Start):
        steps += list_weight_steps(module, params)
    if isinstance(params, WeightStart) and params.bias_init == "zeros":
        steps += [Step(name, "zeros") for name, _ in module.named_parameters() if is_bias(name)]
    if isinstance(params, StartParams):
        steps += [read_given(module, name, values) for name, values in params.initial.items()]
    return steps


def list_weight_steps(module: nn.Module, params: Start) -> list[Step]:
    """The steps for the weights. Scales of normalisations inside a larger module keep their ones."""
    if params.weight_init == "default":
        return []
    rule, arguments = read_rule(params)
    least_axes = 2 if isinstance(params, WeightStart) else 1
    steps = [
        Step(name, rule, arguments)
        for name, tensor in module.named_parameters()
        if not is_bias(name) and tensor.dim() >= least_axes
    ]
    if isinstance(module, nn.Embedding) and module.padding_idx is not None:
        steps.append(Step("weight", "zeros", row=module.padding_idx))
    return steps


def read_rule(params: Start) -> tuple[str, dict[str, float]]:
    """The function of ``nn.init`` and its arguments."""
    if params.weight_init in ("normal", "trunc_normal"):
        return params.weight_init, {"mean": params.weight_mean, "std": params.weight_std}
    if not isinstance(params, ScaleStart) and params.weight_init == "constant":
        return "constant", {"val": params.weight_value}
    return params.weight_init, {}


def is_bias(name: str) -> bool:
    """Whether a parameter of that name is a bias (``bias``, ``bias_ih_l0``, ``in_proj_bias``)."""
    return "bias" in name.rpartition(".")[2]


def read_given(module: nn.Module, name: str, values: JsonValue) -> Step:
    """Check given values against the tensor they are for. Raises Misfit."""
    tensors = dict(module.named_parameters())
    if name not in tensors:
        known = ", ".join(tensors) or "none"
        raise Misfit("initial_unknown", f'there is no tensor "{name}" to start; there are: {known}', param="initial")
    wanted = list(tensors[name].shape)
    got = measure_list(values)
    if got != wanted:
        shape = "are uneven" if got is None else f"have {got}"
        reason = f'"{name}" has the shape {wanted}, and the given values {shape}'
        raise Misfit("initial_shape", reason, param="initial", wants=wanted, got=got)
    return Step(name, GIVEN, values=as_floats(values))


def measure_list(values: JsonValue) -> list[int] | None:
    """The shape of nested lists of numbers; None where they are uneven or hold anything else."""
    if isinstance(values, int | float) and not isinstance(values, bool):
        return []
    if not isinstance(values, list):
        return None
    shapes = [measure_list(value) for value in values]
    if not shapes:
        return [0]
    first = shapes[0]
    return [len(values), *first] if first is not None and all(shape == first for shape in shapes) else None


def as_floats(values: Any) -> Any:
    """Nested lists with every number a float, so that whole numbers do not make an integer tensor."""
    return [as_floats(value) for value in values] if isinstance(values, list) else float(values)
