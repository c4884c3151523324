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
