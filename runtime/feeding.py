"""Feeds the Data nodes of a training graph: each with its own order and position, one of them leading the epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from builder.columns import Column, find_classes, list_columns
from builder.parts.sampler import balance_samples, order_samples, split_batches, split_by_length
from builder.step_planner import TrainingPlan
from runtime.data.batches import move, take_batch


class Feed:
    """Batches of one source for one Data node. A batch is one look-up by index in tensors on the device.

    Data that stays on the ``host`` is looked up there, and each batch goes to the device while that still works.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        tensors: Mapping[str, Tensor],
        params: Any,
        seed: int,
        device: torch.device,
        classes: str | None = None,
        place: str = "device",
    ) -> None:
        self.columns = columns
        self.home = torch.device("cpu") if place == "host" else device
        self.tensors = {column.name: move(tensors[column.name], self.home) for column in columns}
        self.lengths = find_lengths(columns, tensors) if params.batching == "by_length" else None
        self.classes = tensors[classes] if classes is not None and params.sampling == "balanced" else None
        self.params, self.seed, self.device = params, seed, device
        self.size = len(tensors[columns[0].name]) if columns else 0
        self.epoch, self.position = 0, 0
        self.batches: list[Tensor] = []

    @property
    def num_batches(self) -> int:
        """How many batches an epoch has."""
        return self.count_batches(self.params.batch_size)

    def count_batches(self, batch_size: int) -> int:
        """How many batches of a size an epoch has."""
        whole, rest = divmod(self.size, batch_size)
        return int(whole + bool(rest and not (self.params.drop_last and whole)))

    def start_epoch(self, epoch: int) -> None:
        """Make the order of an epoch: a function of seed, epoch and size, and of the classes where they are balanced."""
        if self.classes is None:
            order = order_samples(self.size, self.seed, epoch, self.params.shuffle)
        else:
            order = balance_samples(self.classes, self.seed, epoch)
        size, drop_last = self.params.batch_size, self.params.drop_last
        if self.lengths is None:
            self.batches = split_batches(order.to(self.home), size, drop_last)
        else:
            batches = split_by_length(order, self.lengths, size, self.seed, epoch, drop_last)
            self.batches = [rows.to(self.home) for rows in batches]
        self.epoch, self.position = epoch, 0

    def next_batch(self) -> Any:
        """The next batch: a tensor, or a tuple of one for each field. Past the end a new epoch begins."""
        if self.position >= len(self.batches):
            self.start_epoch(self.epoch + 1 if self.batches else self.epoch)
        rows = self.batches[self.position]
        self.position += 1
        return take_batch(self.columns, self.tensors, rows, None if self.home == self.device else self.device)

    def restore(self, epoch: int, position: int) -> None:
        """Go on in the middle of an epoch."""
        self.start_epoch(epoch)
        self.position = position


def make_feeds(
    plan: TrainingPlan, parts: Mapping[str, Mapping[str, Mapping[str, Tensor]]], seed: int, device: torch.device
) -> dict[str, Feed]:
    """A feed for each Data node, from the training part of its source; the first one that leads comes first."""
    nodes = sorted(plan.of_role("data"), key=lambda id: not plan.params(id).leads)
    feeds = {}
    for number, id in enumerate(nodes):
        name = plan.params(id).source
        columns = list_columns(plan.project.data[name])
        classes = find_classes(plan.project.data[name])
        place = plan.project.run.data_place
        feeds[id] = Feed(columns, parts[name]["train"], plan.params(id), seed + number, device, classes, place)
    return feeds


def find_lengths(columns: Sequence[Column], tensors: Mapping[str, Tensor]) -> Tensor | None:
    """The lengths of the first field that has any."""
    return next((tensors[column.name] for column in columns if column.is_lengths), None)
