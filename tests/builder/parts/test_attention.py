"""Attention on batches of sequences of different lengths."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from builder.parts.attention import (
    Attention,
    AttentionPool,
    MultiheadAttention,
    TransformerDecoderLayer,
    TransformerEncoderLayer,
)

LENGTHS = (4, 9, 1, 6)
OTHERS = (3, 5, 7, 1)


def make(kind: str, **options: Any) -> nn.Module:
    torch.manual_seed(0)
    match kind:
        case "attention":
            return MultiheadAttention(8, 2, **options)
        case "encoder":
            return TransformerEncoderLayer(8, 2, 16, dropout=0.0, **options)
        case "decoder":
            return TransformerDecoderLayer(8, 2, 16, dropout=0.0, **options)
        case "pool":
            return AttentionPool(8, **options)
    return Attention(8, 8, **options)


def draw(lengths: tuple[int, ...]) -> list[Tensor]:
    return [torch.randn(length, 8) for length in lengths]


def pad(rows: list[Tensor]) -> Tensor:
    batch = torch.full((len(rows), max(map(len, rows)), 8), 50.0)
    for index, row in enumerate(rows):
        batch[index, : len(row)] = row
    return batch


def mask(lengths: tuple[int, ...]) -> Tensor:
    return torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)


def hint(given: str, lengths: tuple[int, ...], prefix: str = "") -> dict[str, Tensor]:
    return {f"{prefix}lengths": torch.tensor(lengths)} if given == "lengths" else {f"{prefix}mask": mask(lengths)}


def assert_close(padded: Tensor, alone: Tensor) -> None:
    torch.testing.assert_close(padded, alone, rtol=1e-5, atol=1e-5)


each_hint = pytest.mark.parametrize("given", ["lengths", "mask"])
each_mode = pytest.mark.parametrize("training", [False, True])
each_demand = pytest.mark.parametrize("need_weights", [False, True])


@pytest.mark.parametrize("kind", ["attention", "encoder"])
@pytest.mark.parametrize("is_causal", [False, True])
@each_demand
@each_hint
@each_mode
def test_a_padded_batch_gives_what_single_rows_give(
    kind: str, is_causal: bool, need_weights: bool, given: str, training: bool
) -> None:
    module = make(kind, is_causal=is_causal, need_weights=need_weights).train(training)
    rows = draw(LENGTHS)
    with torch.set_grad_enabled(training):
        whole = module(pad(rows), **hint(given, LENGTHS))
        for index, row in enumerate(rows):
            alone, steps = module(row.unsqueeze(0)), len(row)
            if need_weights:
                assert_close(whole[1][index, :steps, :steps], alone[1][0])
                assert not whole[1][index, :steps, steps:].any()
            output, single = (whole[0], alone[0]) if need_weights else (whole, alone)
            assert_close(output[index, :steps], single[0])


@each_demand
@each_hint
@each_mode
@pytest.mark.parametrize("norm_first", [False, True])
def test_a_decoder_sees_no_padding_of_either_sentence(
    norm_first: bool, need_weights: bool, given: str, training: bool
) -> None:
    module = make("decoder", norm_first=norm_first, need_weights=need_weights).train(training)
    rows, others = draw(LENGTHS), draw(OTHERS)
    with torch.set_grad_enabled(training):
        whole = module(pad(rows), pad(others), torch.tensor(LENGTHS), **hint(given, OTHERS, "memory_"))
        for index, (row, other) in enumerate(zip(rows, others, strict=True)):
            alone = module(row.unsqueeze(0), other.unsqueeze(0))
            if need_weights:
                assert_close(whole[1][index, : len(row), : len(other)], alone[1][0])
            output, single = (whole[0], alone[0]) if need_weights else (whole, alone)
            assert_close(output[index, : len(row)], single[0])


@pytest.mark.parametrize("score", ["additive", "general", "dot"])
@pytest.mark.parametrize("asking", ["states", "one vector"])
@each_hint
def test_attention_to_a_memory_sees_none_of_its_padding(score: str, asking: str, given: str) -> None:
    module, others = make("memory", score=score, need_weights=True), draw(OTHERS)
    query = torch.randn(4, 6, 8) if asking == "states" else torch.randn(4, 8)
    output, weights = module(query, pad(others), **hint(given, OTHERS))
    assert_close(weights.sum(dim=-1), torch.ones(query.shape[:-1]))
    for index, other in enumerate(others):
        alone, shares = module(query[index : index + 1], other.unsqueeze(0))
        assert_close(output[index], alone[0])
        assert_close(weights[index, ..., : len(other)], shares[0])
        assert not weights[index, ..., len(other) :].any()


@pytest.mark.parametrize("score", ["additive", "dot"])
@each_hint
def test_a_pool_by_attention_sees_no_padding(score: str, given: str) -> None:
    module, rows = make("pool", score=score, need_weights=True), draw(LENGTHS)
    output, weights = module(pad(rows), **hint(given, LENGTHS))
    assert_close(weights.sum(dim=1), torch.ones(4))
    for index, row in enumerate(rows):
        alone, shares = module(row.unsqueeze(0))
        assert_close(output[index], alone[0])
        assert_close(weights[index, : len(row)], shares[0])


@pytest.mark.parametrize("kind", ["attention", "encoder", "decoder", "memory", "pool"])
def test_asking_for_weights_changes_nothing_else(kind: str) -> None:
    inputs = [torch.randn(3, 5, 8), torch.randn(3, 7, 8)][: 2 if kind in ("decoder", "memory") else 1]
    plain, asked = make(kind), make(kind, need_weights=True)
    assert_close(plain(*inputs), asked(*inputs)[0])


@pytest.mark.parametrize("kind", ["attention", "encoder", "decoder"])
@each_demand
def test_no_step_sees_later_ones_when_it_is_causal(kind: str, need_weights: bool) -> None:
    module, input = make(kind, is_causal=True, need_weights=need_weights), torch.randn(2, 6, 8)
    memory = [torch.randn(2, 3, 8)] if kind == "decoder" else []
    changed = input.clone()
    changed[:, 4:] += torch.arange(8)
    before, after = module(input, *memory), module(changed, *memory)
    if need_weights:
        before, after = before[0], after[0]
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_steps_see_later_ones_when_it_is_not_causal() -> None:
    module, input = make("attention"), torch.randn(2, 6, 8)
    changed = input.clone()
    changed[:, 4:] += 1
    assert not torch.allclose(module(input)[:, 0], module(changed)[:, 0])


@pytest.mark.parametrize("kind", ["attention", "encoder", "pool"])
@each_demand
def test_where_nothing_counts_there_are_numbers_still_and_gradients(kind: str, need_weights: bool) -> None:
    module, input = make(kind, need_weights=need_weights), torch.randn(2, 3, 8, requires_grad=True)
    for hints in ({"lengths": torch.tensor([0, 3])}, {"mask": torch.tensor([[False] * 3, [True] * 3])}):
        found = module(input, **hints)
        output = found[0] if need_weights else found
        output.square().sum().backward()
        assert torch.isfinite(output).all()
        assert input.grad is not None and torch.isfinite(input.grad).all()


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_layers_of_transformers_are_pytorchs_with_the_same_names(kind: str, norm_first: bool) -> None:
    ours = make(kind, norm_first=norm_first, activation="gelu", is_causal=True)
    theirs_kind = nn.TransformerEncoderLayer if kind == "encoder" else nn.TransformerDecoderLayer
    theirs = theirs_kind(8, 2, 16, dropout=0.0, activation="gelu", batch_first=True, norm_first=norm_first)
    theirs.load_state_dict(ours.state_dict())
    ours.load_state_dict(theirs.state_dict())
    input, later = torch.randn(3, 6, 8), nn.Transformer.generate_square_subsequent_mask(6)
    memory = torch.randn(3, 4, 8)
    expected = theirs(input, later) if kind == "encoder" else theirs(input, memory, later)
    assert_close(ours(input) if kind == "encoder" else ours(input, memory), expected)


@pytest.mark.parametrize("sizes", [{}, {"kdim": 5, "vdim": 3}], ids=["one size", "sizes of their own"])
def test_attention_is_pytorchs_with_the_same_names(sizes: dict[str, int]) -> None:
    ours = make("attention", need_weights=True, **sizes)
    theirs = nn.MultiheadAttention(8, 2, batch_first=True, **sizes)
    theirs.load_state_dict(ours.state_dict())
    key, value = torch.randn(3, 4, sizes.get("kdim", 8)), torch.randn(3, 4, sizes.get("vdim", 8))
    query = torch.randn(3, 6, 8)
    hidden = ~mask((2, 4, 1))
    output, weights = ours(query, key, value, mask=~hidden)
    expected, shares = theirs(query, key, value, key_padding_mask=hidden)
    assert_close(output, expected)
    assert_close(weights, shares)


def test_one_head_is_the_formula_of_the_paper() -> None:
    module = MultiheadAttention(4, 1, bias=False)
    q, k, v = module.in_proj_weight.chunk(3)
    input = torch.randn(2, 5, 4)
    scores = (input @ q.T) @ (input @ k.T).transpose(1, 2) / 4**0.5
    by_hand = scores.softmax(dim=-1) @ (input @ v.T) @ module.out_proj.weight.T
    torch.testing.assert_close(module(input), by_hand)


def test_an_additive_score_is_the_formula_of_the_paper() -> None:
    module = make("memory", need_weights=True, hidden_size=5)
    parts = module.score
    query, memory = torch.randn(1, 8), torch.randn(1, 3, 8)
    scores = [parts.score(torch.tanh(parts.query(query[0]) + parts.memory(step))) for step in memory[0]]
    weights = torch.cat(scores).softmax(dim=0)
    output, shares = module(query, memory)
    assert_close(shares[0], weights)
    assert_close(output[0], weights @ memory[0])


def test_a_causal_sequence_is_not_slowed_down_by_its_lengths() -> None:
    seen: list[Any] = []
    attend = torch.nn.functional.scaled_dot_product_attention

    def watch(*args: Any, **kwargs: Any) -> Tensor:
        seen.append((kwargs["attn_mask"], kwargs["is_causal"]))
        return attend(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("torch.nn.functional.scaled_dot_product_attention", watch)
        make("encoder", is_causal=True)(torch.randn(2, 3, 8), torch.tensor([2, 3]))
    assert seen == [(None, True)]
