"""The order of samples and how it is cut into batches."""

from __future__ import annotations

import torch

from builder.parts.sampler import balance_samples, order_samples, split_batches


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


def test_balanced_classes_come_equally_often_and_the_same_again():
    classes = torch.tensor([0] * 90 + [1] * 6 + [3] * 4)
    first, second = (balance_samples(classes, 7, epoch) for epoch in (0, 1))
    assert len(first) == 100 and torch.bincount(classes[first]).tolist() == [34, 33, 0, 33]
    assert torch.equal(first, balance_samples(classes.float().reshape(-1, 1), 7, 0))
    assert not torch.equal(first, second)
    assert set(first[classes[first] == 1].tolist()) == set(range(90, 96))


def test_of_a_frequent_class_every_sample_comes_sooner_or_later_and_none_twice_in_an_epoch():
    classes = torch.tensor([0] * 90 + [1] * 10)
    epochs = [balance_samples(classes, 0, epoch) for epoch in range(12)]
    for rows in epochs:
        frequent = rows[rows < 90]
        assert len(frequent) == len(frequent.unique()) == 50
    assert len(torch.cat(epochs).unique()) == 100
