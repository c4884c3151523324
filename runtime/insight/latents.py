"""Looks around in the spaces that a run's networks make pictures of: where samples lie in them, and what any point shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from builder.answering import preparations
from builder.columns import list_columns
from builder.compiler import build_network
from builder.document import Project
from builder.latents import Latent, find_latents
from builder.naming import networks_in_training
from builder.planner import PlanError
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from runtime.data.batches import take_batch
from runtime.data.prepare import PreparedSource, prepare_source
from runtime.draws import OwnDraws
from runtime.insight import shelf
from runtime.insight.latent_axes import Axes, blend, find_axes
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.weights import Snapshot, read_snapshot
from runtime.step import Machinery, Values, gather

MOST_SAMPLES = 1000
BATCH = 250
MOST_POINTS = 16
PARTS = ("validation", "test", "train")


@dataclass(frozen=True)
class Codes:
    """Where samples of the data lie in a space.

    Attributes:
        values: (N, D), a vector for each of the first samples that were not learned from.
        axes: the directions in which one moves about.
        part: the part of the data that the samples are of.
        labels: the class of each sample; None where the data has none.
        classes: their names.
    """

    values: Tensor
    axes: Axes
    part: str
    labels: Tensor | None
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """What points of a space show: a Pillow image for each, and where each lies along the axes."""

    pictures: list[Any]
    coordinates: list[list[float]]
    step: int


class Explorer:
    """The networks of one checkpoint at rest, and the spaces that they make pictures of."""

    def __init__(self, project: Project, snapshot: Snapshot) -> None:
        flows = infer(project)
        self.project, self.step = project, snapshot.step
        self.plan = TrainingPlan(project, flows)
        self.latents = find_latents(self.plan)
        with OwnDraws():
            self.networks: dict[str, nn.Module] = {
                name: build_network(project, name, flows) for name in networks_in_training(project)
            }
            for name, network in self.networks.items():
                network.load_state_dict(snapshot.weights[name])
            self.machinery = Machinery(self.plan, self.networks, torch.device("cpu"), bf16=False)
        for module in (*self.networks.values(), *self.machinery.modules.values()):
            if isinstance(module, nn.Module):
                module.eval()
        self.known: dict[int, Codes] = {}

    def find(self, number: Any) -> Latent:
        """A space by its number. Raises RunError."""
        if type(number) is not int or not 0 <= number < len(self.latents):
            raise RunError("This run has no such space of vectors.")
        return self.latents[number]

    def codes(self, number: int) -> Codes:
        """Where samples of the data lie in a space of codes; asked once. Raises RunError and DataError."""
        latent = self.find(number)
        if latent.kind != "code":
            raise RunError("Samples of the data have no place in a space of noise.")
        if number not in self.known:
            self.known[number] = self.encode(latent)
        return self.known[number]

    def encode(self, latent: Latent) -> Codes:
        """Ask for the vectors of samples that were not learned from."""
        nodes = self.plan.list_before([latent.origin.source])
        sources = {id: str(self.plan.params(id).source) for id in nodes if self.plan.role(id) == "data"}
        prepared = {name: prepare_source(self.project.data[name]) for name in dict.fromkeys(sources.values())}
        part = next(name for name in PARTS if all(source.parts.get(name) for source in prepared.values()))
        ends = [len(next(iter(source.parts[part].values()))) for source in prepared.values()]
        count = min(MOST_SAMPLES, *ends)
        found = []
        with OwnDraws(), torch.no_grad():
            for start in range(0, count, BATCH):
                rows = slice(start, min(count, start + BATCH))
                values: Values = {id: self.take(prepared[name], part, rows) for id, name in sources.items()}
                found.append(self.follow(latent, nodes, values).flatten(1).double())
        codes = torch.cat(found)
        if not bool(torch.isfinite(codes).all()):
            raise RunError("The vectors of this checkpoint are no numbers. Choose an earlier one.")
        labels, classes = find_labels(prepared.get(latent.source), part, count)
        return Codes(codes, find_axes(codes), part, labels, classes)

    def take(self, prepared: PreparedSource, part: str, rows: slice) -> Any:
        """Some samples as a Data node gives them."""
        return take_batch(list_columns(prepared.source), prepared.parts[part], rows)

    def follow(self, latent: Latent, nodes: Sequence[str], values: Values) -> Tensor:
        """The value that comes by the link of a space's origin."""
        for id in nodes:
            if id not in values:
                use = self.plan.uses[id]
                values[id] = self.machinery.caller(use)(*gather(values, use.inputs))
        wanted = self.plan.value(latent.origin.source, latent.origin.source_port)
        found: Tensor = values[wanted.node] if wanted.count == 1 else values[wanted.node][wanted.output]
        return found

    def show(self, number: int, points: Any, label: Any = None) -> Shown:
        """Make pictures of points of a space.

        Args:
            number: of the space.
            points: each along the axes, as ``{"coordinates": [...]}``, or on the way from one end to another, as
                ``{"ends": [a, b], "share": 0.5}`` with an end ``{"sample": 3}`` of a code or ``{"seed": 3}`` of noise.
            label: the class that the pictures are asked to be of, where the network takes one.

        Raises:
            RunError: there is no such space, point or class; the message is a sentence.
            DataError: the data cannot be used.
        """
        latent = self.find(number)
        if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS:
            raise RunError(f"From 1 to {MOST_POINTS} points are shown at once.")
        vectors = torch.stack([self.place(number, latent, point) for point in points])
        how = preparations(self.project, latent.source)[latent.image]
        pictures = [how.draw(picture) for picture in self.decode(latent, vectors, label)]
        axes = self.codes(number).axes if latent.kind == "code" else None
        return Shown(pictures, axes.locate(vectors).tolist() if axes else [], self.step)

    def place(self, number: int, latent: Latent, point: Any) -> Tensor:
        """The vector of a point, (D). Raises RunError."""
        told = point if isinstance(point, dict) else {}
        if "coordinates" in told and latent.kind == "code":
            return self.codes(number).axes.place(told["coordinates"])
        ends, share = told.get("ends"), told.get("share")
        if not isinstance(ends, list) or len(ends) != 2 or share is None or not is_share(share):
            raise RunError("A point lies along the axes, or on the way from one end to another.")
        first, second = (self.find_end(number, latent, end) for end in ends)
        return blend(first, second, float(share), on_sphere=latent.kind == "noise")

    def find_end(self, number: int, latent: Latent, end: Any) -> Tensor:
        """The vector of a sample, or noise by its seed. Raises RunError."""
        name = "sample" if latent.kind == "code" else "seed"
        chosen = end.get(name) if isinstance(end, dict) else None
        most = len(self.codes(number).values) if latent.kind == "code" else 2**32
        if type(chosen) is not int or not 0 <= chosen < most:
            raise RunError(f'An end of the way is a "{name}" from 0 to {most - 1}.')
        if latent.kind == "code":
            return self.codes(number).values[chosen]
        generator = torch.Generator().manual_seed(chosen)
        return torch.randn(latent.size, generator=generator).double() * latent.deviation

    def decode(self, latent: Latent, vectors: Tensor, label: Any) -> Tensor:
        """The pictures that a network makes of vectors, (N, C, H, W). Raises RunError."""
        inputs: dict[str, Tensor] = {latent.port: vectors.float().reshape(-1, *latent.shape)}
        if latent.label:
            if label not in latent.classes:
                raise RunError(f"The picture is of one of the classes {', '.join(latent.classes[:20])}.")
            inputs[latent.label] = torch.full((len(vectors),), latent.classes.index(label))
        ports = self.plan.flow.nodes[latent.call].in_ports
        with OwnDraws(), torch.no_grad():
            output = self.networks[latent.network](*(inputs[port.name] for port in ports if port.name in inputs))
        pictures: Tensor = output[latent.output] if isinstance(output, tuple) else output
        return pictures


class Shelf(shelf.Shelf[Explorer]):
    """The last checkpoints that were looked around in."""

    def make(self, folder: RunFolder, checkpoint: str | None) -> Explorer:
        """The networks of a checkpoint. Raises RunError."""
        try:
            return Explorer(folder.read_project(), read_snapshot(folder, checkpoint))
        except PlanError as error:
            raise RunError(str(error)) from error


SHELF = Shelf()


def list_latents(project: Project) -> list[Latent]:
    """The spaces that a project's networks make pictures of; none where its training graph cannot be planned.

    Most projects train one network without noise, and are answered without a plan.
    """
    if len(networks_in_training(project)) < 2 and not any(node.kind == "Noise" for node in project.training.nodes):
        return []
    try:
        return find_latents(TrainingPlan(project))
    except PlanError:
        return []


def is_share(value: Any) -> bool:
    """Whether something is a number from 0 to 1."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def find_labels(prepared: PreparedSource | None, part: str, count: int) -> tuple[Tensor | None, tuple[str, ...]]:
    """The class of each of the first samples, and the names of the classes, where the data has any; targets first."""
    fields: Mapping[str, Any] = prepared.source.fields if prepared else {}
    for name in sorted(fields, key=lambda name: fields[name].role != "target"):
        known = prepared.facts.fields.get(name) if prepared else None
        values = prepared.parts[part].get(name) if prepared else None
        if known and known.classes and values is not None and values.dim() == 1:
            return values[:count].long(), tuple(known.classes)
    return None, ()
