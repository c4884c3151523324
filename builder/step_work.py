"""What one training step has to do, counted from the plan: arithmetic operations, and bytes between memory and processor.

Both are what the roofline model asks for: no step is faster than its operations at the highest rate of arithmetic, nor than
its bytes at the highest rate of memory. They are counted by these rules.

- A multiply-add is two operations. Only what multiplies is counted (``builder/layers/costs.py``): activations, normalisations,
  losses and the arithmetic of optimizers are few operations beside those, and are counted by their bytes.
- On the way back a layer with weights does its forward work once more for the gradient of its weights, and once more for the
  gradient of its input where anything before it learns: the first layer of a network does not. What has no weights but
  multiplies two values does it twice.
- Each node reads its inputs and writes its outputs, and on the way back the same in gradients beside the inputs that it
  kept. An optimizer reads weights and gradients, writes weights, and reads and writes what it keeps beside them. Data is read
  and written once.

Its limits: each node is taken to go through memory by itself, while caches keep small values and compilers join nodes, so that
the bytes may be more than really move; a loss that asks a network by itself, groups of weights that are frozen, and weights that
a recurrent layer reads again at every step are not seen. Axes of time are as long as they are on average.

Reference:
    Williams, Waterman and Patterson, "Roofline: an insightful visual performance model for multicore architectures",
    Communications of the ACM 52 (4), 2009.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import torch

from builder.document import NETWORKS, Graph, Project
from builder.flow import Flow, NodeFlow
from builder.layers.costs import multiply_adds
from builder.plan import Backward, Evaluate, StepPlan, Update
from builder.ports import arrange
from builder.repetitions import list_repetitions
from builder.step_planner import TrainingPlan
from builder.tensors import BATCH, TIMES, Axis, Size, TensorSpec

BYTES = {"float32": 4, "int64": 8, "bool": 1}
WEIGHT_BYTES = 4
IN_PLACE = frozenset(
    {"Input", "Output", "Identity", "Parameter", "Flatten", "Unflatten", "Reshape", "Squeeze", "Unsqueeze"}
)
"""Kinds that move nothing: what they give lies where their input lies."""


@dataclass(frozen=True)
class Work:
    """Arithmetic operations, and bytes that move between memory and processor."""

    operations: float = 0.0
    bytes: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(self.operations + other.operations, self.bytes + other.bytes)

    def __mul__(self, times: float) -> Work:
        return Work(self.operations * times, self.bytes * times)


@dataclass(frozen=True)
class Passes:
    """The work of one way through a network and back; ``slopes`` where gradients arrive at its outputs' nodes."""

    forward: Work
    backward: Work
    slopes: bool


@dataclass(frozen=True)
class Sizes:
    """How large everything is whose size varies.

    Attributes:
        rows: of a batch.
        steps: of the axes of time, by their names (``T``, ``S``).
        width: bytes of a number that a network puts out, two in mixed precision.
    """

    rows: int
    steps: Mapping[str, float]
    width: int = 4

    def of(self, size: Size) -> float:
        """The size of an axis: one that was made of others grows with them, as its two probes say."""
        if not isinstance(size, Axis):
            return size
        found: dict[str, tuple[tuple[int, int], float]] = {"B": (BATCH.sizes, self.rows)}
        for name, axis in TIMES.items():
            at = self.steps.get(name, axis.sizes[0])
            found[name] = axis.sizes, at
            both = axis.sizes[0] * BATCH.sizes[0], axis.sizes[1] * BATCH.sizes[1]
            found[f"B·{name}"] = both, at * self.rows
        named = max((name for name in found if name in size.name), key=len, default=None)
        if named is None:
            return size.sizes[0]
        (low, high), at = found[named]
        return max(1.0, size.sizes[0] + (size.sizes[1] - size.sizes[0]) * (at - low) / (high - low))

    def shape(self, spec: TensorSpec) -> tuple[int, ...]:
        """The shape of a tensor."""
        return tuple(round(self.of(size)) for size in spec.shape)

    def count_bytes(self, spec: TensorSpec) -> float:
        """The bytes of a tensor."""
        width = self.width if spec.dtype == "float32" else BYTES.get(spec.dtype, 1)
        return prod(self.of(size) for size in spec.shape) * width


def count_step(
    plan: TrainingPlan, flows: Mapping[str, Flow], step: StepPlan, sizes: Sizes, kept: Mapping[str, int]
) -> Work:
    """Count the work of a step.

    Args:
        plan: of the project's training graph.
        flows: what is known of every graph.
        step: the instructions of the step.
        sizes: how large the batch is.
        kept: the bytes that each optimizer keeps beside the weights, by its id.
    """
    total = Work()
    for item in step.instructions:
        match item:
            case Evaluate(node=id):
                total += count_evaluation(plan, flows, id, sizes)
            case Backward(updater=id, networks=networks):
                total += count_backward(plan, flows, id, frozenset(networks), sizes)
            case Update(updater=id):
                weights = sum(flows[NETWORKS + name].parameters for name in plan.params(id).networks) * WEIGHT_BYTES
                total += Work(0.0, 3 * weights + 2 * kept.get(id, 0))
    return total


def count_evaluation(plan: TrainingPlan, flows: Mapping[str, Flow], id: str, sizes: Sizes) -> Work:
    """The work of computing a node of the training graph."""
    network = plan.network_of(id)
    if network is not None:
        return count_network(plan.project, flows, network, sizes).forward
    flow = plan.flow.nodes[id]
    times = 2 if plan.role(id) == "data" else 1
    return Work(0.0, times * add_bytes(flow.outputs.values(), sizes) + add_bytes(flow.inputs.values(), sizes))


def count_backward(
    plan: TrainingPlan, flows: Mapping[str, Flow], id: str, networks: frozenset[str], sizes: Sizes
) -> Work:
    """The work of one way back, from an optimizer's loss to its networks."""
    path, total = plan.gradient_path(id), Work()
    for node in path:
        network = plan.network_of(node)
        if network is not None:
            is_fed = any(edge.source in path for edge in plan.view.incoming(node).values())
            total += count_network(plan.project, flows, network, sizes, network in networks, is_fed).backward
    return total


def count_network(
    project: Project, flows: Mapping[str, Flow], name: str, sizes: Sizes, learns: bool = False, is_fed: bool = False
) -> Passes:
    """The work of a network that learns or does not, its input being made of something that learns or not."""
    return count_graph(project, project.networks[name], flows[NETWORKS + name], sizes, learns, is_fed)


def count_graph(project: Project, graph: Graph, flow: Flow, sizes: Sizes, learns: bool, is_fed: bool) -> Passes:
    """The work of all nodes of a network, those in its blocks included."""
    sources: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        sources[edge.target].append(edge.source)
    slopes: dict[str, bool] = {}
    forward = backward = Work()
    for id, node in flow.nodes.items():
        fed = any(slopes.get(source, False) for source in sources[id]) or (is_fed and not sources[id])
        passes = count_block(project, node, sizes, learns, fed) if node.inner else count_node(node, sizes, learns, fed)
        forward, backward, slopes[id] = forward + passes.forward, backward + passes.backward, passes.slopes
    return Passes(forward, backward, any(slopes.values()))


def count_block(project: Project, node: NodeFlow, sizes: Sizes, learns: bool, fed: bool) -> Passes:
    """The work of a block, all of its repetitions one behind the other."""
    forward = backward = Work()
    for repetition, inner in zip(list_repetitions(node.params), node.inner, strict=False):
        passes = count_graph(project, project.networks[repetition.network], inner, sizes, learns, fed)
        forward, backward, fed = forward + passes.forward, backward + passes.backward, passes.slopes
    return Passes(forward, backward, fed)


def count_node(node: NodeFlow, sizes: Sizes, learns: bool, fed: bool) -> Passes:
    """The work of a layer on a whole batch."""
    weights = node.parameters * WEIGHT_BYTES
    is_learning = learns and weights > 0
    slopes = is_learning or fed
    if node.kind is None or node.kind.kind in IN_PLACE:
        return Passes(Work(), Work(0.0, 2 * weights * is_learning), slopes)
    operations = 2.0 * count_multiply_adds(node, sizes)
    inputs, outputs = add_bytes(node.inputs.values(), sizes), add_bytes(node.outputs.values(), sizes)
    times = is_learning + fed if weights else 2 * fed
    back = slopes * (inputs + outputs) + fed * (inputs + weights) + is_learning * weights
    return Passes(Work(operations, inputs + outputs + weights), Work(times * operations, back), slopes)


def count_multiply_adds(node: NodeFlow, sizes: Sizes) -> float:
    """The multiply-adds of a batch; counted anew for the real lengths where there is an axis of time."""
    outputs = list(node.outputs.values())
    if not node.multiply_adds or not outputs:
        return 0.0
    count: float = node.multiply_adds
    specs = [spec for spec in (*node.inputs.values(), *outputs) if spec is not None]
    if any(isinstance(size, Axis) for spec in specs for size in spec.shape[1:]):
        count = count_timed(node, sizes)
    return count * sizes.of(outputs[0].shape[0])


def count_timed(node: NodeFlow, sizes: Sizes) -> float:
    """The multiply-adds of one row at the real lengths."""
    kind: Any = node.kind
    specs = tuple(arrange(node.in_ports, node.inputs))
    with torch.device("meta"):
        construct = kind.construct_for(node.params, specs, kind.on_demand)
        module = construct.build() if construct else None
    shapes = [sizes.shape(spec) if spec else () for spec in specs]
    return multiply_adds(kind, module, shapes, [sizes.shape(spec) for spec in node.outputs.values()])


def add_bytes(specs: Iterable[TensorSpec], sizes: Sizes) -> float:
    """The bytes of several tensors together."""
    return sum(sizes.count_bytes(spec) for spec in specs)
