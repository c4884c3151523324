"""Networks that train against each other, and what no value of is best: what one of them gains, the other loses."""

from __future__ import annotations

from builder.document import Graph
from builder.topology import GraphView
from builder.training import TRAINING_CATALOGUE


class Contests:
    """Who judges whom in a training graph. It asks nothing but the drawing, which may be unfinished."""

    def __init__(self, training: Graph) -> None:
        self.view = GraphView(training)
        self.nodes = {id: node for id, node in self.view.nodes.items() if not node.bypassed}
        self.calls = {
            id: str(node.params.get("network", "model")) for id, node in self.nodes.items() if node.kind == "Network"
        }
        self.losses = self.find_losses()
        self.judges = self.find_judges()

    def role(self, id: str) -> str:
        """The role of a node."""
        kind = TRAINING_CATALOGUE.get(self.nodes[id].kind) if id in self.nodes else None
        return kind.role if kind is not None else ""

    def find_losses(self) -> dict[str, set[str]]:
        """For each network that an optimizer trains, the nodes whose values its optimizers make small."""
        found: dict[str, set[str]] = {}
        for id, node in self.nodes.items():
            edge = self.view.incoming(id).get("loss") if self.role(id) == "updater" else None
            names = node.params.get("networks", [])
            for name in names if edge is not None and isinstance(names, list) else ():
                found.setdefault(str(name), set()).add(edge.source if edge else "")
        return found

    def upstream(self, ids: set[str]) -> frozenset[str]:
        """These nodes and all before them."""
        return self.view.topology.upstream(frozenset(ids))

    def read_by(self, ids: set[str]) -> set[str]:
        """The networks that are called to compute some nodes."""
        return {self.calls[id] for id in self.upstream(ids) if id in self.calls}

    def find_judges(self) -> dict[str, set[str]]:
        """The networks that are asked about what rivals make, each with these rivals."""
        found: dict[str, set[str]] = {}
        for call, judge in self.calls.items():
            makers = {self.calls[id] for id in self.view.ancestors(call) if id in self.calls} - {judge}
            rivals = {maker for maker in makers if self.are_rivals(judge, maker)}
            if rivals:
                found.setdefault(judge, set()).update(rivals)
        return found

    def are_rivals(self, judge: str, maker: str) -> bool:
        """Whether each is trained by a loss that depends on the other, and none of the losses is part of both."""
        own, theirs = self.losses.get(judge, set()), self.losses.get(maker, set())
        if not own or not theirs or maker not in self.read_by(own) or judge not in self.read_by(theirs):
            return False
        shared = self.upstream(own) & self.upstream(theirs)
        return not own & theirs and not any(self.role(id) in ("loss", "penalty") for id in shared)

    def is_contested(self, id: str) -> bool:
        """Whether a value depends on what a judge of rivals says, so that neither its lowest nor its highest is best."""
        return bool(self.judges.keys() & self.read_by({id}))
