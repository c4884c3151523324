"""Attention for batches of sequences of different lengths. PyTorch's own, so a ``state_dict`` fits either way."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def hide_keys(
    queries: Tensor, keys: Tensor, lengths: Tensor | None, mask: Tensor | None, is_causal: bool
) -> tuple[Tensor | None, Tensor | None]:
    """Which keys are hidden, as PyTorch takes it: for all queries of a sequence (B, S), and for each query (T, S).

    A sequence of no steps shows its first, so that there is something to look at.
    """
    hidden = None
    if lengths is not None:
        steps = torch.arange(keys.shape[1], device=keys.device)
        hidden = steps >= lengths.to(keys.device).clamp(min=1).unsqueeze(1)
    if mask is not None:
        hidden = ~mask if hidden is None else hidden | ~mask
    later = None
    if is_causal:
        later = torch.ones(queries.shape[1], keys.shape[1], dtype=torch.bool, device=keys.device).triu(1)
    return hidden, later


class MultiheadAttention(nn.MultiheadAttention):
    """Multi-head attention, batch first.

    Shapes:
        query (B, T, D), key (B, S, K), value (B, S, V), lengths (B,) of the keys, mask (B, S), true where a key counts;
        gives (B, T, D). Without key it attends to the query itself, without value to the key.

    Reference:
        Vaswani et al. 2017, Attention Is All You Need.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        kdim: int | None = None,
        vdim: int | None = None,
        is_causal: bool = False,
    ) -> None:
        super().__init__(embed_dim, num_heads, dropout, bias, kdim=kdim, vdim=vdim, batch_first=True)
        self.is_causal = is_causal

    def forward(  # type: ignore[override]
        self,
        query: Tensor,
        key: Tensor | None = None,
        value: Tensor | None = None,
        lengths: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """Let every query gather what it needs from the values."""
        key = query if key is None else key
        value = key if value is None else value
        hidden, later = hide_keys(query, key, lengths, mask, self.is_causal)
        answer, _ = super().forward(query, key, value, key_padding_mask=hidden, attn_mask=later, need_weights=False)
        return answer


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    """Self-attention and a small network at every step, each with a way around it, batch first.

    Shapes:
        input (B, T, D), lengths (B,), mask (B, T), true where a step counts; gives (B, T, D).

    Reference:
        Vaswani et al. 2017, Attention Is All You Need.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str = "relu",
        layer_norm_eps: float = 1e-5,
        norm_first: bool = False,
        bias: bool = True,
        is_causal: bool = False,
    ) -> None:
        sizes = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps)
        super().__init__(*sizes, batch_first=True, norm_first=norm_first, bias=bias)
        self.is_causal = is_causal

    def forward(  # type: ignore[override]
        self, input: Tensor, lengths: Tensor | None = None, mask: Tensor | None = None
    ) -> Tensor:
        """Let every step gather what it needs from the others, then work on it."""
        hidden, later = hide_keys(input, input, lengths, mask, self.is_causal)
        return super().forward(input, src_mask=later, src_key_padding_mask=hidden, is_causal=self.is_causal)
