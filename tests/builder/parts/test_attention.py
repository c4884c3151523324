"""Attention on batches of sequences of different lengths."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from builder.parts.attention import MultiheadAttention, TransformerEncoderLayer

LENGTHS = (4, 9, 1, 6)


def make(kind: str, is_causal: bool = False) -> nn.Module:
    torch.manual_seed(0)
    if kind == "attention":
        return MultiheadAttention(8, 2, is_causal=is_causal)
    return TransformerEncoderLayer(8, 2, 16, dropout=0.0, is_causal=is_causal)


def pad(rows: list[Tensor]) -> Tensor:
    batch = torch.full((len(rows), max(LENGTHS), 8), 50.0)
    for index, row in enumerate(rows):
        batch[index, : len(row)] = row
    return batch


@pytest.mark.parametrize("kind", ["attention", "encoder"])
@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("given", ["lengths", "mask"])
@pytest.mark.parametrize("training", [False, True])
def test_a_padded_batch_gives_what_single_rows_give(kind: str, is_causal: bool, given: str, training: bool) -> None:
    module = make(kind, is_causal).train(training)
    rows = [torch.randn(length, 8) for length in LENGTHS]
    lengths = torch.tensor(LENGTHS)
    hint = {"lengths": lengths} if given == "lengths" else {"mask": torch.arange(9) < lengths.unsqueeze(1)}
    with torch.set_grad_enabled(training):
        output = module(pad(rows), **hint)
        for index, row in enumerate(rows):
            torch.testing.assert_close(output[index, : len(row)], module(row.unsqueeze(0))[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["attention", "encoder"])
def test_no_step_sees_later_ones_when_it_is_causal(kind: str) -> None:
    module, input = make(kind, is_causal=True), torch.randn(2, 6, 8)
    changed = input.clone()
    changed[:, 4:] += 1
    before, after = module(input), module(changed)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_steps_see_later_ones_when_it_is_not_causal() -> None:
    module, input = make("attention"), torch.randn(2, 6, 8)
    changed = input.clone()
    changed[:, 4:] += 1
    assert not torch.allclose(module(input)[:, 0], module(changed)[:, 0])


def test_a_sequence_of_no_steps_gives_numbers() -> None:
    assert torch.isfinite(make("attention")(torch.randn(2, 3, 8), lengths=torch.tensor([0, 3]))).all()


def test_weights_are_exchanged_with_pytorch_both_ways() -> None:
    ours, theirs = make("encoder"), nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    theirs.load_state_dict(ours.state_dict())
    ours.load_state_dict(theirs.state_dict())
    input = torch.randn(3, 6, 8)
    assert torch.equal(ours(input), theirs(input))


def test_one_head_is_the_formula_of_the_paper() -> None:
    module = MultiheadAttention(4, 1, bias=False)
    q, k, v = module.in_proj_weight.chunk(3)
    input = torch.randn(2, 5, 4)
    scores = (input @ q.T) @ (input @ k.T).transpose(1, 2) / 4**0.5
    by_hand = scores.softmax(dim=-1) @ (input @ v.T) @ module.out_proj.weight.T
    torch.testing.assert_close(module(input), by_hand)
