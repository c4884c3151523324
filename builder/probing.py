"""What a layer does with given specs, found by running it on the meta device at two sizes of every axis that varies."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch

from builder.flow import Problem
from builder.layers.base import Layer, Misfit
from builder.layers.costs import multiply_adds
from builder.layers.initialise import list_steps
from builder.tensors import TensorSpec, join_probes

MANY_BYTES = 2**44


@dataclass(frozen=True)
class Probe:
    """What a layer does with given specs: its output specs, or the problem; its parameters and its cost.

    ``tensors``: the names of what it learns, each with the number of its axes.
    """

    outputs: tuple[TensorSpec, ...] = ()
    problem: Problem | None = None
    parameters: int = 0
    multiply_adds: int = 0
    tensors: tuple[tuple[str, int], ...] = ()


@lru_cache(maxsize=50_000)
def cached_probe(kind: Any, params_json: str, specs: tuple[TensorSpec | None, ...]) -> Probe:
    """Probe a layer, remembered by kind, parameters and input specs."""
    params = kind.Params.model_validate_json(params_json)
    try:
        return run_probe(kind, params, specs)
    except Misfit as misfit:
        return Probe(problem=Problem(misfit.code, misfit.reason, misfit.port, misfit.param, misfit.facts))
    except (
        RuntimeError,
        ValueError,
        TypeError,
        IndexError,
        AssertionError,
        NotImplementedError,
        OverflowError,
    ) as error:
        return Probe(problem=Problem("refused", str(error).strip().split("\n")[0][:300]))


def probe_layer(kind: type[Layer], params: Any, specs: tuple[TensorSpec | None, ...]) -> Probe:
    """What a layer does with inputs of these specs."""
    known: Any = kind
    return cached_probe(known, params.model_dump_json(by_alias=True), specs)


def run_probe(kind: type[Layer], params: Any, specs: tuple[TensorSpec | None, ...]) -> Probe:
    """Build a layer on the meta device and run it at both probes."""
    with torch.device("meta"), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        construct = kind.construct_for(params, specs, kind.on_demand)
        module = construct.build().eval() if construct else None
        if isinstance(module, torch.nn.Module):
            list_steps(module, params)
        results = [call_layer(kind, params, module, meta_inputs(specs, probe)) for probe in (0, 1)]
    outputs = tuple(joined(*pair) for pair in zip(*results, strict=True))
    learned = list(module.named_parameters()) if isinstance(module, torch.nn.Module) else []
    parameters = sum(tensor.numel() for _, tensor in learned)
    tensors = tuple((name, tensor.ndim) for name, tensor in learned)
    shapes = [spec.at(0) if spec else () for spec in specs]
    cost = multiply_adds(kind, module, shapes, [tuple(out.shape) for out in results[0]])
    return Probe(outputs, None, parameters, int(cost), tensors)


def call_layer(kind: type[Layer], params: Any, module: Any, inputs: list[Any]) -> tuple[torch.Tensor, ...]:
    """Call a layer's module or expression; always a tuple."""
    if module is None:
        result = kind.apply(params, *inputs)
    else:
        while inputs and inputs[-1] is None:
            inputs = inputs[:-1]
        result = module(*inputs)
    return result if isinstance(result, tuple) else (result,)


def meta_inputs(specs: tuple[TensorSpec | None, ...], probe: int) -> list[torch.Tensor | None]:
    """Tensors without storage. Whole numbers of one axis (lengths) are real: packing a sequence refuses meta tensors."""
    return [None if spec is None else meta_tensor(spec, probe) for spec in specs]


def meta_tensor(spec: TensorSpec, probe: int) -> torch.Tensor:
    """One tensor of a spec at a probe."""
    shape = spec.at(probe)
    size = 4
    for axis in shape:
        size *= axis
        if axis < 1 or size > MANY_BYTES:
            raise Misfit("too_large", f"{spec} is not a size that can be computed")
    return torch.empty(shape, dtype=getattr(torch, spec.dtype), device="meta")


def joined(first: torch.Tensor, second: torch.Tensor) -> TensorSpec:
    """The spec of an output from its tensors at the two probes."""
    return TensorSpec(join_probes(tuple(first.shape), tuple(second.shape)), str(first.dtype).removeprefix("torch."))
