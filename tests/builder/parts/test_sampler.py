"""The order of samples and how it is cut into batches."""

from __future__ import annotations

import torch

from builder.parts.sampler import order_samples, split_batches


def test_every_epoch_has_an_order_of_its_own_that_seed_and_epoch_give_again():
    first, second = (order_samples(50, 3, epoch) for epoch in (0, 1))
    assert not torch.equal(first, second) and torch.equal(first.sort().values, torch.arange(50))
    assert torch.equal(first, order_samples(50, 3, 0)) and not torch.equal(first, order_samples(50, 4, 0))
    assert torch.equal(order_samples(5, 3, 1, shuffle=False), torch.arange(5))


def test_a_short_last_batch_is_kept_or_left_out_and_the_only_one_is_always_kept():
    order = torch.arange(10)
    assert [len(batch) for batch in split_batches(order, 4)] == [4, 4, 2]
    assert [len(batch) for batch in split_batches(order, 4, drop_last=True)] == [4, 4]
    assert [len(batch) for batch in split_batches(order, 20, drop_last=True)] == [10]
