"""Runs random projects: forward at several batch sizes, training steps, and the printed source beside the module."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from builder.codegen import generate_model
from builder.columns import Column, describe_columns, list_columns
from builder.compiler import build_network
from builder.document import NETWORKS, FieldFacts, Project
from builder.flow import Flow
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from builder.tensors import BATCH, BATCH_PROBES, TensorSpec
from runtime.step import Machinery, Stepper

WORDS = 20


def make_tensor(shape: tuple[int, ...], dtype: str, highest: int = WORDS) -> Tensor:
    """Random numbers of a dtype."""
    return torch.randint(highest, shape) if dtype == "int64" else torch.randn(shape)


def make_inputs(project: Project, flows: Mapping[str, Flow], rows: int) -> list[Tensor]:
    """A batch for each Input of the network."""
    flow = flows[f"{NETWORKS}model"]
    inputs = [node.id for node in project.networks["model"].nodes if node.kind == "Input"]
    specs = [flow.nodes[id].outputs["output"] for id in inputs]
    return [make_tensor((rows, *spec.at(0)[1:]), spec.dtype) for spec in specs]


def expected_shape(spec: TensorSpec, rows: int) -> tuple[int | None, ...]:
    """The shape of a spec at this number of rows; None for an axis that depends on it in another way."""
    probe = BATCH_PROBES[0]
    return tuple(
        size if isinstance(size, int) else rows if size == BATCH else rows * size.sizes[0] // probe
        for size in spec.shape
    )


def run_network(project: Project, rows: int) -> tuple[nn.Module, list[Tensor], list[Tensor]]:
    """Build the network and run it; returns it, its inputs and its outputs, after their shapes were compared."""
    flows = infer(project)
    network = build_network(project, "model").eval()
    inputs = make_inputs(project, flows, rows)
    with torch.no_grad():
        result = network(*inputs)
    outputs = list(result) if isinstance(result, tuple) else [result]
    ends = flows[f"{NETWORKS}model"].outputs_of(project.networks["model"])
    for output, spec in zip(outputs, ends.values(), strict=True):
        assert tuple(output.shape) == expected_shape(spec, rows), (output.shape, spec)
        assert str(output.dtype) == f"torch.{spec.dtype}"
    return network, inputs, outputs


def run_source(project: Project, network: nn.Module, inputs: list[Tensor]) -> list[Tensor]:
    """Run the printed source with the same weights."""
    namespace: dict[str, Any] = {"__name__": "printed"}
    exec(compile(generate_model(project), "model.py", "exec"), namespace)
    printed = namespace["Model"]().eval()
    printed.load_state_dict(network.state_dict())
    with torch.no_grad():
        result = printed(*inputs)
    return list(result) if isinstance(result, tuple) else [result]


def count(column: Column, known: Mapping[str, FieldFacts]) -> int:
    """How many different whole numbers a tensor of a batch holds; every sequence here has two steps at least."""
    classes = known[column.field].classes
    return 2 if column.is_lengths else len(classes) if classes else WORDS


def make_batches(project: Project, rows: int) -> dict[str, Any]:
    """A batch for each Data node, as a step takes it."""
    batches: dict[str, Any] = {}
    for node in project.training.nodes:
        if node.kind == "Data":
            source = project.data[str(node.params["source"])]
            assert source.facts is not None
            specs, known = describe_columns(source), source.facts.fields
            batches[node.id] = tuple(
                make_tensor((rows, *specs[column.name].shape[1:]), specs[column.name].dtype, count(column, known))
                for column in list_columns(source)
            )
    return batches


def run_steps(project: Project, steps: int = 2, rows: int = 4) -> list[dict[str, Tensor]]:
    """Train for a few steps; returns what was logged in each."""
    plan = TrainingPlan(project)
    networks = {name: build_network(project, name) for name in {*called(plan), *plan.trained}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        stepper = Stepper(Machinery(plan, networks, torch.device("cpu"), bf16=False))
        for optimizing in stepper.machinery.optimizers.values():
            optimizing.begin(steps, 1)
        return [stepper.run(make_batches(project, rows), step, 0) for step in range(steps)]


def called(plan: TrainingPlan) -> set[str]:
    """The networks that the training graph calls."""
    return {name for id in plan.nodes if (name := plan.network_of(id))}
