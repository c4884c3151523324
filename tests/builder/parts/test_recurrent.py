"""Recurrent layers on batches of sequences of different lengths."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from builder.parts.recurrent import GRU, LSTM, RNN

OURS = {"RNN": (RNN, nn.RNN), "LSTM": (LSTM, nn.LSTM), "GRU": (GRU, nn.GRU)}
LENGTHS = (4, 9, 1, 6)


def make(kind: str, bidirectional: bool, num_layers: int) -> RNN | LSTM | GRU:
    torch.manual_seed(0)
    return OURS[kind][0](5, 7, num_layers, bidirectional=bidirectional)


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_padded_batch_gives_what_single_rows_give(kind: str, bidirectional: bool, num_layers: int) -> None:
    module = make(kind, bidirectional, num_layers)
    rows = [torch.randn(length, 5) for length in LENGTHS]
    batch = torch.full((len(rows), max(LENGTHS), 5), 1000.0)
    for index, row in enumerate(rows):
        batch[index, : len(row)] = row
    output, last = module(batch, torch.tensor(LENGTHS))
    assert output.shape[:2] == batch.shape[:2]
    for index, row in enumerate(rows):
        alone, alone_last = module(row.unsqueeze(0))
        torch.testing.assert_close(output[index, : len(row)], alone[0])
        torch.testing.assert_close(last[index], alone_last[0])
        assert not output[index, len(row) :].any()


@pytest.mark.parametrize("kind", OURS)
def test_weights_are_exchanged_with_pytorch_both_ways(kind: str) -> None:
    ours = make(kind, bidirectional=True, num_layers=2)
    theirs = OURS[kind][1](5, 7, 2, batch_first=True, bidirectional=True)
    theirs.load_state_dict(ours.state_dict())
    ours.load_state_dict(theirs.state_dict())
    input = torch.randn(3, 6, 5)
    assert torch.equal(ours(input)[0], theirs(input)[0])


@pytest.mark.parametrize("kind", OURS)
def test_the_last_state_joins_the_ends_of_both_directions(kind: str) -> None:
    output, last = make(kind, bidirectional=True, num_layers=1)(torch.randn(2, 6, 5))
    torch.testing.assert_close(last, torch.cat([output[:, -1, :7], output[:, 0, 7:]], dim=1))


@pytest.mark.parametrize("kind", OURS)
def test_a_sequence_of_no_steps_counts_as_one_step(kind: str) -> None:
    module, input = make(kind, bidirectional=False, num_layers=1), torch.randn(2, 3, 5)
    none, one = module(input, torch.tensor([0, 3])), module(input, torch.tensor([1, 3]))
    assert torch.equal(none[1], one[1])


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("lengths", [None, (3, 1, 2)])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_sequence_in_two_pieces_is_the_whole_when_the_state_is_handed_on(
    kind: str, lengths: tuple[int, ...] | None, num_layers: int
) -> None:
    torch.manual_seed(0)
    module = OURS[kind][0](5, 7, num_layers, return_state=True)
    input = torch.randn(3, 6, 5)
    first, _, state = module(input[:, :3])
    ends = None if lengths is None else torch.tensor(lengths)
    second, last, _ = module(input[:, 3:], ends, state)
    for row, steps in enumerate(lengths or (3, 3, 3)):
        whole, whole_last, _ = module(input[row : row + 1, : 3 + steps])
        torch.testing.assert_close(torch.cat([first[row], second[row, :steps]]), whole[0])
        torch.testing.assert_close(last[row], whole_last[0])


@pytest.mark.parametrize("kind", OURS)
def test_the_state_of_one_layer_begins_with_what_is_last(kind: str) -> None:
    module = OURS[kind][0](5, 7, return_state=True)
    _, last, state = module(torch.randn(3, 6, 5))
    assert state.shape == (3, 14 if kind == "LSTM" else 7)
    assert torch.equal(state[:, :7], last)


@pytest.mark.parametrize("kind", OURS)
def test_a_state_holds_layers_from_the_lowest_and_forward_before_backward(kind: str) -> None:
    module = OURS[kind][0](5, 7, 2, bidirectional=True, return_state=True)
    theirs = OURS[kind][1](5, 7, 2, bidirectional=True, batch_first=True)
    theirs.load_state_dict(module.state_dict())
    input, hidden = torch.randn(3, 6, 5), torch.randn(4, 3, 7)
    cells = torch.randn(4, 3, 7)
    parts = [*hidden, *cells] if kind == "LSTM" else list(hidden)
    output, _, state = module(input, None, torch.cat(parts, dim=1))
    expected, ends = theirs(input, (hidden, cells) if kind == "LSTM" else hidden)
    assert torch.equal(output, expected)
    assert torch.equal(state, torch.cat([*ends[0], *ends[1]] if kind == "LSTM" else list(ends), dim=1))


def test_an_lstm_that_gets_hidden_states_alone_starts_with_an_empty_memory() -> None:
    module, input, hidden = LSTM(5, 7), torch.randn(3, 6, 5), torch.randn(3, 7)
    empty = torch.cat([hidden, torch.zeros(3, 7)], dim=1)
    assert torch.equal(module(input, None, hidden)[0], module(input, None, empty)[0])


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("bias", [False, True])
def test_an_lstm_learns_the_same_from_padded_rows_as_from_packed_ones(bidirectional: bool, bias: bool) -> None:
    options = {"num_layers": 2, "bidirectional": bidirectional, "bias": bias}
    padded, packed = LSTM(5, 7, **options), LSTM(5, 7, **options, return_state=True)
    packed.load_state_dict(padded.state_dict())
    input, lengths = torch.randn(4, 9, 5), torch.tensor(LENGTHS)
    for module in (padded, packed):
        output, last = module(input, lengths)[:2]
        (output.square().sum() + last.sum()).backward()
    torch.testing.assert_close(padded(input, lengths)[0], packed(input, lengths)[0])
    for ours, theirs in zip(padded.parameters(), packed.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-4, atol=1e-5)
