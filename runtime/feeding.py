"""Feeds the Data nodes of a training graph: each with its own order and position, one of them leading the epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from builder.parts.sampler import order_samples, split_batches
from builder.step_planner import TrainingPlan


class Feed:
    """Batches of one source for one Data node. A batch is one look-up by index in tensors on the device."""

    def __init__(self, fields: Mapping[str, Tensor], params: Any, seed: int, device: torch.device) -> None:
        self.tensors = [tensor.to(device) for tensor in fields.values()]
        self.params, self.seed, self.device = params, seed, device
        self.size = len(self.tensors[0]) if self.tensors else 0
        self.epoch, self.position = 0, 0
        self.batches: list[Tensor] = []

    @property
    def num_batches(self) -> int:
        """How many batches an epoch has."""
        whole, rest = divmod(self.size, self.params.batch_size)
        return int(whole + bool(rest and not (self.params.drop_last and whole)))

    def start_epoch(self, epoch: int) -> None:
        """Make the order of an epoch: a function of seed, epoch and size."""
        order = order_samples(self.size, self.seed, epoch, self.params.shuffle)
        self.batches = split_batches(order.to(self.device), self.params.batch_size, self.params.drop_last)
        self.epoch, self.position = epoch, 0

    def next_batch(self) -> Any:
        """The next batch: a tensor, or a tuple of one for each field. Past the end a new epoch begins."""
        if self.position >= len(self.batches):
            self.start_epoch(self.epoch + 1 if self.batches else self.epoch)
        rows = self.batches[self.position]
        self.position += 1
        batch = [tensor.index_select(0, rows) for tensor in self.tensors]
        return batch[0] if len(batch) == 1 else tuple(batch)

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
        fields = plan.project.data[name].fields
        train = parts[name]["train"]
        feeds[id] = Feed({field: train[field] for field in fields}, plan.params(id), seed + number, device)
    return feeds
