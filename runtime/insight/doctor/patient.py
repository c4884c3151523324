"""What the doctor knows of a run: its project, its latest looks, and how its losses went."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from builder.contests import Contests
from builder.document import TRAINING, Edge, Node, Project
from builder.phrases import quote
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from builder.survey import Place, Survey
from builder.uses import describe_trail
from runtime.events import Look, Sample
from runtime.insight.doctor.curve import Curve

KEPT = 12
"""So many of the latest looks are remembered, and the first."""

Json = dict[str, Any]


class Patient:
    """A run under the doctor's eyes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.steps = 0
        self.looks: deque[Look] = deque(maxlen=KEPT)
        self.first: Look | None = None
        self.losses: dict[str, Curve] = {}
        self.validated: dict[str, list[tuple[int, float]]] = {}
        self.diversities: dict[str, deque[tuple[float, float]]] = {}

    @cached_property
    def survey(self) -> Survey:
        """The project with all that is known of it."""
        flows = infer(self.project)
        places = (Place(self.project, path, self.project.graph(path), flows) for path in self.project.graph_paths())
        return Survey(self.project, tuple(places))

    @cached_property
    def plan(self) -> TrainingPlan:
        """The training graph."""
        return TrainingPlan(self.project, {TRAINING: self.survey.drawn_training.flow})

    @cached_property
    def contests(self) -> Contests:
        """Which networks train against each other."""
        return Contests(self.project.training)

    @cached_property
    def followed(self) -> dict[str, str]:
        """The loss that each optimizer makes small."""
        return {id: loss.node for id in self.plan.optimizers if (loss := self.plan.loss_of(id))}

    @property
    def look(self) -> Look:
        """The newest look."""
        return self.looks[-1]

    @property
    def step(self) -> int:
        """The step of the newest look."""
        return self.looks[-1].step if self.looks else 0

    @property
    def done(self) -> float:
        """How much of the run is behind it, from 0 to 1; 0 where nobody knows how long it is."""
        return self.step / self.steps if self.steps else 0.0

    def take(self, look: Look) -> None:
        """Remember a look."""
        self.first = self.first or look
        self.looks.append(look)

    def see(self, sample: Sample) -> None:
        """Remember how much the pictures of a preview differ, beside those of the data, where that was measured."""
        measured = sample.payload.get("diversity")
        if measured:
            made, real = measured
            self.diversities.setdefault(sample.node, deque(maxlen=KEPT)).append((made, real))

    def latest(self, count: int) -> list[Look]:
        """The last looks; none where there are not so many yet."""
        return list(self.looks)[-count:] if len(self.looks) >= count else []

    def remembered(self) -> list[Look]:
        """The first look and the latest."""
        return [*([self.first] if self.first else []), *self.looks]

    def networks(self) -> list[str]:
        """The networks that were seen."""
        return list(dict.fromkeys(seen["network"] for seen in self.look.nodes))

    def layers(self, network: str, look: Look | None = None) -> list[Json]:
        """The nodes of a network whose weights were changed, in the order of computation."""
        nodes = (look or self.look).nodes
        return [seen for seen in nodes if seen["network"] == network and "gradients" in seen and "weights" in seen]

    def who(self, seen: Json) -> str:
        """How a node is called at the start of a sentence, with the way to it where it stands in a block."""
        trail = tuple((graph, node, turn) for graph, node, turn in seen["trail"])
        where = f" in {describe_trail(trail)}" if trail else ""
        return f"{seen['kind']} {quote(seen['node'])}{where}"

    def place(self, seen: Json) -> Place:
        """The graph that a node is drawn in."""
        return next(place for place in self.survey.drawn if place.path == seen["graph"])

    def node(self, seen: Json) -> Node:
        """A node as it is drawn."""
        return self.place(seen).nodes[seen["node"]]

    def feeder(self, seen: Json) -> Json | None:
        """The nearest layer with weights before a node, in the same graph; None where a sum or a block comes between."""
        known = {(tuple(map(tuple, other["trail"])), other["node"]): other for other in self.look.nodes}
        place, id = self.place(seen), seen["node"]
        while (edge := next(iter(place.view.incoming(id).values()), None)) is not None:
            id = edge.source
            other = known.get((tuple(map(tuple, seen["trail"])), id))
            if other is None or place.nodes[id].kind in ("Block", "Add", "Multiply", "Concat"):
                return None
            if "weights" in other and not other["kind"].startswith(("BatchNorm", "LayerNorm", "GroupNorm")):
                return other
        return None

    def is_hidden(self, seen: Json) -> bool:
        """Whether layers with weights come after a node without anything that multiplies in between, as a gate does."""
        place = self.place(seen)
        if seen["trail"]:
            return True
        weights = {other["node"] for other in self.look.nodes if other["graph"] == seen["graph"] and "weights" in other}
        gates = {
            edge.target for edge in place.view.outgoing(seen["node"]) if place.nodes[edge.target].kind == "Multiply"
        }
        return not gates and any(
            id in weights or place.nodes[id].kind == "Block" for id in place.view.descendants(seen["node"])
        )

    def after(self, seen: Json) -> Edge | None:
        """The only link that leaves a node; None where there is none or are several."""
        edges = list(self.place(seen).view.outgoing(seen["node"]))
        return edges[0] if len(edges) == 1 else None

    def optimizers_of(self, network: str) -> list[str]:
        """The optimizers that change a network."""
        return [id for id in self.plan.optimizers if network in self.plan.params(id).networks]

    def find_update(self, optimizer: str, looks: Iterable[Look] | None = None) -> float | None:
        """How far a step of an optimizer goes, as a part of the weights: the middle layer's, at its largest of some looks."""
        return max(
            (value for look in looks or self.remembered() if (value := self.middle_update(optimizer, look))),
            default=None,
        )

    def middle_update(self, optimizer: str, look: Look) -> float | None:
        """The update of the middle layer in one look."""
        found = [
            seen["weights"]["update"]
            for name in self.plan.params(optimizer).networks
            for seen in self.layers(name, look)
            if seen["weights"]["update"] == seen["weights"]["update"]
        ]
        return statistics.median(found) if found else None

    def activations(self, network: str, kinds: Iterable[str]) -> Iterator[Json]:
        """The nodes of these kinds that were computed in a network."""
        wanted = set(kinds)
        for seen in self.look.nodes:
            if seen["network"] == network and seen["kind"] in wanted and "output" in seen:
                yield seen

    def same(self, seen: Json, look: Look) -> Json | None:
        """The same node in another look."""
        return next((o for o in look.nodes if (o["network"], o["name"]) == (seen["network"], seen["name"])), None)

    def throughout(self, seen: Json, part: str, fact: str, count: int) -> list[float]:
        """A number of a node in each of the last looks; empty where one of them lacks it."""
        rows = [self.same(seen, look) for look in self.latest(count)]
        values = [row[part][fact] for row in rows if row is not None and fact in row.get(part, {})]
        return values if len(values) == count else []
