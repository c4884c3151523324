"""Recurrent layers that take batches of sequences of different lengths and also give the last state of each.

They are PyTorch's own, so a ``state_dict`` fits either way. A padded batch gives for every sequence what the sequence
gives alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def run_padded(run: Any, input: Tensor, lengths: Tensor | None) -> tuple[Tensor, Any]:
    """Run a recurrent layer over the steps that are there; what it gives after the end of a sequence is zero.

    A sequence of no steps counts as one of one step. On the device ``meta``, where tensors have a shape and no values, one
    step tells the shape of all.
    """
    if input.is_meta:
        output, state = run(input[:, :1])
        return output.expand(-1, input.shape[1], -1), state
    if lengths is None:
        output, state = run(input)
        return output, state
    steps = lengths.detach().to("cpu", torch.int64).clamp(1, input.shape[1])
    packed = pack_padded_sequence(input, steps, batch_first=True, enforce_sorted=False)
    output, state = run(packed)
    return pad_packed_sequence(output, batch_first=True, total_length=input.shape[1])[0], state


def join_last(hidden: Tensor, bidirectional: bool) -> Tensor:
    """The last state of the uppermost layer, both directions side by side: (L, B, H) to (B, H) or (B, 2H)."""
    return torch.cat([hidden[-2], hidden[-1]], dim=-1) if bidirectional else hidden[-1]


class RNN(nn.RNN):
    """A plain recurrent layer, batch first.

    Shapes:
        input (B, T, D), lengths (B,) or None; gives the sequence (B, T, H) and the last state (B, H), with 2H for H
        where it is bidirectional.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            nonlinearity=nonlinearity,
            bias=bias,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Read the sequences step by step."""
        output, hidden = run_padded(super().forward, input, lengths)
        return output, join_last(hidden, self.bidirectional)


class LSTM(nn.LSTM):
    """A long short-term memory, batch first. Shapes as for ``RNN``; the cell state stays inside."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Read the sequences step by step."""
        output, (hidden, _) = run_padded(super().forward, input, lengths)
        return output, join_last(hidden, self.bidirectional)


class GRU(nn.GRU):
    """A gated recurrent unit, batch first. Shapes as for ``RNN``."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Read the sequences step by step."""
        output, hidden = run_padded(super().forward, input, lengths)
        return output, join_last(hidden, self.bidirectional)
