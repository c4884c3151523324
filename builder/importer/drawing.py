"""A graph while it grows: nodes with names of their own, links, and how many axes tensors have as far as that is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from builder.document import Edge, Graph, Node, Weights
from builder.ids import suggest_id
from builder.importer.remarks import Exhausted
from builder.importer.values import Wire, as_param
from builder.repetitions import network_at

MOST_NODES = 2000
RANKS = {
    **dict.fromkeys(("Conv1d", "ConvTranspose1d", "MaxPool1d", "AvgPool1d", "AdaptiveAvgPool1d"), 3),
    **dict.fromkeys(("Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d"), 4),
    **dict.fromkeys(("AdaptiveMaxPool2d", "BatchNorm2d", "InstanceNorm2d", "Dropout2d", "PixelShuffle"), 4),
    **dict.fromkeys(("RNN", "LSTM", "GRU", "MultiheadAttention", "TransformerEncoderLayer", "PositionalEncoding"), 3),
    "TransformerDecoderLayer": 3,
    **dict.fromkeys(("SequencePool", "AttentionPool", "GlobalAvgPool"), 2),
    "Conv3d": 5,
}
SEQUENCES = (
    *("RNN", "LSTM", "GRU", "MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"),
    *("PositionalEncoding", "Embedding"),
)
STEPS = {"Embedding": 1, "Unsqueeze": 1, "Squeeze": -1}
KEEPING = (
    *("Linear", "ReLU", "LeakyReLU", "PReLU", "ELU", "GELU", "SiLU", "Sigmoid", "Tanh", "Softmax", "LogSoftmax"),
    *("Softplus", "Hardswish", "BatchNorm1d", "LayerNorm", "GroupNorm", "RMSNorm", "Dropout", "Slice", "Identity"),
    *("ReLU6", "StochasticDepth", "Add", "Multiply", "Subtract", "Concat", "Pad", "Upsample"),
)


@dataclass(frozen=True)
class Use:
    """A call of a module: its node, and the name that the source gives to what comes out."""

    node: str
    wish: str


@dataclass
class Drawing:
    """One network on its way."""

    reserved: set[str] = field(default_factory=set)
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, dict[str, tuple[str, int, Any]]] = field(default_factory=dict)
    uses: dict[int, list[Use]] = field(default_factory=dict)
    given: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    time_first: set[str] = field(default_factory=set)
    paths: dict[str, str] = field(default_factory=dict)

    def claim(self, wish: str, own: bool = False) -> str:
        """A free id near the wish; names of modules are kept for the modules themselves."""
        return suggest_id(wish, self.nodes if own else {*self.nodes, *self.reserved})

    def add(
        self,
        kind: str,
        params: dict[str, Any],
        wish: str,
        links: Iterable[tuple[str, Wire]] = (),
        line: int = 0,
        own: bool = False,
        weights_of: str | None = None,
    ) -> str:
        """Add a node with links into its ports; its id. Raises Exhausted."""
        if len(self.nodes) >= MOST_NODES:
            raise Exhausted(f"The network has more than {MOST_NODES:,} nodes; what comes after them was left out.")
        id = self.claim(wish or kind, own)
        values = {name: as_param(value) for name, value in params.items()}
        self.nodes[id] = Node(id=id, kind=kind[:80], params=values, weights_of=weights_of)
        self.lines[id] = line
        for port, wire in links:
            self.edges.append(Edge(source=wire.node, source_port=wire.port, target=id, target_port=port))
        return id

    def remove(self, id: str) -> None:
        """Take a node away again, with the links into it."""
        del self.nodes[id], self.lines[id]
        self.edges = [edge for edge in self.edges if edge.target != id]

    def keep_only(self, ids: Collection[str]) -> None:
        """Take away all nodes but these."""
        for id in [id for id in self.nodes if id not in ids]:
            self.remove(id)
        self.uses = {
            module: kept
            for module, uses in self.uses.items()
            if (kept := [use for use in uses if use.node in self.nodes])
        }

    def settle_owners(self) -> None:
        """Of several calls of a module the one whose result bears the module's name has the weights, not the first."""
        for first, *others in self.uses.values():
            named = next((use for use in others if use.wish == first.node), None)
            if named is not None and first.wish and first.wish not in self.nodes:
                self.exchange(first.node, named.node, first.wish)

    def exchange(self, owner: str, other: str, wish: str) -> None:
        """Let ``other`` take the owner's id and weights; the owner gets the wished id and shares them."""
        new = {id: id for id in self.nodes} | {owner: wish, other: owner}
        shares = {owner: self.nodes[other].weights_of, other: None}
        self.nodes = {
            new[id]: node.model_copy(update={"id": new[id], "weights_of": shares.get(id, node.weights_of)})
            for id, node in self.nodes.items()
        }
        ends = [(edge, {"source": new[edge.source], "target": new[edge.target]}) for edge in self.edges]
        self.edges = [edge.model_copy(update=update) for edge, update in ends]
        self.lines = {new[id]: line for id, line in self.lines.items()}
        self.sizes = {new[id]: sizes for id, sizes in self.sizes.items()}
        self.given = {new[id]: given for id, given in self.given.items()}

    def source_of(self, id: str, port: str = "input") -> Wire | None:
        """What is linked to a port of a node."""
        for edge in self.edges:
            if edge.target == id and edge.target_port == port:
                return Wire(edge.source, edge.source_port)
        return None

    def rank(self, wire: Wire | None, depth: int = 0) -> int | None:
        """The number of axes of a tensor, the batch's included; None where it cannot be told."""
        if wire is None or depth > 50:
            return None
        node = self.nodes[wire.node]
        if wire.port in ("last", "state"):
            return 2
        if node.kind in RANKS:
            return RANKS[node.kind]
        if node.kind in KEEPING:
            before = self.source_of(node.id) or self.source_of(node.id, "inputs.0")
            return self.rank(before, depth + 1)
        return self.changed_rank(node, depth)

    def changed_rank(self, node: Node, depth: int) -> int | None:
        """The number of axes behind a layer that changes it."""
        before = self.rank(self.source_of(node.id), depth + 1)
        if node.kind in STEPS:
            usual = 2 if node.kind == "Embedding" else None
            rank = usual if before is None else before
            return None if rank is None else rank + STEPS[node.kind]
        if node.kind == "Flatten":
            return 2 if node.params in ({}, {"start_dim": 1}) else None
        listed = node.params.get({"Permute": "dims", "Reshape": "shape"}.get(node.kind, ""))
        return len(listed) + (node.kind == "Reshape") if isinstance(listed, list) else None

    def is_sequence(self, wire: Wire) -> bool:
        """Whether a tensor is a batch of sequences of vectors, as far as its layers tell."""
        kinds: list[str] = []
        at = wire
        while at.port == "output" and len(kinds) < 20:
            kinds.append(self.nodes[at.node].kind)
            before = self.source_of(at.node)
            if kinds[-1] not in KEEPING or before is None:
                break
            at = before
        return kinds[-1:] != [] and kinds[-1] in SEQUENCES and self.rank(wire) == 3

    def repetitions(self, id: str) -> list[tuple[str, dict[str, Any]]]:
        """The networks of a block's repetitions as far as they differ, each with what its part was made with."""
        given = self.given.get(id, [{}])
        return [(network_at(self.nodes[id], turn), values) for turn, values in enumerate(given)]

    def graph(self, params: dict[str, Any]) -> Graph:
        """The graph as it is now."""
        names = {id: path for id, path in self.paths.items() if path not in ("", id) and id in self.nodes}
        weights = Weights(origin="the imported source", names=names) if names else None
        return Graph(nodes=tuple(self.nodes.values()), edges=tuple(self.edges), params=params, weights=weights)
