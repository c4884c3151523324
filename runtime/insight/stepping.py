"""Takes one step of training apart: each evaluation, backward pass and update on one real batch, with what it gave."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor, nn

from builder.compiler import build_network
from builder.document import Project
from builder.naming import networks_in_training
from builder.plan import Backward, Evaluate, Instruction, Measure, Turn, Update
from builder.planner import PlanError
from builder.rules import check
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from runtime.data.prepare import PreparedSource, prepare
from runtime.draws import OwnDraws
from runtime.insight.glimpse import find_sources, load_trained, take_batch
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.session import with_facts
from runtime.step import Machinery, StepRunner, Values


@dataclass(frozen=True)
class Touched:
    """A parameter in a backward pass or an update.

    ``size`` is the norm of its gradient, or by how much a number of it changed (root mean square); None where that is not
    finite, and where nothing ``reached`` it.
    """

    network: str
    name: str
    count: int
    reached: bool
    size: float | None


@dataclass(frozen=True)
class Moment:
    """One instruction of a step, done.

    ``stage`` is the order of the updaters that it is done for. An evaluation has the ``outputs`` of its node by port, and is
    done ``again`` where a network that it depends on has changed since. A backward pass has the nodes on its ``path``, those
    where it ``stops`` because they cut gradients, and the networks that it goes ``through`` without changing them.
    """

    does: Literal["evaluate", "measure", "backward", "update"]
    node: str
    stage: int
    records: bool = False
    again: bool = False
    network: str = ""
    mode: str = ""
    outputs: dict[str, Tensor] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    touched: tuple[Touched, ...] = ()


@dataclass(frozen=True)
class Walk:
    """A step, moment by moment; on how many samples, and where the weights were from."""

    moments: tuple[Moment, ...]
    samples: int
    weights: str


def walk(project: Project, trained: RunFolder | None = None) -> Walk:
    """Do one step in which every updater has its turn, on the samples of the first.

    Args:
        project: the project; its training graph has no error.
        trained: a run whose weights are taken where all have the same names and shapes; else they are fresh.

    Raises:
        RunError: the step cannot be planned, or PyTorch refuses it; the message is a sentence.
        DataError: the data cannot be used.
    """
    find_sources(project, "no step can be taken")
    return walk_prepared(project, prepare(project), trained)


def walk_prepared(project: Project, prepared: dict[str, PreparedSource], trained: RunFolder | None = None) -> Walk:
    """The same with data that is prepared."""
    project = with_facts(project, prepared)
    flows = infer(project)
    errors = [finding.message for finding in check(project, flows) if finding.severity == "error"]
    if errors:
        raise RunError(f"No step can be taken before this is mended: {errors[0]}")
    with OwnDraws(project.run.seed):
        try:
            plan = TrainingPlan(project, flows)
            names = networks_in_training(project)
            networks: dict[str, nn.Module] = {name: build_network(project, name, flows) for name in names}
            weights = load_trained(networks, trained)
            walker = Walker(plan, networks)
        except PlanError as problem:
            raise RunError(str(problem)) from problem
        batches = {id: take_batch(plan, id, prepared) for id in plan.of_role("data")}
        samples = len(next(iter(batches.values()))[0]) if batches else 0
        moments = tuple(walker.run({id: batch[0] if len(batch) == 1 else batch for id, batch in batches.items()}))
    return Walk(moments, samples, weights)


class Walker:
    """The instructions of a step, each done by itself and told."""

    def __init__(self, plan: TrainingPlan, networks: dict[str, nn.Module]) -> None:
        self.plan, self.networks = plan, networks
        for network in networks.values():
            still_inner_dropout(network)
        self.machinery = Machinery(plan, networks, torch.device("cpu"), bf16=False)
        for optimizing in self.machinery.optimizers.values():
            optimizing.begin(1, 1)
        step = plan.plan_step(Turn(id) for id in plan.updaters)
        self.instructions, self.runner = step.instructions, StepRunner(self.machinery, step)
        self.evaluated: set[str] = set()

    def run(self, batches: Values) -> Iterator[Moment]:
        """Do them in order."""
        values: Values = {**batches, "": {}}
        for item, stage in zip(self.instructions, self.list_stages(), strict=True):
            before = self.copy_weights(item)
            self.do(item, values)
            yield self.tell(item, stage, values, before)

    def list_stages(self) -> list[int]:
        """For each instruction the order of the updater that is next."""
        stages: list[int] = []
        order = max((self.plan.params(id).order for id in self.plan.updaters), default=0)
        for item in reversed(self.instructions):
            if isinstance(item, Backward | Update):
                order = self.plan.params(item.updater).order
            stages.append(order)
        return stages[::-1]

    def do(self, item: Instruction, values: Values) -> None:
        """Do one. Raises RunError with the node's name where PyTorch refuses it."""
        action = self.runner.prepare(item)
        try:
            if action is not None:
                action(values)
        except (RuntimeError, IndexError, ValueError, TypeError) as error:
            node = item.updater if isinstance(item, Backward | Update) else item.node
            reason = str(error).strip().split("\n")[0].rstrip(".")[:200]
            raise RunError(f'"{node}" cannot be done for this batch: {reason}. See what the findings say.') from error

    def copy_weights(self, item: Instruction) -> list[Tensor]:
        """The parameters that are about to change, as they are."""
        if not isinstance(item, Update):
            return []
        return [parameter.detach().clone() for _, _, parameter in self.list_own(item.updater)]

    def list_own(self, updater: str) -> list[tuple[str, str, nn.Parameter]]:
        """The parameters of an updater's networks, each with its network and its name."""
        names = self.plan.params(updater).networks
        return [(name, key, weight) for name in names for key, weight in self.networks[name].named_parameters()]

    def tell(self, item: Instruction, stage: int, values: Values, before: list[Tensor]) -> Moment:
        """What one gave."""
        match item:
            case Evaluate(node=node, record=record, mode=mode):
                again, network = node in self.evaluated, self.plan.network_of(node) or ""
                self.evaluated.add(node)
                outputs = self.name_outputs(node, values[node])
                return Moment("evaluate", node, stage, record, again, network, mode if network else "", outputs)
            case Measure(node=node):
                return Moment("measure", node, stage)
            case Backward():
                return self.tell_backward(item, stage)
            case Update(updater=id):
                sizes = [measure_change(now, old) for (_, _, now), old in zip(self.list_own(id), before, strict=True)]
                return Moment("update", id, stage, touched=self.touch(id, sizes))

    def name_outputs(self, node: str, value: Any) -> dict[str, Tensor]:
        """The tensors that a node gave, by port."""
        ports = [port.name for port in self.plan.flow.nodes[node].out_ports]
        found = value if isinstance(value, tuple | list) else (value,)
        return {port: each.detach() for port, each in zip(ports, found, strict=False) if isinstance(each, Tensor)}

    def tell_backward(self, item: Backward, stage: int) -> Moment:
        """Where gradients went, where they ended, and what reached each parameter."""
        path = self.plan.gradient_path(item.updater)
        sources = {edge.source for id in path for edge in self.plan.view.incoming(id).values()} - path
        stops = tuple(id for id in self.plan.view.order if id in sources and self.plan.role(id) == "operation")
        called = {name for id in path for name in self.plan.networks_read(id)}
        sizes = [
            None if weight.grad is None else float(weight.grad.norm()) for _, _, weight in self.list_own(item.updater)
        ]
        return Moment(
            "backward",
            item.updater,
            stage,
            path=tuple(id for id in self.plan.view.order if id in path),
            stops=stops,
            through=tuple(sorted(called - set(item.networks))),
            touched=self.touch(item.updater, sizes),
        )

    def touch(self, updater: str, sizes: list[float | None]) -> tuple[Touched, ...]:
        """Every parameter of an updater's networks with its number."""
        own = zip(self.list_own(updater), sizes, strict=True)
        return tuple(
            Touched(
                network,
                name,
                weight.numel(),
                size is not None,
                size if size is not None and math.isfinite(size) else None,
            )
            for (network, name, weight), size in own
        )


def still_inner_dropout(network: nn.Module) -> None:
    """Leave out dropout that is drawn inside of a layer, where PyTorch takes no generator of one's own."""
    for module in network.modules():
        if isinstance(getattr(module, "dropout", None), float):
            setattr(module, "dropout", 0.0)  # noqa: B010 - it is no tensor and no module


def measure_change(now: Tensor, before: Tensor) -> float | None:
    """By how much a number of a tensor has changed, as a root mean square; None where it has not."""
    return float((now.detach() - before).square().mean().sqrt()) or None
