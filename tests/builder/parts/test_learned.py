from __future__ import annotations

import torch

from builder.parts.learned import LearnedTensor


def test_every_sample_gets_the_same_tensor_and_all_of_them_teach_it() -> None:
    token = LearnedTensor((1, 4), batch_axis=True)
    given = token(torch.zeros(3, 7, dtype=torch.int64))
    assert token.weight.shape == (1, 1, 4) and given.shape == (3, 1, 4)
    assert torch.equal(given[0], given[2]) and torch.equal(given[0], token.weight[0])
    given.sum().backward()
    assert token.weight.grad is not None and torch.equal(token.weight.grad, torch.full((1, 1, 4), 3.0))


def test_the_weight_has_the_shape_given_unless_an_axis_for_the_batch_is_wanted() -> None:
    scale = LearnedTensor((8, 1, 1))
    assert scale.weight.shape == (8, 1, 1)
    assert scale(torch.zeros(2, 8, 5, 5)).shape == (2, 8, 1, 1)
