"""Runs one real batch through a project up to one node and tells what comes out there, without training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from builder.columns import list_columns
from builder.compiler import build_network
from builder.cutting import CutError, Step, cut_project, find_way
from builder.document import NETWORKS, TRAINING, Project
from builder.parts.sampler import order_samples
from builder.planner import PlanError
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from runtime.data import batches
from runtime.data.prepare import PreparedSource, prepare_source
from runtime.draws import OwnDraws
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.weights import read_snapshot
from runtime.session import with_facts
from runtime.step import Machinery, Values, gather

MOST_SAMPLES = 64
FRESH = "fresh weights"


@dataclass(frozen=True)
class Glimpse:
    """What comes out of a node for one batch of the training part: a tensor for each of its outputs.

    ``weights`` says where the networks' weights are from, in a few words. ``module`` is the layer's own, with these weights;
    None for a node without one.
    """

    outputs: dict[str, Tensor]
    samples: int
    weights: str
    module: nn.Module | None = None


def glimpse(
    project: Project, path: str, node: str, way: Sequence[Step] = (), trained: RunFolder | None = None
) -> Glimpse:
    """Compute one node on the samples of the first step.

    Args:
        project: the project; what the node does not depend on may be unfinished or wrong.
        path: the graph of the node.
        node: its id.
        way: the blocks that lead to it, outermost first.
        trained: a run whose weights are taken where all that are needed have the same names and shapes; else they are fresh.

    Raises:
        RunError: nothing can be computed there; the message is a sentence.
        DataError: the data cannot be used.
    """
    try:
        cut = cut_project(project, path, node, way)
        computed, samples, weights, networks = compute(cut.project, cut.call, trained)
    except (CutError, PlanError) as problem:
        raise RunError(str(problem)) from problem
    values = computed if isinstance(computed, tuple) else (computed,)
    tensors = [value if isinstance(value, Tensor) else torch.as_tensor(value) for value in values]
    root = str(cut.project.training.node(cut.call).params.get("network", "model"))
    module = None if path == TRAINING else find_module(networks, root, project, path, node, way)
    return Glimpse(dict(zip(cut.ports, tensors, strict=False)), samples, weights, module)


def find_module(
    networks: dict[str, nn.Module], root: str, project: Project, path: str, node: str, way: Sequence[Step]
) -> nn.Module | None:
    """The module of a node in the network that was cut behind it; its owner's where it shares weights."""
    name = path.removeprefix(NETWORKS)
    owner = project.graph(path).node(node).weights_of or node
    blocks = [block for _, block in tuple(way) or find_way(project, name)]
    modules = dict(networks[root].named_modules())
    return modules.get(".".join([*blocks, owner]))


def compute(project: Project, call: str, trained: RunFolder | None) -> tuple[Any, int, str, dict[str, nn.Module]]:
    """The value of a node of the training graph, on how many samples, where the weights are from, and the networks."""
    used = find_sources(project, "nothing can be computed")
    project = project.model_copy(update={"data": {name: project.data[name] for name in used}})
    prepared = {name: prepare_source(source) for name, source in project.data.items()}
    project = with_facts(project, prepared)
    flows = infer(project)
    plan = TrainingPlan(project, flows)
    if plan.role(call) == "updater":
        raise RunError(f'"{call}" changes weights and gives no value of its own. Look at its loss instead.')
    with OwnDraws(project.run.seed), torch.no_grad():
        networks: dict[str, nn.Module] = {
            name: build_network(project, name, flows)
            for name in {plan.network_of(id) for id in plan.nodes} - {None}
            if name
        }
        weights = take_weights(networks, trained)
        machinery = Machinery(plan, networks, torch.device("cpu"), bf16=False)
        values = {id: take_batch(plan, id, prepared) for id in plan.of_role("data")}
        samples = len(next(iter(values.values()))[0]) if values else 0
        return evaluate(machinery, values, call), samples, weights, networks


def find_sources(project: Project, consequence: str) -> set[str]:
    """The sources that the training graph reads. Raises RunError, with what follows from it, where one is not there."""
    used = {str(node.params.get("source", "main")) for node in project.training.nodes if node.kind == "Data"}
    missing = used - set(project.data)
    if missing:
        raise RunError(f'The project has no data "{min(missing)}", so {consequence}. Choose data for it.')
    return used


def take_weights(networks: dict[str, nn.Module], trained: RunFolder | None) -> str:
    """Give networks the weights of a run where all fit, and put them at rest; say where the weights are from."""
    for network in networks.values():
        network.eval()
    told = load_trained(networks, trained)
    if told == FRESH:
        for network in networks.values():
            use_batch_statistics(network)
    return told


def load_trained(networks: dict[str, nn.Module], trained: RunFolder | None) -> str:
    """Give networks the weights of a run where all fit; say where the weights are from."""
    try:
        snapshot = read_snapshot(trained) if trained else None
    except RunError:
        snapshot = None
    if not snapshot or not all(fits(network, snapshot.weights.get(name, {})) for name, network in networks.items()):
        return FRESH
    for name, network in networks.items():
        kept = {key: snapshot.weights[name][key] for key in network.state_dict()}
        network.load_state_dict(kept)
    return f"weights of the last training, step {snapshot.step:,}"


def fits(network: nn.Module, weights: dict[str, Tensor]) -> bool:
    """Whether every tensor of a network is there in its shape."""
    state = network.state_dict()
    return all(key in weights and weights[key].shape == value.shape for key, value in state.items())


def use_batch_statistics(network: nn.Module) -> None:
    """Let batch normalisation look at the batch, as in training: without training its running statistics say nothing."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.train()


def take_batch(plan: TrainingPlan, id: str, prepared: dict[str, PreparedSource]) -> Any:
    """The samples that the first step sees, a tensor for each field."""
    params = plan.params(id)
    source = prepared[params.source]
    order = order_samples(source.facts.counts["train"], plan.project.run.seed, 0, params.shuffle)
    chosen = order[: min(params.batch_size, MOST_SAMPLES)]
    batch = batches.take_batch(list_columns(plan.project.data[params.source]), source.parts["train"], chosen)
    return batch if isinstance(batch, tuple) else (batch,)


def evaluate(machinery: Machinery, batches: Values, wanted: str) -> Any:
    """The value of one node, from those of the nodes before it."""
    plan = machinery.plan
    values: Values = {id: batch[0] if len(batch) == 1 else batch for id, batch in batches.items()}
    for id in plan.view.order:
        role = plan.role(id)
        if id in values or (role in ("metric", "updater", "preview") and id != wanted):
            continue
        inputs = gather(values, plan.uses[id].inputs)
        if role == "preview":
            return inputs[0]
        if role == "metric":
            metric = machinery.metrics[id]
            metric.update(*inputs)
            return metric.compute()
        values[id] = call_node(machinery, id, inputs)
    return values[wanted]


def call_node(machinery: Machinery, id: str, inputs: list[Any]) -> Any:
    """The value of one node. What PyTorch refuses, such as a class beyond the last score, is said with its name."""
    try:
        return machinery.caller(machinery.plan.uses[id])(*inputs)
    except (RuntimeError, IndexError, ValueError, TypeError) as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")[:200]
        raise RunError(
            f'"{id}" cannot be computed for this batch: {reason}. See what the findings say about it.'
        ) from error
