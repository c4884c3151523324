"""The first batch of a run as the network will see it, augmentation included."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from builder.bypass import leave_out
from builder.document import TRAINING, Graph, Node, Project
from builder.layers.base import Misfit
from builder.parameters import ParameterError, resolve_params
from builder.parts.preparation import CENTRED, Preparation
from builder.parts.sampler import order_samples
from builder.references import facts_scope
from builder.shape_flow import infer
from builder.tensors import TensorSpec
from builder.training.base import TrainingKind
from builder.training.data import Augment, AugmentMasks
from builder.training.mixing import Mix
from runtime.data.prepare import PreparedSource
from runtime.draws import OwnDraws

KINDS: dict[str, type[TrainingKind]] = {kind.kind: kind for kind in (Augment, AugmentMasks, Mix)}
PORTS = {name: tuple(port.name for port in kind.inputs) for name, kind in KINDS.items()}


@dataclass(frozen=True)
class Batch:
    """Tensors by field, which samples of the training part they are, the augmentations that changed them, its full size."""

    fields: dict[str, Tensor]
    samples: list[int]
    augmented_by: tuple[str, ...]
    size: int


def draw_first_batch(project: Project, source: str, prepared: PreparedSource, most: int = 64) -> Batch:
    """Take the samples that the first step of epoch 0 sees, and augment and mix them as the training graph says.

    What is switched off changes nothing here, as in a run.
    Augmentations draw from a generator of their own here, so in a run the same pictures get other flips and shifts.
    """
    training = leave_out(project.training, infer(project)[TRAINING])
    data = find_data_node(training, source)
    size, shuffle = read_batch(data)
    whole = order_samples(prepared.facts.counts["train"], project.run.seed, 0, shuffle)[:size]
    order = whole[:most]
    fields = {name: values[order] for name, values in prepared.parts["train"].items()}
    names: list[str] = []
    scope = facts_scope(know_facts(project, source, prepared))
    with OwnDraws(project.run.seed):
        for node, taken in find_augmentations(training, data, fields):
            changed = augment(node, scope, *(fields[name] for name in taken))
            fields.update(zip(taken, changed, strict=True))
            names.append(node.id)
    return Batch(fields, order.tolist(), tuple(names), len(whole))


def know_facts(project: Project, source: str, prepared: PreparedSource) -> Project:
    """The project with what preparation found out about a source."""
    known = prepared.source.model_copy(update={"facts": prepared.facts})
    return project.model_copy(update={"data": {**project.data, source: known}})


def find_data_node(graph: Graph, source: str) -> Node | None:
    """The node that takes batches of a source; None where the training graph does not use it."""
    return next(
        (node for node in graph.nodes if node.kind == "Data" and node.params.get("source", "main") == source), None
    )


def read_batch(data: Node | None) -> tuple[int, bool]:
    """Size of a batch and whether it is shuffled."""
    params = data.params if data else {}
    size, shuffle = params.get("batch_size", 32), params.get("shuffle", True)
    return (size if isinstance(size, int) and size > 0 else 32), bool(shuffle)


def find_augmentations(
    graph: Graph, data: Node | None, fields: Collection[str]
) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """The augmentations that follow the fields one after another, and the fields that each changes: a picture, and its mask."""
    places = {(data.id, field): field for field in fields} if data else {}
    done: set[str] = set()
    while (node := find_next(graph, places, done)) is not None:
        links = {edge.target_port: (edge.source, edge.source_port) for edge in graph.edges if edge.target == node.id}
        taken = {port: places.pop(links[port]) for port in PORTS[node.kind]}
        places.update({(node.id, port): field for port, field in taken.items()})
        done.add(node.id)
        yield node, tuple(taken.values())


def find_next(graph: Graph, places: Collection[tuple[str, str]], done: Collection[str]) -> Node | None:
    """An augmentation that was not met yet, and gets fields at all of its ports."""
    for node in graph.nodes:
        own = {
            edge.target_port
            for edge in graph.edges
            if edge.target == node.id and (edge.source, edge.source_port) in places
        }
        if node.kind in PORTS and node.id not in done and own >= set(PORTS[node.kind]):
            return node
    return None


def augment(node: Node, scope: dict[str, Any], *fields: Tensor) -> tuple[Tensor, ...]:
    """Change a batch as an augmentation of the training graph does; one that does not fit it changes nothing."""
    kind = KINDS[node.kind]
    specs = tuple(TensorSpec(tuple(field.shape), str(field.dtype).removeprefix("torch.")) for field in fields)
    try:
        construct = kind.construct(resolve_params(node, kind, scope), specs)
        changed = construct.build().train()(*fields) if construct else fields
    except (ParameterError, Misfit, RuntimeError):  # PyTorch's own: a class above the number of classes
        return fields
    return changed if isinstance(changed, tuple) else (changed,)


def draw_picture(values: Tensor, preparation: Preparation) -> Image.Image:
    """A picture of a prepared image (C, H, W), its scaling undone; what augmentation pushed outside is cut off."""
    channels = values.detach().double()
    if preparation.scaling in CENTRED:
        channels = channels * as_channels(preparation.deviation) + as_channels(preparation.mean)
    elif preparation.scaling == "minmax":
        low, high = as_channels(preparation.low), as_channels(preparation.high)
        channels = channels * (high - low) + low
    levels = channels if preparation.scaling == "none" else channels * 255
    pixels = levels.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).numpy()
    return Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))


def as_channels(values: tuple[float, ...]) -> Tensor:
    """One number a channel, for a picture."""
    return torch.tensor(values, dtype=torch.float64).reshape(-1, 1, 1)
