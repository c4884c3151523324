"""Where samples lie for a trained network before its head: the two directions along which they differ most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from builder.answering import Question
from builder.columns import list_columns
from builder.compiler import PlannedNetwork, Trail, plan_of, watching
from builder.parts.sampler import order_samples
from builder.plan import Call, NetworkPlan, Value
from runtime.data.batches import take_named
from runtime.data.prepare import PreparedSource
from runtime.draws import OwnDraws
from runtime.insight.explaining import SHELF, TURNS
from runtime.insight.mistakes import PARTS, choose_batch, chooses_class
from runtime.insight.trying import Ready
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder

MOST_SAMPLES = 1000
MOST_NUMBERS = 8_000_000
"""Of all samples together, so that wide layers need no more memory than narrow ones."""
DIRECTIONS = 2


@dataclass(frozen=True)
class Embedding:
    """Samples as points, with the number of the class of each.

    ``node`` is what gives the numbers that the head reads, ``shares`` the part of all their variance that lies along each
    direction.
    """

    points: Tensor
    labels: tuple[int, ...]
    classes: tuple[str, ...]
    node: str
    width: int
    shares: tuple[float, ...]
    part: str
    size: int
    step: int


def embed(folder: RunFolder, source: PreparedSource, checkpoint: str | None = None) -> Embedding:
    """Find where samples that were not learned from lie before the head of a run's network.

    Args:
        folder: the run; it may still be training.
        source: the run's source that the network is asked about, as it was prepared for it.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the newest.

    Raises:
        RunError: the network does not choose one class of several, has no head, or all data was learned from.
    """
    with TURNS.take(), OwnDraws(), torch.no_grad():
        ready = SHELF.take(folder, checkpoint)
        question, part = ready.question, next((part for part in PARTS if part in source.parts), None)
        if not chooses_class(question.meaning, ready.preparations[question.target]):
            raise RunError("Samples are coloured by their class, and this network does not choose one for each.")
        if part is None:
            raise RunError("All of this data was learned from. Keep a part of it for the test, on the page Data.")
        return place_samples(ready, source, part)


def place_samples(ready: Ready, source: PreparedSource, part: str) -> Embedding:
    """The points of a fair choice of samples, always the same one."""
    question, tensors = ready.question, source.parts[part]
    assert isinstance(ready.network, PlannedNetwork)
    read = find_read(plan_of(ready.network), question)
    order = order_samples(len(tensors[question.target]), 0, 0)[:MOST_SAMPLES]
    columns = [column for column in list_columns(source.source) if column.name in question.inputs]
    found: list[Tensor] = []
    for rows in torch.split(order, choose_batch([tensors[name] for name in question.inputs])):
        batch = take_named(columns, tensors, rows)
        found.append(listen(ready.network, [batch[name] for name in question.inputs], question, read))
        if sum(one.numel() for one in found) > MOST_NUMBERS:
            break
    if len({one.shape[1] for one in found}) > 1:
        raise RunError(f"What {read.node} gives is not equally long for all samples, so they cannot be put on one map.")
    values = torch.cat(found)
    points, shares = find_directions(values)
    labels = tensors[question.target][order[: len(values)]].long().reshape(-1)
    classes = ready.preparations[question.target].classes
    size = len(tensors[question.target])
    return Embedding(
        points, tuple(labels.tolist()), classes, read.node, values.shape[1], shares, part, size, ready.step
    )


def find_read(plan: NetworkPlan, question: Question) -> Value:
    """What the head reads: the input of the last layer with weights on the way to the answer. Raises RunError."""
    calls = {call.node: call for call in plan.calls}
    value: Value | None = plan.outputs[question.output]
    while value is not None and value.node in calls:
        call = calls[value.node]
        value = next((one for one in call.inputs if one is not None), None)
        if value is not None and (call.blocks or (call.construct is not None and has_weights(call))):
            return value
    raise RunError("This network has no last layer with weights, before which samples could be looked at.")


def has_weights(call: Call) -> bool:
    """Whether the module of a call has weights."""
    with torch.device("meta"):
        return call.construct is not None and any(True for _ in call.construct.build().parameters())


def listen(network: PlannedNetwork, inputs: list[Tensor], question: Question, read: Value) -> Tensor:
    """What the head reads (B, D) for a batch."""
    heard: list[Tensor] = [
        value for name, value in zip(plan_of(network).inputs, inputs, strict=False) if name == read.node
    ]

    def tell(trail: Trail, plan: NetworkPlan, call: Call, value: Any) -> None:
        if not trail and call.node == read.node:
            heard.append(value[read.output] if isinstance(value, tuple) else value)

    with watching(network, tell):
        network(*inputs)
    return heard[-1].flatten(1).float()


def find_directions(values: Tensor) -> tuple[Tensor, tuple[float, ...]]:
    """Points (N, 2) along the directions of the largest variance, and the share of it that each has.

    Each direction points to where its largest coordinate is positive, so that the map does not turn over by itself.
    """
    centred = values.double() - values.double().mean(0)
    count = min(DIRECTIONS, *centred.shape)
    _, spread, directions = torch.pca_lowrank(centred, q=min(count + 6, *centred.shape), center=False, niter=4)
    chosen = directions[:, :count]
    largest = chosen.gather(0, chosen.abs().argmax(0, keepdim=True))
    points = centred @ (chosen * torch.where(largest < 0, -1.0, 1.0))
    whole = float(centred.square().sum()) or 1.0
    shares = tuple(float(size) ** 2 / whole for size in spread[:count])
    missing = DIRECTIONS - count
    return torch.nn.functional.pad(points, (0, missing)), (*shares, *(0.0,) * missing)
