"""Spaces of numbers that networks make pictures of, as the training graph draws them.

A space is the vector that a call of a network is given, and that network answers with pictures of the data: what
Reparameterize draws around an encoder's means, what an encoder says, or noise. Networks bear no names that tell them: the
links do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Literal

from builder.columns import find_classes
from builder.document import Edge, Source
from builder.step_planner import TrainingPlan
from builder.tensors import TensorSpec

MOST_NUMBERS = 4096
MOST_CLASSES = 1000


@dataclass(frozen=True)
class Latent:
    """A space of vectors.

    Attributes:
        call: the call of the network that makes pictures of them.
        network: that network.
        port: its input that takes the vector.
        output: which of its outputs is the picture.
        shape: of one vector, as the network takes it.
        kind: ``code`` where samples of the data have their vectors, ``noise`` where vectors are drawn.
        origin: the node that gives the vector.
        source: the data that the pictures are like.
        image: the field of the data that the pictures are like.
        label: another input, which takes the number of a class.
        classes: their names.
        deviation: of noise.
    """

    call: str
    network: str
    port: str
    output: int
    shape: tuple[int, ...]
    kind: Literal["code", "noise"]
    origin: Edge
    source: str
    image: str
    label: str | None = None
    classes: tuple[str, ...] = ()
    deviation: float = 1.0

    @property
    def size(self) -> int:
        """How many numbers a vector has."""
        return prod(self.shape)


def find_latents(plan: TrainingPlan) -> list[Latent]:
    """The spaces of a project: one for each network and input, codes of samples before noise.

    Of a network and its average only the average's is told, which is the one that pictures are made with.
    """
    found: dict[tuple[str, str], Latent] = {}
    everything = [latent for call in plan.of_role("network") for latent in read_call(plan, call)]
    for latent in sorted(everything, key=lambda latent: latent.kind != "code"):
        found.setdefault((latent.network, latent.port), latent)
    networks = {latent.network for latent in found.values()}
    averaged = {params.network for id in plan.averages if networks & set((params := plan.params(id)).networks)}
    return [latent for latent in found.values() if latent.network not in averaged]


def read_call(plan: TrainingPlan, call: str) -> Iterator[Latent]:
    """The spaces that one call of a network makes pictures of: one for each input that takes a vector."""
    links, pictures = plan.view.incoming(call), find_pictures(plan, call)
    for port, edge in links.items():
        kind = tell_kind(plan, edge)
        labels = [name for name in links if name != port]
        if pictures is None or kind is None or not all(takes_class(plan, call, name) for name in labels) or labels[1:]:
            continue
        output, source, image = pictures
        classes = list_classes(plan, links[labels[0]], plan.project.data[source]) if labels else ()
        if labels and not 0 < len(classes) <= MOST_CLASSES:
            continue
        shape = tuple(size for size in spec_of(plan, edge).shape[1:] if isinstance(size, int))
        deviation = float(getattr(plan.params(edge.source), "deviation", 1.0))
        yield Latent(call, plan.params(call).network, port, output, shape, kind, edge, source, image,
                     labels[0] if labels else None, classes, deviation)  # fmt: skip


def spec_of(plan: TrainingPlan, edge: Edge) -> TensorSpec:
    """What goes through a link."""
    return plan.flow.nodes[edge.source].outputs[edge.source_port]


def find_pictures(plan: TrainingPlan, call: str) -> tuple[int, str, str] | None:
    """The output of a call that is a picture of the data, the source and the field that it is like; None without one."""
    for place, port in enumerate(plan.flow.nodes[call].out_ports):
        spec = plan.flow.nodes[call].outputs.get(port.name)
        for name in dict.fromkeys(plan.params(id).source for id in plan.of_role("data")) if spec else ():
            source = plan.project.data[name]
            known = source.facts.fields if source.facts else {}
            for field, meaning in source.fields.items():
                if meaning.kind == "image" and field in known and spec and tuple(known[field].shape) == spec.shape[1:]:
                    return place, name, field
    return None


def tell_kind(plan: TrainingPlan, edge: Edge) -> Literal["code", "noise"] | None:
    """Whether a link brings codes of samples or noise; None where it brings no vector."""
    spec = plan.flow.nodes[edge.source].outputs.get(edge.source_port)
    if spec is None or spec.dtype != "float32" or not is_vector(spec):
        return None
    if plan.nodes[edge.source].kind == "Noise":
        return "noise"
    if plan.nodes[edge.source].kind == "Reparameterize" or plan.role(edge.source) == "network":
        before = plan.view.ancestors(edge.source)
        return "code" if any(plan.role(id) == "data" for id in before) else None
    return None


def is_vector(spec: TensorSpec) -> bool:
    """Whether each sample is a row of numbers, or one a channel."""
    sizes = spec.shape[1:]
    return (
        bool(sizes) and all(size == 1 for size in sizes[1:]) and isinstance(sizes[0], int) and sizes[0] <= MOST_NUMBERS
    )


def takes_class(plan: TrainingPlan, call: str, port: str) -> bool:
    """Whether an input is given one whole number for each sample."""
    spec = plan.flow.nodes[call].inputs.get(port)
    return spec is not None and spec.dtype == "int64" and spec.rank == 1


def list_classes(plan: TrainingPlan, edge: Edge, source: Source) -> tuple[str, ...]:
    """The names of the classes that come by a link: those of the field, else of the data's target, else their numbers."""
    if plan.role(edge.source) == "data":
        source, field = plan.project.data[plan.params(edge.source).source], edge.source_port
    else:
        field = find_classes(source) or ""
    known = source.facts.fields.get(field) if source.facts else None
    high = getattr(plan.params(edge.source), "high", 0)
    return tuple(known.classes) if known and known.classes else tuple(map(str, range(min(high, MOST_CLASSES + 1))))
