"""From a network's graph to its plan: a flat list of calls in the order of evaluation, blocks as plans of their own."""

from __future__ import annotations

from collections.abc import Iterable

from builder.bypass import leave_out
from builder.document import NETWORKS, Graph, Node, Project
from builder.flow import Flow, NodeFlow
from builder.ids import is_printable
from builder.layers.base import Layer
from builder.phrases import quote
from builder.plan import Call, NetworkPlan, Value
from builder.ports import arrange
from builder.repetitions import list_repetitions
from builder.shape_flow import infer
from builder.topology import GraphView


class PlanError(ValueError):
    """A graph cannot be planned because it has errors that checking tells about. The text is one sentence."""


def check_names(names: Iterable[str], where: str) -> None:
    """Raise PlanError for a name that is no word, since names become code: a line end in one would begin a line of it."""
    for name in names:
        if not is_printable(name):
            raise PlanError(f"{quote(name[:80])} in the {where} is no name that code can have. Rename it.")


def plan_network(project: Project, name: str, flows: dict[str, Flow] | None = None) -> NetworkPlan:
    """Plan one network of a project. Raises PlanError where checking finds an error that prevents it."""
    if name not in project.networks:
        raise PlanError(f'There is no network "{name}" in the project.')
    flow = (flows or infer(project))[NETWORKS + name]
    return NetworkPlanner(project, name, project.networks[name], flow).plan()


class NetworkPlanner:
    """Plans one graph from its flow."""

    def __init__(self, project: Project, name: str, graph: Graph, flow: Flow) -> None:
        self.project, self.name, self.flow = project, name, flow
        self.graph = leave_out(graph, flow)
        self.view = GraphView(self.graph)
        self.nodes = self.view.nodes
        self.values: dict[tuple[str, str], Value] = {}
        self.wanted: set[str] = set()

    def plan(self) -> NetworkPlan:
        """Plan what reaches the outputs; of a dead end no more than the module, where others share its weights."""
        inputs = tuple(node.id for node in self.graph.nodes if node.kind == "Input")
        outputs = [node.id for node in self.graph.nodes if node.kind == "Output"]
        check_names([self.name, *self.graph.params, *self.nodes], f'network "{self.name[:80]}"')
        if not outputs:
            raise PlanError(f'The network "{self.name}" has no Output, so there is nothing to compute.')
        self.wanted = wanted = set(outputs).union(*(self.view.ancestors(id) for id in outputs))
        owners = {self.nodes[id].weights_of for id in wanted}
        calls = []
        for id in self.view.order:
            if id in wanted or id in owners:
                calls += self.plan_node(self.nodes[id], id in wanted)
        ends = tuple(self.incoming(id)["input"] for id in outputs if "input" in self.incoming(id))
        if len(ends) != len(outputs):
            raise PlanError(f'An Output of the network "{self.name}" is not connected.')
        return NetworkPlan(self.name, inputs, tuple(calls), ends, tuple(outputs))

    def incoming(self, id: str) -> dict[str, Value]:
        """The value at each linked port of a node."""
        links = self.view.incoming(id).items()
        return {
            port: self.values[edge.source, edge.source_port]
            for port, edge in links
            if (edge.source, edge.source_port) in self.values
        }

    def plan_node(self, node: Node, runs: bool) -> list[Call]:
        """Plan one node and note where its outputs are to be found."""
        flow = self.flow.nodes[node.id]
        if flow.problems or flow.kind is None:
            reason = flow.problems[0].reason if flow.problems else "its kind is unknown"
            raise PlanError(f'"{node.id}" in the network "{self.name}" has an error: {reason}.')
        names = self.list_outputs(node, flow)
        if node.kind == "Output":
            return []
        if node.kind != "Input" and len(flow.outputs) < len(names):
            raise PlanError(f'"{node.id}" in the network "{self.name}" is not fully connected.')
        self.values.update({(node.id, name): Value(node.id, i, len(names)) for i, name in enumerate(names)})
        return [] if node.kind == "Input" else [self.plan_call(node, flow, runs)]

    def list_outputs(self, node: Node, flow: NodeFlow) -> list[str]:
        """The outputs that the module of a node gives: those on demand where it, or one that shares it, uses them."""
        assert flow.kind is not None
        on_demand = flow.kind.on_demand if issubclass(flow.kind, Layer) else {}
        names = [port.name for port in flow.out_ports]
        if not on_demand:
            return names
        owner = node.weights_of or node.id
        users = [id for id in self.wanted if id == owner or self.nodes[id].weights_of == owner]
        used = {edge.source_port for id in users for edge in self.view.outgoing(id) if edge.target in self.wanted}
        return [name for name in names if name not in on_demand or name in used]

    def plan_call(self, node: Node, flow: NodeFlow, runs: bool) -> Call:
        """The call of one layer or block."""
        assert flow.kind is not None and issubclass(flow.kind, Layer)
        inputs = tuple(arrange(flow.in_ports, self.incoming(node.id))) if runs else ()
        names = self.list_outputs(node, flow)
        count = len(names)
        shape = str(next(iter(flow.outputs.values()), ""))
        if node.kind == "Block":
            blocks = tuple(
                NetworkPlanner(self.project, each.network, self.project.networks[each.network], use).plan()
                for each, use in zip(list_repetitions(flow.params), flow.inner, strict=True)
            )
            return Call(
                node.id, flow.kind, flow.params, None, inputs, count, node.weights_of, blocks, runs, shape=shape
            )
        construct = flow.kind.construct_for(flow.params, tuple(arrange(flow.in_ports, flow.inputs)), names)
        shares = node.weights_of if construct is not None else None
        borrows = shares is not None and self.nodes[shares].kind != node.kind
        return Call(node.id, flow.kind, flow.params, construct, inputs, count, shares, (), runs, borrows, shape)
