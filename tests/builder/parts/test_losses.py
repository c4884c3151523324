"""The losses that are ours give what PyTorch gives for the shapes that it takes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from builder.parts import losses


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (losses.MatchedMSELoss, nn.MSELoss),
        (losses.MatchedL1Loss, nn.L1Loss),
        (losses.MatchedSmoothL1Loss, nn.SmoothL1Loss),
        (losses.MatchedHuberLoss, nn.HuberLoss),
        (losses.MatchedBCEWithLogitsLoss, nn.BCEWithLogitsLoss),
    ],
)
def test_a_flat_target_of_whole_numbers_is_matched(ours: type[nn.Module], theirs: type[nn.Module]) -> None:
    scores, target = torch.randn(9, 1), torch.randint(0, 2, (9,))
    assert ours()(scores, target).equal(theirs()(scores, target.float().reshape(9, 1)))


def test_binary_cross_entropy_of_probabilities_takes_classes() -> None:
    probabilities, target = torch.rand(9, 1), torch.randint(0, 2, (9,))
    expected = nn.BCELoss()(probabilities, target.float().reshape(9, 1))
    assert losses.MatchedBCELoss()(probabilities, target).equal(expected)


def test_a_weight_on_yes_counts_as_in_pytorch() -> None:
    scores, target = torch.randn(9, 1), torch.randint(0, 2, (9,))
    expected = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))(scores, target.float().reshape(9, 1))
    assert losses.MatchedBCEWithLogitsLoss(3.0)(scores, target).equal(expected)


def test_a_constant_target_needs_no_second_input() -> None:
    scores = torch.randn(9, 1)
    expected = nn.BCEWithLogitsLoss()(scores, torch.ones(9, 1))
    assert losses.ConstantBCEWithLogitsLoss(1.0)(scores).equal(expected)


def test_weights_of_classes_count_as_in_pytorch() -> None:
    scores, target = torch.randn(9, 3), torch.randint(0, 3, (9,))
    weight = (0.2, 1.0, 3.0)
    expected = nn.CrossEntropyLoss(weight=torch.tensor(weight), label_smoothing=0.1)(scores, target)
    assert losses.WeightedCrossEntropyLoss(weight, 0.1)(scores, target).equal(expected)
    logs = scores.log_softmax(1)
    assert losses.WeightedNLLLoss(weight)(logs, target).equal(nn.NLLLoss(torch.tensor(weight))(logs, target))


def test_penalties_add_up_weights_and_spare_biases() -> None:
    layer = nn.Linear(3, 2)
    l1, l2 = layer.weight.abs().sum(), layer.weight.square().sum()
    assert torch.allclose(losses.L1Penalty(0.5)(layer.parameters()), 0.5 * l1)
    assert torch.allclose(losses.L2Penalty(0.5)(layer.parameters()), 0.5 * l2)
    assert torch.allclose(losses.L1Penalty(1.0, biases=True)(layer.parameters()), l1 + layer.bias.abs().sum())


def test_the_gradient_of_a_penalty_pulls_weights_to_zero() -> None:
    layer = nn.Linear(3, 2)
    losses.L2Penalty(0.5)(layer.parameters()).backward()
    assert torch.allclose(layer.weight.grad, layer.weight)
    assert layer.bias.grad is None


LENGTHS = torch.tensor([4, 1, 6])


def join_true_steps(steps: torch.Tensor) -> torch.Tensor:
    return torch.cat([row[:length] for row, length in zip(steps, LENGTHS.tolist(), strict=True)])


@pytest.mark.parametrize("dim", [-1, 1])
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1}, {"weight": (0.2, 1.0, 3.0)}, {"ignore_index": 0}])
def test_cross_entropy_at_every_step_counts_only_what_is_there(dim: int, options: dict[str, Any]) -> None:
    scores, target = torch.randn(3, 6, 3), torch.randint(0, 3, (3, 6))
    given = scores if dim == -1 else scores.transpose(1, 2)
    weight = options.get("weight")
    kept = {**options, "weight": None if weight is None else torch.tensor(weight)}
    expected = nn.CrossEntropyLoss(**kept)(join_true_steps(scores), join_true_steps(target))
    ours = losses.SequenceCrossEntropyLoss(**options, dim=dim)
    torch.testing.assert_close(ours(given, target, LENGTHS), expected)
    whole = nn.CrossEntropyLoss(**kept)(scores.transpose(1, 2), target)
    torch.testing.assert_close(ours(given, target), whole)


def test_log_likelihood_at_every_step_counts_only_what_is_there() -> None:
    logs, target = torch.randn(3, 6, 3).log_softmax(-1), torch.randint(0, 3, (3, 6))
    expected = nn.NLLLoss()(join_true_steps(logs), join_true_steps(target))
    torch.testing.assert_close(losses.SequenceNLLLoss()(logs, target, LENGTHS), expected)


@pytest.mark.parametrize("kind", ["MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss"])
@pytest.mark.parametrize("shape", [(3, 6), (3, 6, 1), (3, 6, 2)])
def test_losses_of_numbers_count_only_steps_that_are_there(kind: str, shape: tuple[int, ...]) -> None:
    values, target = torch.rand(shape), torch.randint(0, 2, shape if shape[-1] == 2 else (3, 6))
    values[1, 1:] = 0.999
    ours = getattr(losses, f"Matched{kind}")(reduction="none")
    steps = join_true_steps(values)
    expected = getattr(nn, kind)()(steps, join_true_steps(target).float().view_as(steps))
    torch.testing.assert_close(ours(values, target, LENGTHS), expected)


def test_a_constant_target_counts_only_steps_that_are_there() -> None:
    scores = torch.randn(3, 6)
    expected = losses.ConstantBCEWithLogitsLoss(1.0)(join_true_steps(scores))
    ours = losses.ConstantBCEWithLogitsLoss(1.0, reduction="none")
    torch.testing.assert_close(ours(scores, None, LENGTHS), expected)
