"""A random graph that grows layer by layer from the whole catalogue; what does not fit is taken back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from builder.document import Edge, Graph, Node, Project, Source
from builder.flow import DTYPE_CLASSES, NodeFlow
from builder.kinds import Kind, Port
from builder.layers import CATALOGUE
from builder.shape_flow import infer
from builder.tensors import TensorSpec
from tests.builder.random_values import BLOCKS, PARAMS, Params

LARGEST = 4000
"""Numbers of one sample that a layer may give."""


@dataclass
class Garden:
    """A graph that grows: its nodes, its links, and how often each kind was used in all graphs so far."""

    rng: Random
    used: Counter[str]
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    networks: dict[str, Graph] = field(default_factory=dict)
    data: dict[str, Source] = field(default_factory=dict)

    def name(self, kind: str) -> str:
        """A free id."""
        return f"{kind.lower()}_{len(self.nodes)}"

    def add(self, kind: str, params: Params | None = None, id: str | None = None, **links: tuple[str, str]) -> str:
        """Add a node with links into its ports; return its id. A dot in a port's name is written as two underscores."""
        id = id or self.name(kind)
        self.nodes.append(Node(id=id, kind=kind, params=params or {}, position=(240.0 * len(self.nodes), 0.0)))
        for port, (source, output) in links.items():
            target_port = port.replace("__", ".")
            self.edges.append(Edge(source=source, source_port=output, target=id, target_port=target_port))
        return id

    def graph(self) -> Graph:
        """The graph as it is now."""
        return Graph(nodes=tuple(self.nodes), edges=tuple(self.edges))

    def flows(self) -> dict[str, NodeFlow]:
        """What is known of every node."""
        project = Project(networks={**self.networks, "model": self.graph()}, data=self.data)
        return infer(project)["networks.model"].nodes

    def specs(self) -> dict[tuple[str, str], TensorSpec]:
        """Every output of the graph with its spec."""
        return {(id, name): spec for id, known in self.flows().items() for name, spec in known.outputs.items()}

    def pick_kind(self, kinds: list[str]) -> str:
        """A kind, one that was used little so far more likely than the others."""
        kinds = sorted(kinds, key=lambda kind: (self.used[kind], self.rng.random()))
        return kinds[0] if self.rng.random() < 0.7 else self.rng.choice(kinds)

    def grow(self) -> bool:
        """Try to add one layer that fits; whether it did."""
        if self.rng.random() < 0.1 and self.share():
            return True
        specs = self.specs()
        if self.rng.random() < 0.1 and self.grow_block(specs):
            return True
        kind = self.pick_kind([kind for kind in CATALOGUE if kind not in ("Input", "Output")])
        if kind == "Block":
            return self.grow_block(specs)
        links = self.pick_links(CATALOGUE[kind], specs)
        if links is None:
            return False
        params = PARAMS[kind](self.rng, specs[next(iter(links.values()))]) if kind in PARAMS else {}
        return self.keep_fitting(kind, params, links)

    def grow_block(self, specs: dict[tuple[str, str], TensorSpec]) -> bool:
        """Try to add a block of one input, or of two."""
        fitting = [name for name, spec in specs.items() if spec.rank == 2 and spec.dtype == "float32"]
        if not fitting:
            return False
        network = self.rng.choice(sorted(BLOCKS))
        inputs = [node.id for node in self.networks[network].nodes if node.kind == "Input"]
        links = {name: self.rng.choice(fitting) for name in inputs}
        params = {"network": network, **BLOCKS[network](self.rng, specs[links["x"]])}
        return self.keep_fitting("Block", params, dict(sorted(links.items(), key=lambda item: self.rng.random())))

    def share(self) -> bool:
        """Add a node that shares the weights of another; whether there was one to share with."""
        flows = self.flows()
        owners = [each for each in self.nodes if each.weights_of is None and flows[each.id].parameters]
        if not owners:
            return False
        owner = self.rng.choice(owners)
        links = {edge.target_port: (edge.source, edge.source_port) for edge in self.edges if edge.target == owner.id}
        if owner.kind != "Embedding":  # sums of words would lie beyond the vocabulary
            specs = self.specs()
            links = {
                port: self.rng.choice([name for name, spec in specs.items() if spec == specs[source]])
                for port, source in links.items()
            }
        self.add(owner.kind, dict(owner.params), None, **links)
        self.nodes[-1] = self.nodes[-1].model_copy(update={"weights_of": owner.id})
        return True

    def switch_off(self, chance: float) -> None:
        """Switch off some of the nodes that change neither shape nor type."""
        flows, shared = self.flows(), {each.weights_of for each in self.nodes}
        for i, each in enumerate(self.nodes):
            inputs, outputs = list(flows[each.id].inputs.values()), list(flows[each.id].outputs.values())
            fits = len(outputs) == 1 and len(inputs) == 1 and inputs == outputs
            if fits and each.weights_of is None and each.id not in shared and self.rng.random() < chance:
                self.nodes[i] = each.model_copy(update={"bypassed": True})

    def switch_last_off(self, chance: float) -> None:
        """Switch the newest node off, by chance."""
        if self.rng.random() < chance:
            self.nodes[-1] = self.nodes[-1].model_copy(update={"bypassed": True})

    def keep_fitting(self, kind: str, params: Params, links: dict[str, tuple[str, str]]) -> bool:
        """Add a node, unless it does not fit or grows too large; whether it stayed."""
        before = len(self.nodes), len(self.edges)
        id = self.add(kind, params, None, **links)
        outputs = [name for name in self.specs() if name[0] == id]
        if outputs and all(size_of(self.specs()[name]) <= LARGEST for name in outputs):
            return True
        del self.nodes[before[0] :], self.edges[before[1] :]
        return False

    def pick_links(
        self, kind: type[Kind], specs: dict[tuple[str, str], TensorSpec]
    ) -> dict[str, tuple[str, str]] | None:
        """An output for each input that needs one; None where nothing fits."""
        links: dict[str, tuple[str, str]] = {}
        for port in kind.inputs:
            if port.optional:
                continue
            fitting = [name for name, spec in specs.items() if takes(port, spec)]
            if kind.kind == "Embedding":  # sums of words would lie beyond the vocabulary
                fitting = [name for name in fitting if name[0] == "x"]
            if not fitting:
                return None
            first = self.rng.choice(fitting[-4:])
            if not port.variadic:
                alike = [name for name in fitting if links and specs[name] == specs[next(iter(links.values()))]]
                links[port.name] = self.rng.choice(alike) if alike else first
                continue
            alike = [name for name in fitting if specs[name] == specs[first]]
            for i in range(self.rng.randint(2, 3)):
                links[f"{port.name}__{i}"] = first if i == 0 else self.rng.choice(alike)
        return links


def size_of(spec: TensorSpec) -> int:
    """Numbers of one sample."""
    size = 1
    for axis in spec.at(0)[1:]:
        size *= axis
    return size


def takes(port: Port, spec: TensorSpec) -> bool:
    """Whether a port takes this tensor."""
    return (not port.ranks or spec.rank in port.ranks) and spec.dtype in DTYPE_CLASSES[port.dtype]
