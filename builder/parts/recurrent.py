"""Recurrent layers that take batches of sequences of different lengths and a first state, and also give the last state.

They are PyTorch's own, so a ``state_dict`` fits either way. A padded batch gives for every sequence what the sequence
gives alone. A state is one row of numbers a sequence: the states of all layers, from the lowest to the uppermost and forward
before backward, side by side; for an LSTM the hidden states and then the cell states.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def run_padded(run: Any, input: Tensor, lengths: Tensor | None, first: Any = None) -> tuple[Tensor, Any]:
    """Run a recurrent layer over the steps that are there; what it gives after the end of a sequence is zero.

    A sequence of no steps counts as one of one step. On the device ``meta``, where tensors have a shape and no values, one
    step tells the shape of all.
    """
    if input.is_meta:
        output, state = run(input[:, :1], first)
        return output.expand(-1, input.shape[1], -1), state
    if lengths is None:
        output, state = run(input, first)
        return output, state
    steps = lengths.detach().to("cpu", torch.int64).clamp(1, input.shape[1])
    packed = pack_padded_sequence(input, steps, batch_first=True, enforce_sorted=False)
    output, state = run(packed, first)
    return pad_packed_sequence(output, batch_first=True, total_length=input.shape[1])[0], state


def reverse_steps(input: Tensor, steps: Tensor) -> Tensor:
    """Each sequence from its end to its beginning; what comes after the end stays where it is."""
    places = torch.arange(input.shape[1], device=input.device)
    back = steps.unsqueeze(1) - 1 - places
    return input.gather(1, torch.where(back < 0, places, back).unsqueeze(2).expand_as(input))


def join_last(hidden: Tensor, bidirectional: bool) -> Tensor:
    """The last state of the uppermost layer, both directions side by side: (L, B, H) to (B, H) or (B, 2H)."""
    return torch.cat([hidden[-2], hidden[-1]], dim=-1) if bidirectional else hidden[-1]


def split_state(state: Tensor | None, size: int) -> Tensor | None:
    """A row of numbers a sequence as the states of layers and directions: (B, L·H) to (L, B, H)."""
    return None if state is None else state.reshape(len(state), -1, size).transpose(0, 1).contiguous()


def join_state(hidden: Tensor) -> Tensor:
    """The states of layers and directions as a row of numbers a sequence: (L, B, H) to (B, L·H)."""
    return hidden.transpose(0, 1).flatten(1)


class RNN(nn.RNN):
    """A plain recurrent layer, batch first.

    Shapes:
        input (B, T, D), lengths (B,) or None, state (B, L·H) or None, with L layers and twice as many where it is
        bidirectional; gives the sequence (B, T, H) and the last state of the uppermost layer (B, H), with 2H for H where it
        is bidirectional, and if asked for the last states of all layers (B, L·H).
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
        return_state: bool = False,
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
        self.return_state = return_state

    def forward(  # type: ignore[override]
        self, input: Tensor, lengths: Tensor | None = None, state: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """Read the sequences step by step."""
        output, hidden = run_padded(super().forward, input, lengths, split_state(state, self.hidden_size))
        last = join_last(hidden, self.bidirectional)
        return (output, last, join_state(hidden)) if self.return_state else (output, last)


class LSTM(nn.LSTM):
    """A long short-term memory, batch first.

    Shapes:
        as for ``RNN``, with states of (B, 2·L·H): the hidden states and the cell states. A first state of (B, L·H) gives
        the hidden ones alone; the cells then start at zero.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        return_state: bool = False,
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
        self.return_state = return_state

    def forward(  # type: ignore[override]
        self, input: Tensor, lengths: Tensor | None = None, state: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """Read the sequences step by step. Packing them takes twice as long on a CPU, so it is done only where it must be."""
        if input.device.type == "cpu" and lengths is not None and state is None and not self.return_state:
            return self.read_padded(input, lengths.to("cpu").clamp(1, input.shape[1]))
        output, (hidden, cells) = run_padded(super().forward, input, lengths, self.split_both(state))
        last = join_last(hidden, self.bidirectional)
        return (output, last, join_state(torch.cat([hidden, cells]))) if self.return_state else (output, last)

    def read_padded(self, x: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Read whole rows layer by layer, backward from the end of each, and leave out what comes after the end."""
        last: list[Tensor] = []
        for layer in range(self.num_layers):
            read = [self.read_direction(x, f"_l{layer}")]
            if self.bidirectional:
                read.append(self.read_direction(reverse_steps(x, steps), f"_l{layer}_reverse"))
            last = [states.gather(1, (steps - 1).view(-1, 1, 1).expand(-1, 1, self.hidden_size)) for states in read]
            x = torch.cat([read[0], *(reverse_steps(states, steps) for states in read[1:])], dim=2)
            if layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        ended = torch.arange(x.shape[1]) >= steps.unsqueeze(1)
        return x.masked_fill(ended.unsqueeze(2), 0.0), torch.cat(last, dim=2).squeeze(1)

    def read_direction(self, x: Tensor, weights: str) -> Tensor:
        """The states of one layer in one direction; ``weights`` is what its tensors' names end with."""
        names = ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if self.bias else ()))
        zero = x.new_zeros(1, len(x), self.hidden_size)
        tensors = [getattr(self, f"{name}{weights}") for name in names]
        return torch.lstm(x, (zero, zero), tensors, self.bias, 1, 0.0, self.training, False, True)[0]

    def split_both(self, state: Tensor | None) -> tuple[Tensor, Tensor] | None:
        """Hidden states and cell states of layers and directions, out of a row of numbers a sequence."""
        states = split_state(state, self.hidden_size)
        if states is None:
            return None
        number = self.num_layers * (2 if self.bidirectional else 1)
        hidden, cells = states[:number], states[number:]
        return hidden, cells if len(cells) else torch.zeros_like(hidden)


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
        return_state: bool = False,
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
        self.return_state = return_state

    def forward(  # type: ignore[override]
        self, input: Tensor, lengths: Tensor | None = None, state: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """Read the sequences step by step."""
        output, hidden = run_padded(super().forward, input, lengths, split_state(state, self.hidden_size))
        last = join_last(hidden, self.bidirectional)
        return (output, last, join_state(hidden)) if self.return_state else (output, last)
