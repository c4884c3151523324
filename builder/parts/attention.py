"""Attention with weights to look at, for batches of sequences of different lengths.

The tensors of the layers that PyTorch has too bear its names, so a ``state_dict`` fits either way. Nothing is hidden by
numbers where nothing needs hiding, so that PyTorch can use its fast kernels.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def find_steps(input: Tensor, lengths: Tensor | None, mask: Tensor | None) -> Tensor | None:
    """Which steps of a batch of sequences count, (B, T); None where all do. Of a sequence of no steps the first counts."""
    if lengths is None:
        return mask
    steps = torch.arange(input.shape[1], device=input.device)
    there = steps < lengths.to(input.device).clamp(min=1).unsqueeze(1)
    return there if mask is None else there & mask


def find_seen(query: Tensor, key: Tensor, there: Tensor | None, is_causal: bool) -> Tensor | None:
    """Which keys each query sees, (B, 1, 1, S) or (B, 1, T, S) for all heads; None where ``is_causal`` says all of it."""
    if there is None:
        return None
    seen = there[:, None, None, :]
    if not is_causal:
        return seen
    return seen & torch.ones(query.shape[1], key.shape[1], dtype=torch.bool, device=key.device).tril()


def weigh(scores: Tensor, seen: Tensor | None) -> Tensor:
    """Turn scores into weights that add up to 1; what is not seen weighs nothing, and where nothing is seen all weigh 0."""
    if seen is None:
        return scores.softmax(dim=-1)
    hidden = ~seen
    return scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(dim=-1).masked_fill(hidden, 0.0)


def project(module: nn.MultiheadAttention, query: Tensor, key: Tensor, value: Tensor) -> list[Tensor]:
    """Queries, keys and values of all heads, (B, heads, steps, D / heads) each."""
    weight, bias = module.in_proj_weight, module.in_proj_bias
    if weight is not None and key is query and value is query:
        projected = list(F.linear(query, weight, bias).chunk(3, dim=-1))
    else:
        separate = (module.q_proj_weight, module.k_proj_weight, module.v_proj_weight)
        weights = separate if weight is None else weight.chunk(3)
        biases = (None, None, None) if bias is None else bias.chunk(3)
        projected = [F.linear(*each) for each in zip((query, key, value), weights, biases, strict=True)]
    return [each.view(*each.shape[:2], module.num_heads, -1).transpose(1, 2) for each in projected]


def attend(
    module: nn.MultiheadAttention,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    seen: Tensor | None = None,
    is_causal: bool = False,
    need_weights: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """What every query gathers from the values, (B, T, D), and if asked for the mean weights of the heads, (B, T, S)."""
    q, k, v = project(module, query, key, value)
    rate = module.dropout if module.training else 0.0
    if not need_weights:
        alone = is_causal and seen is None
        gathered = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, dropout_p=rate, is_causal=alone)
        return module.out_proj(gathered.transpose(1, 2).flatten(2)), None
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if is_causal and seen is None:
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
    weights = weigh(scores, seen)
    gathered = F.dropout(weights, rate) @ v if rate else weights @ v
    return module.out_proj(gathered.transpose(1, 2).flatten(2)), weights.mean(dim=1)


def attend_to_self(
    module: nn.MultiheadAttention,
    input: Tensor,
    lengths: Tensor | None,
    mask: Tensor | None,
    is_causal: bool,
    need_weights: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention of a sequence to itself. Where it is causal no step sees padding behind the end: nothing is to be hidden."""
    there = find_steps(input, None if is_causal else lengths, mask)
    seen = find_seen(input, input, there, is_causal)
    return attend(module, input, input, input, seen, is_causal, need_weights)


class MultiheadAttention(nn.MultiheadAttention):
    """Multi-head attention, batch first.

    Shapes:
        query (B, T, D), key (B, S, K), value (B, S, V), lengths (B,) of the keys, mask (B, S), true where a key counts;
        gives (B, T, D), and if asked for the weights (B, T, S), the mean of all heads. Without key it attends to the
        query itself, without value to the key.

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
        need_weights: bool = False,
    ) -> None:
        super().__init__(embed_dim, num_heads, dropout, bias, kdim=kdim, vdim=vdim, batch_first=True)
        self.is_causal = is_causal
        self.need_weights = need_weights

    def forward(  # type: ignore[override]
        self,
        query: Tensor,
        key: Tensor | None = None,
        value: Tensor | None = None,
        lengths: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor | tuple[Tensor, Tensor | None]:
        """Let every query gather what it needs from the values."""
        if key is None and value is None:
            output, weights = attend_to_self(self, query, lengths, mask, self.is_causal, self.need_weights)
            return (output, weights) if self.need_weights else output
        key = query if key is None else key
        value = key if value is None else value
        seen = find_seen(query, key, find_steps(key, lengths, mask), self.is_causal)
        output, weights = attend(self, query, key, value, seen, self.is_causal, self.need_weights)
        return (output, weights) if self.need_weights else output


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    """Self-attention and a small network at every step, each with a way around it, batch first.

    Shapes:
        input (B, T, D), lengths (B,), mask (B, T), true where a step counts; gives (B, T, D), and if asked for the weights
        of attention (B, T, T).

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
        need_weights: bool = False,
    ) -> None:
        sizes = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps)
        super().__init__(*sizes, batch_first=True, norm_first=norm_first, bias=bias)
        self.is_causal = is_causal
        self.need_weights = need_weights

    def forward(  # type: ignore[override]
        self, input: Tensor, lengths: Tensor | None = None, mask: Tensor | None = None
    ) -> Tensor | tuple[Tensor, Tensor | None]:
        """Let every step gather what it needs from the others, then work on it."""
        start = self.norm1(input) if self.norm_first else input
        gathered, weights = attend_to_self(self.self_attn, start, lengths, mask, self.is_causal, self.need_weights)
        x = input + self.dropout1(gathered)
        if self.norm_first:
            x = x + self.work(self.norm2(x))
        else:
            x = self.norm1(x)
            x = self.norm2(x + self.work(x))
        return (x, weights) if self.need_weights else x

    def work(self, x: Tensor) -> Tensor:
        """The small network at every step."""
        output: Tensor = self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))
        return output


class TransformerDecoderLayer(nn.TransformerDecoderLayer):
    """Self-attention, attention to a memory, and a small network at every step, each with a way around it, batch first.

    Shapes:
        input (B, T, D), memory (B, S, D), lengths (B,) of the input, memory_lengths (B,), memory_mask (B, S), true where a
        step of the memory counts; gives (B, T, D), and if asked for the weights of the memory (B, T, S).

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
        is_causal: bool = True,
        need_weights: bool = False,
    ) -> None:
        sizes = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps)
        super().__init__(*sizes, batch_first=True, norm_first=norm_first, bias=bias)
        self.is_causal = is_causal
        self.need_weights = need_weights

    def forward(  # type: ignore[override]
        self,
        input: Tensor,
        memory: Tensor,
        lengths: Tensor | None = None,
        memory_lengths: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor | tuple[Tensor, Tensor | None]:
        """Let every step gather from those before it, then from the memory, then work on it."""
        seen = find_seen(input, memory, find_steps(memory, memory_lengths, memory_mask), is_causal=False)
        first, last = (self.norm_first, not self.norm_first)
        start = self.norm1(input) if first else input
        gathered, _ = attend_to_self(self.self_attn, start, lengths, None, self.is_causal)
        x = input + self.dropout1(gathered)
        x = self.norm1(x) if last else x
        start = self.norm2(x) if first else x
        gathered, weights = attend(self.multihead_attn, start, memory, memory, seen, need_weights=self.need_weights)
        x = x + self.dropout2(gathered)
        x = self.norm2(x) if last else x
        x = x + self.work(self.norm3(x) if first else x)
        x = self.norm3(x) if last else x
        return (x, weights) if self.need_weights else x

    def work(self, x: Tensor) -> Tensor:
        """The small network at every step."""
        output: Tensor = self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))
        return output


class Score(nn.Module):
    """How well what asks fits each step of a memory: by a small network, by a product, or by a product with weights.

    Shapes:
        query (B, T, Q), memory (B, S, M); gives (B, T, S).

    Reference:
        Bahdanau et al. 2015, Neural Machine Translation by Jointly Learning to Align and Translate; Luong et al. 2015,
        Effective Approaches to Attention-based Neural Machine Translation.
    """

    def __init__(self, query_size: int, memory_size: int, score: str, hidden_size: int) -> None:
        super().__init__()
        self.kind = score
        if score == "additive":
            self.query = nn.Linear(query_size, hidden_size, bias=False)
            self.memory = nn.Linear(memory_size, hidden_size)
            self.score = nn.Linear(hidden_size, 1, bias=False)
        elif score == "general":
            self.query = nn.Linear(query_size, memory_size, bias=False)

    def forward(self, query: Tensor, memory: Tensor) -> Tensor:
        """Score every step for every query."""
        if self.kind == "additive":
            both = self.query(query).unsqueeze(2) + self.memory(memory).unsqueeze(1)
            scores: Tensor = self.score(torch.tanh(both)).squeeze(-1)
            return scores
        asked = self.query(query) if self.kind == "general" else query
        return asked @ memory.transpose(1, 2) / math.sqrt(memory.shape[-1])


class Attention(nn.Module):
    """Lets the states of a decoder, or one vector, gather what they need from the steps of a memory.

    Shapes:
        query (B, T, Q) or (B, Q), memory (B, S, M), lengths (B,) of the memory, mask (B, S), true where a step counts;
        gives (B, T, M) or (B, M), and if asked for the weights (B, T, S) or (B, S).

    Args:
        score: ``additive``, ``general`` or ``dot``; see ``Score``.
        hidden_size: size of the small network of an additive score.
    """

    def __init__(
        self,
        query_size: int,
        memory_size: int,
        score: str = "additive",
        hidden_size: int = 64,
        need_weights: bool = False,
    ) -> None:
        super().__init__()
        self.score = Score(query_size, memory_size, score, hidden_size)
        self.need_weights = need_weights

    def forward(
        self, query: Tensor, memory: Tensor, lengths: Tensor | None = None, mask: Tensor | None = None
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Weigh the steps of the memory for each query and add them up."""
        asked = query if query.ndim == 3 else query.unsqueeze(1)
        there = find_steps(memory, lengths, mask)
        weights = weigh(self.score(asked, memory), None if there is None else there.unsqueeze(1))
        output = weights @ memory
        if query.ndim == 2:
            output, weights = output.squeeze(1), weights.squeeze(1)
        return (output, weights) if self.need_weights else output


class AttentionPool(nn.Module):
    """Joins the steps of a sequence into one vector by weights that are learned; steps after its end do not count.

    Shapes:
        input (B, T, D), lengths (B,), mask (B, T), true where a step counts; gives (B, D), and if asked for the weights
        (B, T).

    Args:
        score: ``additive``, by a small network, or ``dot``, by a product with one learned vector.
        hidden_size: size of that small network.

    Reference:
        Yang et al. 2016, Hierarchical Attention Networks for Document Classification.
    """

    def __init__(
        self, features: int, score: str = "additive", hidden_size: int = 64, need_weights: bool = False
    ) -> None:
        super().__init__()
        is_additive = score == "additive"
        self.hidden = nn.Sequential(nn.Linear(features, hidden_size), nn.Tanh()) if is_additive else nn.Identity()
        self.score = nn.Linear(hidden_size if is_additive else features, 1, bias=False)
        self.need_weights = need_weights

    def forward(
        self, input: Tensor, lengths: Tensor | None = None, mask: Tensor | None = None
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Weigh the steps and add them up."""
        weights = weigh(self.score(self.hidden(input)).squeeze(-1), find_steps(input, lengths, mask))
        output = (weights.unsqueeze(1) @ input).squeeze(1)
        return (output, weights) if self.need_weights else output
