"""One look: what is measured while a step is taken, and read from the device when it is done."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from builder.compiler import PlannedNetwork, Trail, list_owned, watching
from builder.document import NETWORKS
from builder.plan import Call, NetworkPlan
from runtime.looks.spread import Json, add_up, measure_spreads, pick, read_spread, shorten
from runtime.looks.units import SILENT_KINDS, SLOPES, find_peaks, find_unit_axis, measure_answers, measure_saturation
from runtime.optimizing import Optimizing
from runtime.updating import Updating

FLAT_VARIANCE = 1e-10
"""A running variance below this is that of a channel which has long been constant."""

Measures = dict[str, Tensor]


@dataclass(frozen=True)
class Place:
    """Where a node stands: the network that is trained, the way into its blocks, the graph that it is drawn in, its id."""

    network: str
    trail: Trail
    graph: str
    node: str

    @property
    def name(self) -> str:
        """The name by which its weights are known: ``layer1.0.conv1``."""
        steps: list[str] = []
        for _, block, turn in self.trail:
            steps += [block, str(turn)]
        return ".".join([*steps, self.node])

    def as_json(self) -> Json:
        """As the screen reads it."""
        return {
            "network": self.network,
            "name": self.name,
            "graph": self.graph,
            "node": self.node,
            "trail": [list(step) for step in self.trail],
        }


@dataclass
class Seen:
    """What was measured at one node. ``order`` counts how nodes were computed; those that were not come after."""

    place: Place
    kind: str
    order: int
    measures: dict[str, Measures] = field(default_factory=dict)
    peaks: Tensor | None = None


class Watch:
    """Watches one step, and the steps after it until every optimizer has stepped once.

    Outputs are those of the first step. A network that is called several times is described by its last call; a unit fires
    if it does in any of them. Nothing is waited for before ``read``.
    """

    def __init__(self, networks: Mapping[str, nn.Module], optimizers: Mapping[str, Optimizing]) -> None:
        self.networks = {name: net for name, net in networks.items() if isinstance(net, PlannedNetwork)}
        self.waiting = set(optimizers)
        self.seen: dict[Place, Seen] = {}
        self.rates: dict[str, float] = {}
        self.cost = 0.0

    @contextmanager
    def outputs(self) -> Iterator[None]:
        """Watch what comes out of every node, for as long as this lasts."""
        with ExitStack() as stack:
            with self.timed():
                for name, network in self.networks.items():
                    stack.enter_context(watching(network, lambda *told, name=name: self.hear(name, *told)))
            yield

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the time as the look's own."""
        start = time.perf_counter()
        with torch.no_grad():
            yield
        self.cost += time.perf_counter() - start

    def find(self, network: str, trail: Trail, plan: NetworkPlan, call: Call) -> Seen:
        """What is known of a node."""
        place = Place(network, trail, NETWORKS + plan.name, call.node)
        if place not in self.seen:
            self.seen[place] = Seen(place, call.layer.kind, len(self.seen))
        return self.seen[place]

    def hear(self, network: str, trail: Trail, plan: NetworkPlan, call: Call, value: Any) -> None:
        """Measure what came out of a node."""
        first = value[0] if isinstance(value, tuple) else value
        if not isinstance(first, Tensor) or not first.is_floating_point() or not first.numel():
            return
        with self.timed():
            seen = self.find(network, trail, plan, call)
            seen.measures["output"] = measures = {"spread": pick(first), "faulty": add_up(first)}
            if call.layer.kind in SILENT_KINDS:
                peaks = find_peaks(first, find_unit_axis(plan, call, first.dim()))
                known = seen.peaks
                seen.peaks = torch.maximum(known, peaks) if known is not None and known.shape == peaks.shape else peaks
            if call.layer.kind in SLOPES:
                measures["saturated"] = measure_saturation(first, call.layer.kind)
            if not trail and first.dim() == 2 and any(end.node == call.node for end in plan.outputs):
                measures["answers"] = measure_answers(first)
                measures["classes"] = torch.tensor(float(first.shape[1]))

    def update(self, updater: Updating) -> None:
        """Let an updater change its networks, and measure by how much."""
        if not isinstance(updater, Optimizing) or updater.id not in self.waiting:
            updater.step()
            return
        with self.timed():
            owned = list(self.list_owned(updater))
            for seen, parameters in owned:
                seen.measures["gradients"] = measure_gradients(parameters)
            self.rates[updater.id] = updater.learning_rate
            before = [[parameter.detach().clone() for parameter in parameters] for _, parameters in owned]
        updater.step()
        with self.timed():
            for (seen, parameters), earlier in zip(owned, before, strict=True):
                seen.measures["weights"] = measure_weights(parameters, earlier)
            self.waiting.discard(updater.id)

    def list_owned(self, updater: Optimizing) -> Iterator[tuple[Seen, list[nn.Parameter]]]:
        """The nodes whose parameters an optimizer changes."""
        own = {id(parameter) for parameter in updater.parameters}
        for name in updater.params.networks:
            network = self.networks.get(name)
            for trail, plan, call, module in list_owned(network) if network else ():
                parameters = [p for p in module.parameters() if id(p) in own and p.grad is not None and p.numel()]
                if parameters:
                    seen = self.find(name, trail, plan, call)
                    if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_var is not None:
                        flat = (module.running_var < FLAT_VARIANCE).double().mean()
                        seen.measures["statistics"] = {"flat": flat}
                    yield seen, parameters

    def read(self) -> list[Json]:
        """Wait for the device once, and say what was measured, in the order of computation."""
        with self.timed():
            for seen in self.seen.values():
                if seen.peaks is not None:
                    silent, units = (seen.peaks <= 0).double().mean(), torch.tensor(seen.peaks.numel()).double()
                    seen.measures["output"] |= {"silent": silent, "units": units}
            parts = [part for seen in self.seen.values() for part in seen.measures.values() if "spread" in part]
            if parts:
                for part, row in zip(parts, measure_spreads([part["spread"] for part in parts]), strict=True):
                    part["spread"] = row
            values = [
                value for seen in self.seen.values() for part in seen.measures.values() for value in part.values()
            ]
            flat = (
                torch.cat([value.detach().double().reshape(-1).cpu() for value in values]) if values else torch.empty(0)
            )
            numbers = iter(flat.tolist())
            return [
                {**seen.place.as_json(), "kind": seen.kind}
                | {part: read_part(measures, numbers) for part, measures in seen.measures.items()}
                for seen in sorted(self.seen.values(), key=lambda seen: seen.order)
            ]


def measure_gradients(parameters: list[nn.Parameter]) -> Measures:
    """Norm and spread of the gradients of a node, before they are clipped."""
    gradients = [to_dense(parameter.grad) for parameter in parameters if parameter.grad is not None]
    return {"norm": join_norms(gradients), **measure_whole(gradients)}


def measure_weights(parameters: list[nn.Parameter], before: list[Tensor]) -> Measures:
    """Norm and spread of the weights of a node, and how far the step went as a part of the norm before it."""
    after = [parameter.detach() for parameter in parameters]
    update = join_norms([new - old for new, old in zip(after, before, strict=True)]) / join_norms(before).clamp(
        min=1e-30
    )
    kernels = [weight for weight in after if weight.dim() > 1] or after
    return {"norm": join_norms(after), "update": update, **measure_whole(kernels)}


def measure_whole(tensors: list[Tensor]) -> Measures:
    """What stands for the spread of some tensors, and whether all of their numbers are numbers."""
    return {"spread": pick(flatten(tensors)), "faulty": join_norms(tensors)}


def flatten(tensors: list[Tensor]) -> Tensor:
    """All numbers of some tensors; the largest stands for many, since a copy of all would cost more than the look."""
    if len(tensors) == 1:
        return tensors[0].reshape(-1)
    if sum(tensor.numel() for tensor in tensors) > 2**20:
        return max(tensors, key=lambda tensor: tensor.numel()).reshape(-1)
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def join_norms(tensors: list[Tensor]) -> Tensor:
    """The norm of all numbers of some tensors together."""
    norms = torch.stack([torch.linalg.vector_norm(tensor, dtype=torch.float32) for tensor in tensors])
    whole: Tensor = torch.linalg.vector_norm(norms)
    return whole


def to_dense(gradient: Tensor) -> Tensor:
    """The numbers of a gradient; of a sparse one those that are there."""
    return gradient.coalesce().values() if gradient.is_sparse else gradient


def read_part(measures: Measures, numbers: Iterator[float]) -> Json:
    """Read what was measured, in the order in which it was gathered."""
    described: Json = {}
    for name, value in measures.items():
        row = [next(numbers) for _ in range(value.numel())]
        if name == "faulty":
            described[name] = not math.isfinite(row[0])
        elif name == "spread":
            described |= read_spread(row)
        elif name == "answers":
            described |= {"winner": shorten(row[0]), "differing": shorten(row[1])}
        else:
            described[name] = shorten(row[0])
    return described
