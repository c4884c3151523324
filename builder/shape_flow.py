"""Specs of every tensor of a project, found by running each layer on the meta device, and every reason why one has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from builder.bypass import find_origin, is_off, passed_port
from builder.document import NETWORKS, TRAINING, Graph, Node, Project
from builder.flow import Flow, NodeFlow, Problem, fit_ports
from builder.kinds import Kind
from builder.known_flows import known_flows
from builder.layers import CATALOGUE
from builder.layers.base import Layer
from builder.parameters import ParameterError, resolve_params
from builder.ports import arrange, missing_ports, network_ports, ports_of
from builder.probing import probe_layer
from builder.references import Scope, facts_scope, graph_scope
from builder.renaming import named_network
from builder.repetitions import Repetition, blocks_in, list_repetitions
from builder.tensors import TensorSpec
from builder.topology import GraphView
from builder.training import TRAINING_CATALOGUE

DEEPEST_BLOCK = 12


Uses = dict[tuple[Any, ...], Flow]
"""What was found for a network used as a block, by its name, its inputs and its arguments."""


def infer(project: Project) -> dict[str, Flow]:
    """Infer the specs of every graph of a project. Never raises on a bad project: problems are part of the answer.

    A network that is only used inside others is seen as its uses see it, with their inputs and arguments.
    """
    facts = facts_scope(project)
    uses: Uses = {}
    found: dict[str, Flow] = {}
    inside = list_inside(project)
    for name in sorted(project.networks, key=inside.__contains__):
        use = choose_use(uses, name) if name in inside else None
        found[name] = use or infer_graph(project, project.networks[name], facts, {}, 0, uses)
    flows = {NETWORKS + name: found[name] for name in project.networks}
    flows[TRAINING] = infer_training(project, facts, flows)
    return flows


def list_inside(project: Project) -> set[str]:
    """The networks that others use as blocks and training does not call."""
    calls = [node for node in project.training.nodes if node.kind == "Network" and not node.bypassed]
    blocks = [
        (name, used)
        for name, graph in project.networks.items()
        for used in blocks_in(node for node in graph.nodes if not node.bypassed)
    ]
    return {used for name, used in blocks if used != name} - {str(named_network(node)) for node in calls}


def choose_use(uses: Uses, name: str) -> Flow | None:
    """What a network used as a block shows of itself: its first use with a problem, else the first; None without any."""
    flows = [flow for key, flow in uses.items() if key[0] == name]
    return next((flow for flow in flows if any(node.problems for node in flow.nodes.values())), next(iter(flows), None))


def infer_graph(
    project: Project,
    graph: Graph,
    facts: Scope,
    bound: Mapping[str, TensorSpec],
    depth: int,
    uses: Uses,
    arguments: Any = None,
) -> Flow:
    """Infer a network; ``bound`` gives the specs of its Inputs where it is used as a block."""
    walk = Walk(project, GraphView(graph), facts, graph_scope(graph, facts, arguments), depth, uses=uses)
    for node in walk.nodes():
        if node.kind == "Input" and node.id in bound:
            flow = walk.start(node, CATALOGUE.get(node.kind), walk.gather(node))
            walk.finish(node, flow, {"output": bound[node.id]}, problems=())
        else:
            walk.visit(node, CATALOGUE.get(node.kind))
    return Flow(walk.flows)


def infer_training(project: Project, facts: Scope, networks: Mapping[str, Flow]) -> Flow:
    """Infer the training graph: data from the facts, calls of networks from their own flow."""
    walk = Walk(project, GraphView(project.training), facts, facts, 0, networks)
    for node in walk.nodes():
        walk.visit(node, TRAINING_CATALOGUE.get(node.kind))
    return Flow(walk.flows)


class Walk:
    """One pass over a graph in topological order."""

    def __init__(
        self,
        project: Project,
        view: GraphView,
        facts: Scope,
        scope: Scope,
        depth: int,
        networks: Mapping[str, Flow] | None = None,
        uses: Uses | None = None,
    ) -> None:
        self.project, self.view, self.facts, self.scope, self.depth = project, view, facts, scope, depth
        self.networks = networks or {}
        self.uses: Uses = {} if uses is None else uses
        self.flows: dict[str, NodeFlow] = {}
        self.scope_key = repr(scope)

    def nodes(self) -> list[Node]:
        """The nodes in order; those in cycles come last, so that they too get their ports."""
        return [self.view.nodes[id] for id in dict.fromkeys((*self.view.order, *self.view.nodes))]

    def gather(self, node: Node) -> dict[str, TensorSpec]:
        """The specs that arrive at the ports of a node."""
        inputs = {}
        for port, edge in self.view.incoming(node.id).items():
            before = self.flows.get(edge.source)
            if before is not None and edge.source_port in before.outputs:
                inputs[port] = before.outputs[edge.source_port]
        return inputs

    def start(self, node: Node, kind: type[Kind] | None, inputs: dict[str, TensorSpec]) -> NodeFlow:
        """Everything about a node but its outputs."""
        if kind is None:
            return NodeFlow(inputs=inputs, problems=(Problem("unknown_kind", node.kind),))
        try:
            params = resolve_params(node, kind, self.scope)
            in_ports, out_ports = ports_of(kind, params, self.project)
        except ParameterError as error:
            return NodeFlow(kind, None, kind.inputs, kind.outputs, inputs,
                            problems=(Problem(error.code, error.reason, param=error.param),))  # fmt: skip
        except (ValueError, RecursionError) as error:
            return NodeFlow(kind, None, kind.inputs, kind.outputs, inputs,
                            problems=(Problem("parameter", str(error), param="expression"),))  # fmt: skip
        return NodeFlow(kind, params, in_ports, out_ports, inputs, problems=fit_ports(in_ports, inputs))

    def visit(self, node: Node, kind: type[Kind] | None) -> None:
        """Infer one node and keep the result: for later too, where nothing but the node, its scope and its inputs is in it."""
        inputs = self.gather(node)
        has_all = len(inputs) == len(self.view.incoming(node.id))
        known = known_flows.find(node, self.scope_key, inputs, has_all)
        if known is not None:
            self.flows[node.id] = known
            return
        flow = self.start(node, kind, inputs)
        if is_off(node, kind):
            return self.pass_on(node, flow)
        ends_here = bool(flow.problems) or flow.params is None or bool(missing_ports(flow.in_ports, inputs))
        if ends_here or not self.is_fed(node, flow):
            self.flows[node.id] = flow
        else:
            self.evaluate(node, flow)
        if kind and is_self_contained(kind) and (has_all or ends_here):
            known_flows.keep(node, self.scope_key, has_all, self.flows[node.id])

    def pass_on(self, node: Node, flow: NodeFlow) -> None:
        """Let the input of a node that is switched off go through; whether it fits the node is of no interest then."""
        spec = flow.inputs.get(passed_port(flow, self.view.incoming(node.id)) or "")
        self.finish(node, flow, {flow.out_ports[0].name: spec} if spec and flow.out_ports else {}, problems=())

    def is_fed(self, node: Node, flow: NodeFlow) -> bool:
        """Whether every link that ends here brings a spec."""
        links = self.view.incoming(node.id)
        return all(port in flow.inputs or not find_origin(self.view, self.flows, edge) for port, edge in links.items())

    def evaluate(self, node: Node, flow: NodeFlow) -> None:
        """Find the outputs of a node whose inputs are known."""
        assert flow.kind is not None
        declared = flow.kind.declare(flow.params, self.project)
        if declared is not None:
            self.finish(node, flow, declared)
        elif flow.kind.calls == "own":
            self.call_block(node, flow)
        elif flow.kind.calls == "shared":
            self.call_network(node, flow)
        else:
            self.probe(node, flow)

    def finish(self, node: Node, flow: NodeFlow, outputs: dict[str, TensorSpec], **more: Any) -> None:
        """Keep a node whose outputs are known."""
        values = {**flow.__dict__, "outputs": outputs, **more}
        self.flows[node.id] = NodeFlow(**values)

    def fail(self, node: Node, flow: NodeFlow, problem: Problem, inner: tuple[Flow, ...] = ()) -> None:
        """Keep a node that has no outputs, and why; of a block also what was found inside."""
        values = {**flow.__dict__, "problems": (*flow.problems, problem), "inner": inner}
        self.flows[node.id] = NodeFlow(**values)

    def probe(self, node: Node, flow: NodeFlow) -> None:
        """Run a layer on the meta device."""
        assert flow.kind is not None and issubclass(flow.kind, Layer)
        if not flow.out_ports:
            return self.finish(node, flow, {})
        specs = tuple(arrange(flow.in_ports, flow.inputs))
        result = probe_layer(flow.kind, flow.params, specs)
        if result.problem:
            return self.fail(node, flow, result.problem)
        names = [port.name for port in flow.out_ports]
        own = {} if node.weights_of else {"parameters": result.parameters, "tensors": result.tensors}
        self.finish(node, flow, dict(zip(names, result.outputs, strict=False)),
                    multiply_adds=result.multiply_adds, **own)  # fmt: skip

    def call_block(self, node: Node, flow: NodeFlow) -> None:
        """Infer the networks that a block uses, one after the other."""
        problem = self.find_misuse(flow)
        if problem:
            return self.fail(node, flow, problem)
        values = [flow.inputs[port.name] for port in flow.in_ports]
        outputs: list[TensorSpec] = []
        inner: list[Flow] = []
        for turn, repetition in enumerate(list_repetitions(flow.params)):
            graph = self.project.networks[repetition.network]
            ports, _ = network_ports(graph)
            bound = {port.name: spec for port, spec in zip(ports, values, strict=True)}
            inner.append(self.infer_use(graph, repetition, bound))
            outputs = list(inner[-1].outputs_of(graph).values())
            if fit_ports(ports, bound) or len(outputs) < len(flow.out_ports):
                return self.fail(node, flow, broken_block(repetition.network, turn, bound), tuple(inner))
            values[: len(outputs)] = outputs[: len(values)]
        own = 0 if node.weights_of else sum(use.parameters for use in inner)
        cost = sum(use.multiply_adds for use in inner)
        named = dict(zip([port.name for port in flow.out_ports], outputs, strict=True))
        self.finish(node, flow, named, parameters=own, multiply_adds=cost, inner=tuple(inner))

    def find_misuse(self, flow: NodeFlow) -> Problem | None:
        """Why the networks that a block names cannot be used; None where they can."""
        named = {"network": flow.params.network, "first_network": flow.params.first_network or flow.params.network}
        for param, name in named.items():
            if name not in self.project.networks:
                return Problem("no_network", f"there is no network {name!r}", param=param)
        if self.depth >= DEEPEST_BLOCK:
            reason = f"blocks are nested more than {DEEPEST_BLOCK} deep; a block that uses itself never ends"
            return Problem("deep_block", reason, param="network")
        sides = [[len(side) for side in network_ports(self.project.networks[name])] for name in named.values()]
        if sides[0] != sides[1]:
            reason = "the network of the first repetition has other ports than the one that is repeated"
            facts = {"others": sides[0], "first": sides[1]}
            return Problem("first_differs", reason, param="first_network", facts=facts)
        return None

    def infer_use(self, graph: Graph, repetition: Repetition, bound: Mapping[str, TensorSpec]) -> Flow:
        """Infer a network for these inputs, once: without that, blocks in blocks would take time without bound."""
        key = (repetition.network, tuple(bound.items()), repr(repetition.arguments))
        if key not in self.uses:
            use = infer_graph(self.project, graph, self.facts, bound, self.depth + 1, self.uses, repetition.arguments)
            self.uses[key] = use
        return self.uses[key]

    def call_network(self, node: Node, flow: NodeFlow) -> None:
        """Take a network's outputs from its own flow and compare what it is given with what its Inputs expect."""
        name = flow.params.network
        inner = self.networks.get(NETWORKS + name)
        if inner is None:
            return self.fail(node, flow, Problem("no_network", f"there is no network {name!r}", param="network"))
        for port, spec in flow.inputs.items():
            wanted = inner.nodes[port].outputs.get("output") if port in inner.nodes else None
            if wanted is not None and (wanted.shape != spec.shape or wanted.dtype != spec.dtype):
                reason = f"gets {spec} {spec.dtype}, but its Input {port!r} is {wanted} {wanted.dtype}"
                facts = {"got": spec, "wants": wanted, "network": name}
                return self.fail(node, flow, Problem("input_differs", reason, port=port, facts=facts))
        self.finish(node, flow, inner.outputs_of(self.project.networks[name]))


def is_self_contained(kind: type[Kind]) -> bool:
    """Whether a use of a kind is found without a look at the rest of the project."""
    own = kind.__mro__[: kind.__mro__.index(Kind)]
    return kind.calls is None and not any("declare" in vars(each) for each in own)


def broken_block(network: str, turn: int, bound: Mapping[str, TensorSpec]) -> Problem:
    """Why a block has no outputs: its network does not work out, at the first repetition or at a later one (from 0)."""
    if turn == 0:
        reason = f"the network {network!r} has a mistake inside, or does not fit these inputs"
        return Problem("broken_block", reason, param="network", facts={"network": network})
    reason = f"what one repetition of the network {network!r} gives does not fit the next"
    facts = {"network": network, "turn": turn, "got": tuple(bound.values())}
    return Problem("broken_repeat", reason, param="repeat", facts=facts)


__all__ = ["Flow", "infer"]
