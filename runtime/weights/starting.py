"""Has the networks of a project start from kept weights, and tells beforehand what will fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from builder.compiler import build_network
from builder.document import NETWORKS, Graph, Project, Weights
from builder.foreign_names import collect_names
from builder.naming import networks_in_training
from builder.parts.averaging import average_weights
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from runtime.weights.carrying import Carried, carry_over
from runtime.weights.library import load_weights


def list_starts(project: Project) -> Iterator[tuple[str, Weights]]:
    """The networks that take part in training and do not start from fresh weights."""
    for name in networks_in_training(project):
        weights = project.networks[name].weights
        if weights is not None and weights.sha256:
            yield name, weights


def foresee_start(project: Project) -> list[str]:
    """What will be carried over, network by network, without building weights. Raises RunError and PlanError."""
    return [foresee(project, name, weights).describe(name, weights.origin) for name, weights in list_starts(project)]


def foresee(project: Project, name: str, weights: Weights) -> Carried:
    """What will be carried over into one network."""
    with torch.device("meta"):
        network = build_network(project, name)
    return carry_over(network.state_dict(), load_weights(weights), name_tensors(project, name))


def name_tensors(project: Project, name: str) -> dict[str, str]:
    """What the tensors of a network are called in its weights, inside blocks too."""
    return collect_names(project, name, infer(project)[NETWORKS + name])


def gather_start(project: Project) -> dict[str, dict[str, Tensor]]:
    """What is carried over, by network and by the name in it. Raises RunError and PlanError."""
    found = {}
    for name, weights in list_starts(project):
        given = load_weights(weights)
        found[name] = {key: given[other] for key, other in foresee(project, name, weights).names.items()}
    return found


def start_networks(project: Project, networks: Mapping[str, nn.Module]) -> list[str]:
    """Put kept weights into fresh networks; no random number is drawn. Returns a sentence for each network that has some.

    A network that follows another one begins as a copy of what that starts from; weights of its own come on top.

    Raises:
        RunError: The weights of a network are not on this computer, or are damaged.
    """
    starts = dict(list_starts(project))
    plan = TrainingPlan(project) if starts else None
    followed = [plan.params(id) for id in plan.averages] if plan else []
    late = {name for params in followed for name in params.networks}
    said = {
        name: start_network(project, name, weights, networks) for name, weights in starts.items() if name not in late
    }
    for params in followed:
        for name in params.networks:
            average_weights(networks[name], networks[params.network], 0.0)
            if name in starts:
                said[name] = start_network(project, name, starts[name], networks)
    return [said[name] for name in starts]


def start_network(project: Project, name: str, weights: Weights, networks: Mapping[str, nn.Module]) -> str:
    """Put kept weights into one network; what they do not hold stays as it is. Returns a sentence."""
    own, given = networks[name].state_dict(), load_weights(weights)
    carried = carry_over(own, given, name_tensors(project, name))
    networks[name].load_state_dict({**own, **{key: given[other] for key, other in carried.names.items()}})
    return carried.describe(name, weights.origin)


def drop_starts(project: Project) -> Project:
    """The project with every network starting from fresh weights."""
    fresh = {name: graph.model_copy(update={"weights": start_fresh(graph)}) for name, graph in project.networks.items()}
    return project.model_copy(update={"networks": fresh})


def start_fresh(graph: Graph) -> Weights | None:
    """What a network's ``weights`` say when it starts fresh: only what its tensors are called elsewhere stays."""
    if graph.weights is None or not graph.weights.names:
        return None
    return graph.weights.model_copy(update={"sha256": None})
