"""The order of samples: a function of seed, epoch and size alone, the same here and in exported code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count

import torch
from torch import Tensor


def order_samples(size: int, seed: int, epoch: int, shuffle: bool = True) -> Tensor:
    """The order in which an epoch visits its samples.

    Args:
        size: the number of samples.
        seed: the run's seed.
        epoch: the epoch, from 0.
        shuffle: whether each epoch has an order of its own.

    Returns:
        Whole numbers below ``size``, each once, of shape (size,).
    """
    if not shuffle:
        return torch.arange(size)
    generator = torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)
    return torch.randperm(size, generator=generator)


def balance_samples(classes: Tensor, seed: int, epoch: int) -> Tensor:
    """An epoch of as many samples in which every class comes equally often: rare ones come again, frequent ones not all.

    Which of a frequent class come changes with the epoch.

    Args:
        classes: the class of each sample, (N) or (N, 1).
        seed: the run's seed.
        epoch: the epoch, from 0.
    """
    labels = classes.cpu().reshape(-1)
    order = order_samples(len(labels), seed, epoch)
    known = torch.unique(labels)
    share = -(-len(labels) // len(known))
    members = [order[labels[order] == label] for label in known]
    drawn = torch.stack([own[torch.arange(share) % len(own)] for own in members], 1).reshape(-1)[: len(labels)]
    return drawn[order_samples(len(drawn), seed + 2, epoch)]


def split_batches(order: Tensor, batch_size: int, drop_last: bool = False) -> list[Tensor]:
    """Cut an order into batches; the last one may be shorter, or is left out unless it is the only one."""
    batches = list(torch.split(order, batch_size))
    if drop_last and len(batches) > 1 and len(batches[-1]) < batch_size:
        batches.pop()
    return batches


def repeat_batches(make_epoch: Callable[[int], Iterable[Tensor]]) -> Iterator[Tensor]:
    """Batches without end, for what is used up before or after an epoch: those of epoch 0, of epoch 1 and so on."""
    for epoch in count():
        yield from make_epoch(epoch)


def split_by_length(
    order: Tensor, lengths: Tensor, batch_size: int, seed: int, epoch: int, drop_last: bool = False
) -> list[Tensor]:
    """Cut an order into batches of like length: within every hundred batches samples are sorted, then batches are mixed.

    Args:
        order: the order of an epoch, (N).
        lengths: steps of each sample, (N), by its number.
        batch_size: samples of a batch; the last batch made may be shorter, or is left out.
        seed: of the run, which with the epoch decides the order of the batches.
        epoch: from 0.
        drop_last: whether a shorter batch is left out.
    """
    batches = []
    for stretch in torch.split(order, 100 * batch_size):
        by_length = stretch[torch.argsort(lengths[stretch], stable=True)]
        batches += split_batches(by_length, batch_size)
    if drop_last and len(batches) > 1 and len(batches[-1]) < batch_size:
        batches.pop()
    return [batches[number] for number in order_samples(len(batches), seed + 1, epoch).tolist()]
