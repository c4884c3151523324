"""From the training graph to the static list of one training step, and of one batch of validation.

What is evaluated, what records gradients, what is used again and what must be kept for a second backward pass is decided
here, once for each set of turns. The runtime walks the list; ``train.py`` is the same list, printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from builder.bypass import leave_out
from builder.columns import list_columns
from builder.document import TRAINING, FieldFacts, Node, Project
from builder.flow import Flow
from builder.kinds import Construct
from builder.layers.base import Misfit, Specs
from builder.plan import (
    Backward,
    Evaluate,
    EvaluationPlan,
    Instruction,
    Measure,
    Mode,
    StepPlan,
    Turn,
    Update,
    Use,
    Value,
)
from builder.planner import PlanError, check_names
from builder.ports import arrange
from builder.shape_flow import infer
from builder.topology import GraphView
from builder.training.base import TrainingKind

Instance = tuple[str, int]


class TrainingPlan:
    """Everything about a project's training graph that running or printing it needs."""

    def __init__(self, project: Project, flows: dict[str, Flow] | None = None) -> None:
        self.project = project
        self.flow = (flows or infer(project))[TRAINING]
        self.view = GraphView(leave_out(project.training, self.flow))
        self.nodes = self.view.nodes
        check_names([*self.nodes, *project.networks], "project")
        for id in self.nodes:
            self.check(id)

    def check(self, id: str) -> None:
        """Raise PlanError where a node cannot be planned."""
        flow = self.flow.nodes[id]
        if flow.problems:
            raise PlanError(f'"{id}" in the training graph has an error: {flow.problems[0].reason}.')
        if id not in self.view.order:
            raise PlanError(f'"{id}" in the training graph waits for itself: its links form a circle.')

    @cached_property
    def uses(self) -> dict[str, Use]:
        """Every node that computes something, in the order of evaluation."""
        return {id: self.make_use(self.nodes[id]) for id in self.view.order}

    def make_use(self, node: Node) -> Use:
        """What is known of one node."""
        flow = self.flow.nodes[node.id]
        kind: Any = flow.kind
        links = {port: self.value(edge.source, edge.source_port) for port, edge in self.view.incoming(node.id).items()}
        construct = None
        specs = tuple(arrange(flow.in_ports, flow.inputs))
        if getattr(kind, "asks_truth", False):
            construct = self.construct_for_truth(node.id, specs)
        elif kind.role in ("loss", "penalty", "metric", "operation"):
            construct = kind.construct(flow.params, specs)
        inputs = tuple(arrange(flow.in_ports, links))
        if kind.role == "draw" and inputs == (None,):
            inputs = (self.leading_value(node.id),)
        return Use(node.id, kind, flow.params, construct, inputs, max(1, len(flow.out_ports)))

    def leading_value(self, draw: str) -> Value:
        """The first tensor of the leading batch, of which draws take the size. Raises PlanError where there is none."""
        data = sorted(self.of_role("data"), key=lambda id: not self.params(id).leads)
        ports = self.flow.nodes[data[0]].out_ports if data else ()
        if not ports:
            raise PlanError(
                f'"{draw}" in the training graph draws as many samples as a batch has, and there is no data.'
            )
        return Value(data[0], 0, len(ports))

    def construct_for_truth(self, id: str, specs: Specs) -> Construct:
        """What a metric is that asks for more of the truth than its shape. Raises PlanError where it is no known field."""
        kind: Any = self.flow.nodes[id].kind
        truth = self.find_truth(id)
        if truth is None:
            raise PlanError(
                f'"{id}" in the training graph needs a field of the data as its target, straight from Data.'
            )
        try:
            made: Construct = kind.construct_for_truth(self.params(id), specs, truth)
        except Misfit as misfit:
            raise PlanError(f'"{id}" in the training graph {misfit}.') from None
        return made

    def find_truth(self, id: str) -> FieldFacts | None:
        """What is known of the field that is linked to a node's target; None where it is none."""
        edge = self.view.incoming(id).get("target")
        if edge is None or self.role(edge.source) != "data":
            return None
        source = self.project.data[self.params(edge.source).source]
        fields = {column.name: column.field for column in list_columns(source) if not column.is_lengths}
        known = source.facts.fields if source.facts else {}
        return known.get(fields.get(edge.source_port, ""))

    def value(self, node: str, port: str) -> Value:
        """The output of a node at a port."""
        names = [p.name for p in self.flow.nodes[node].out_ports]
        if port not in names:
            raise PlanError(f'"{node}" in the training graph has no output "{port}".')
        return Value(node, names.index(port), len(names))

    def of_role(self, *roles: str) -> list[str]:
        """The ids of the nodes of these roles, in the document's order."""
        return [id for id in self.nodes if self.role(id) in roles]

    def role(self, id: str) -> str:
        """The role of a node."""
        kind = self.flow.nodes[id].kind
        return kind.role if kind is not None and issubclass(kind, TrainingKind) else ""

    def cuts_gradient(self, id: str) -> bool:
        """Whether gradients end at a node."""
        kind: Any = self.flow.nodes[id].kind
        return bool(kind.cuts_gradient)

    def rests_in_evaluation(self, id: str) -> bool:
        """Whether the first input of a node goes through outside training."""
        kind: Any = self.flow.nodes[id].kind
        return bool(kind.rests_in_evaluation)

    def remembers(self, id: str) -> bool:
        """Whether a node keeps something from step to step."""
        kind: Any = self.flow.nodes[id].kind
        return bool(kind.remembers)

    def holds(self, id: str) -> bool:
        """Whether a node keeps its first value of a step until its end."""
        return self.remembers(id) or bool(getattr(self.params(id), "hold", False))

    def asks_network(self, id: str) -> bool:
        """Whether a node calls a network itself."""
        kind: Any = self.flow.nodes[id].kind
        return bool(kind.asks_network)

    def params(self, id: str) -> Any:
        """The validated parameters of a node."""
        return self.flow.nodes[id].params

    @cached_property
    def updaters(self) -> list[str]:
        """Updaters in the order of their turns: by ``order``, then the document's."""
        return sorted(self.of_role("updater"), key=lambda id: self.params(id).order)

    @cached_property
    def optimizers(self) -> list[str]:
        """The updaters that follow a loss."""
        return [id for id in self.updaters if self.loss_of(id)]

    @cached_property
    def averages(self) -> list[str]:
        """The updaters by which networks follow another one, and begin as copies of it."""
        return [id for id in self.updaters if self.nodes[id].kind == "Average"]

    def loss_of(self, updater: str) -> Value | None:
        """The value that an optimizer makes small."""
        return next((value for value in self.uses[updater].inputs if value is not None), None)

    @cached_property
    def trained(self) -> frozenset[str]:
        """The networks that some optimizer changes; all others are frozen."""
        return frozenset(name for id in self.optimizers for name in self.params(id).networks)

    def network_of(self, id: str) -> str | None:
        """The network that a node calls."""
        return self.params(id).network if self.role(id) == "network" else None

    def networks_read(self, id: str) -> frozenset[str]:
        """The networks whose parameters a node's own computation reads."""
        if self.role(id) == "penalty":
            return frozenset(self.params(id).networks)
        name = self.params(id).network if self.asks_network(id) else self.network_of(id)
        return frozenset([name] if name else [])

    def mode(self, id: str) -> Mode:
        """The mode in which a network is called: train while some updater changes it, unless told otherwise."""
        name = self.network_of(id)
        if name is None or self.params(id).mode == "auto":
            return "train" if name is None or name in self.trained else "eval"
        return "train" if self.params(id).mode == "train" else "eval"

    @cached_property
    def reads(self) -> dict[str, frozenset[str]]:
        """For each node the networks that its value depends on."""
        found: dict[str, frozenset[str]] = {}
        for id in self.view.order:
            upstream = (found[edge.source] for edge in self.view.incoming(id).values())
            found[id] = self.networks_read(id).union(*upstream)
        return found

    def gradient_path(self, updater: str) -> frozenset[str]:
        """The nodes that gradients run through from an optimizer's loss to its own networks, unless something cuts them."""
        loss = self.loss_of(updater)
        own = frozenset(self.params(updater).networks)
        if loss is None:
            return frozenset()
        reaches: dict[str, bool] = {}
        for id in self.view.order:
            before = any(reaches[edge.source] for edge in self.view.incoming(id).values())
            reaches[id] = bool(self.networks_read(id) & own) or (before and not self.cuts_gradient(id))
        return frozenset(id for id in (loss.node, *self.open_ancestors(loss.node)) if reaches[id])

    def open_ancestors(self, id: str) -> set[str]:
        """The nodes before one that gradients from it reach."""
        found: set[str] = set()
        waiting = [id]
        while waiting:
            for edge in self.view.incoming(waiting.pop()).values():
                if edge.source not in found and not self.cuts_gradient(edge.source):
                    found.add(edge.source)
                    waiting.append(edge.source)
        return found

    @cached_property
    def sloping(self) -> frozenset[str]:
        """The nodes whose history a Gradient needs: all between it and the Leaf that it is taken at, itself included."""
        found: set[str] = set()
        for id in self.nodes:
            leaf = self.view.incoming(id).get("leaf") if self.nodes[id].kind == "Gradient" else None
            if leaf is not None:
                found |= {id} | (self.view.descendants(leaf.source) & self.view.ancestors(id))
        return frozenset(found)

    def plan_step(self, turns: Iterable[Turn]) -> StepPlan:
        """Plan one step in which these updaters take a turn."""
        return StepPlanner(self, {turn.updater: turn for turn in turns}).plan()

    def plan_evaluation(self) -> EvaluationPlan:
        """Plan validation: what leads to a loss or a metric, and what leads to a preview, each network at rest."""
        losses = self.logged_losses()
        metrics, previews = self.of_role("metric"), self.of_role("preview")
        nodes, shown = self.list_before([*losses, *metrics]), self.list_before(previews)
        return EvaluationPlan(nodes, tuple(losses), tuple(metrics), tuple(previews), shown, self.sloping)

    def list_before(self, ends: list[str]) -> tuple[str, ...]:
        """What some nodes need, in order, and those among them that compute a value."""
        wanted = set(ends).union(*(self.view.ancestors(id) for id in ends))
        return tuple(id for id in self.view.order if id in wanted and self.role(id) not in ("metric", "preview"))

    def logged_losses(self) -> list[str]:
        """Every loss, every sum that an optimizer follows, and every formula that is to be drawn."""
        followed = {loss.node for id in self.optimizers if (loss := self.loss_of(id))}
        return [id for id in self.nodes if self.role(id) in ("loss", "penalty") or id in followed or self.is_drawn(id)]

    def is_drawn(self, id: str) -> bool:
        """Whether a node asks for a curve of its own."""
        return bool(getattr(self.params(id), "log", False))


@dataclass
class StepPlanner:
    """Simulates one step: which evaluation of each node is current, and what each backward pass runs through."""

    plan_of: TrainingPlan
    turns: dict[str, Turn]
    instructions: list[Instruction] = field(default_factory=list)
    current: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    paths: list[tuple[int, frozenset[Instance]]] = field(default_factory=list)
    evaluations: int = 0

    def plan(self) -> StepPlan:
        """Walk the stages in order, then see what a second backward pass needs."""
        active = [id for id in self.plan_of.updaters if id in self.turns]
        stages = [list(group) for _, group in groupby(active, key=lambda id: self.plan_of.params(id).order)]
        metrics = list(self.plan_of.of_role("metric"))
        for i, stage in enumerate(stages):
            self.plan_stage(stage, [id for later in stages[i:] for id in later], metrics)
        self.measure(metrics)
        self.keep_shared()
        done = {item.node for item in self.instructions if isinstance(item, Evaluate)}
        return StepPlan(tuple(self.instructions), tuple(id for id in self.plan_of.logged_losses() if id in done))

    def plan_stage(self, stage: list[str], later: list[str], metrics: list[str]) -> None:
        """One stage: evaluate what its losses need, all backward, then all update."""
        recorded = self.plan_of.sloping.union(*(self.plan_of.gradient_path(id) for id in later))
        losses = [(id, loss) for id in stage if (loss := self.plan_of.loss_of(id))]
        stale = self.list_stale({loss.node for _, loss in losses})
        for id in self.plan_of.view.order:
            if id not in self.current and (id in stale or self.is_ready_to_draw(id)):
                self.evaluate(id, id in recorded)
        self.hold_early(self.list_needed(later))
        self.measure(metrics)
        for id, loss in losses:
            self.backward(id, loss)
        for id in stage:
            if self.turns[id].step:
                self.instructions.append(Update(id))
                self.forget(frozenset(self.plan_of.params(id).networks))

    def list_needed(self, updaters: list[str]) -> set[str]:
        """The losses of these updaters, and everything before them."""
        losses = {loss.node for id in updaters if (loss := self.plan_of.loss_of(id))}
        return losses.union(*(self.plan_of.view.ancestors(id) for id in losses))

    def list_stale(self, wanted: set[str]) -> set[str]:
        """What must be evaluated for these nodes: what lies before a value that is kept need not."""
        stale: set[str] = set()
        waiting = [id for id in wanted if id not in self.current]
        while waiting:
            id = waiting.pop()
            stale.add(id)
            sources = {edge.source for edge in self.plan_of.view.incoming(id).values()}
            waiting += sources - stale - self.current.keys()
        return stale

    def hold_early(self, needed: set[str]) -> None:
        """Evaluate what holds the first value of its input for a later stage, before an update makes that stale."""
        for id in self.plan_of.view.order:
            if id in needed and id not in self.current and self.plan_of.holds(id):
                edges = self.plan_of.view.incoming(id).values()
                if all(edge.source in self.current for edge in edges):
                    self.evaluate(id, record=False)

    def is_ready_to_draw(self, id: str) -> bool:
        """Whether a node that is only drawn was not evaluated in this step, and all its inputs were."""
        sources = {edge.source for edge in self.plan_of.view.incoming(id).values()}
        done = {item.node for item in self.instructions if isinstance(item, Evaluate)}
        return self.plan_of.is_drawn(id) and id not in done and sources <= self.current.keys()

    def evaluate(self, id: str, record: bool) -> None:
        """Evaluate a node anew."""
        self.evaluations += 1
        self.current[id] = self.evaluations
        if self.plan_of.holds(id):
            self.held.add(id)
        self.instructions.append(Evaluate(id, record, self.plan_of.mode(id)))

    def measure(self, metrics: list[str]) -> None:
        """Measure each metric once, as soon as all its inputs are there."""
        for id in list(metrics):
            if all(edge.source in self.current for edge in self.plan_of.view.incoming(id).values()):
                self.instructions.append(Measure(id))
                metrics.remove(id)

    def backward(self, id: str, loss: Value) -> None:
        """A backward pass, and the evaluations that it runs through."""
        turn, params = self.turns[id], self.plan_of.params(id)
        path = frozenset((node, self.current[node]) for node in self.plan_of.gradient_path(id))
        self.paths.append((len(self.instructions), path))
        networks = tuple(params.networks)
        self.instructions.append(Backward(id, loss, networks, zero=turn.zero, divide=params.accumulate))

    def forget(self, changed: frozenset[str]) -> None:
        """Values that depend on a changed network are stale; a held Detach keeps its first value of the step."""
        for id in list(self.current):
            if id not in self.held and self.depends(id, changed):
                del self.current[id]

    def depends(self, id: str, changed: frozenset[str]) -> bool:
        """Whether a node's value depends on one of these networks other than through a held value."""
        if self.plan_of.networks_read(id) & changed:
            return True
        sources = {edge.source for edge in self.plan_of.view.incoming(id).values()}
        return any(source not in self.held and self.depends(source, changed) for source in sources)

    def keep_shared(self) -> None:
        """Retain a graph only where a later backward pass runs through an evaluation of it again."""
        for i, (at, path) in enumerate(self.paths):
            if any(path & other for _, other in self.paths[i + 1 :]):
                item = self.instructions[at]
                assert isinstance(item, Backward)
                self.instructions[at] = Backward(**{**item.__dict__, "retain": True})
