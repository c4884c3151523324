"""Writing with a network, one token after the other: the network is called again and again with what stands there so far.

Needs only torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

PAD, UNKNOWN, BEGIN, END = range(4)
"""What the first four tokens stand for."""


def draw_token(
    scores: Tensor, temperature: float, top_k: int, generator: torch.Generator, may_end: bool = False
) -> Tensor:
    """Draw one token for each row of scores, (B, tokens) to (B, 1). Padding, unknown and begin are never drawn.

    Args:
        scores: logits or logarithms of probabilities.
        temperature: below 1 the likely tokens become more likely; 0 takes the likeliest.
        top_k: among how many of the likeliest tokens is drawn; 0 for all.
        generator: of random numbers, on the CPU.
        may_end: whether the end mark is drawn; in a text without marks it was never seen.
    """
    never = torch.tensor([PAD, UNKNOWN, BEGIN, *([] if may_end else [END])])
    scores = scores.detach().float().cpu().index_fill(1, never, -torch.inf)
    if temperature <= 0:
        return scores.argmax(1, keepdim=True)
    if 0 < top_k < scores.shape[1]:
        least = scores.topk(top_k).values[:, -1:]
        scores = scores.masked_fill(scores < least, -torch.inf)
    return torch.multinomial((scores / temperature).softmax(1), 1, generator=generator)


def write_tokens(
    network: Callable[[Tensor], Any],
    tokens: Tensor,
    length: int,
    context: int | None,
    temperature: float,
    top_k: int,
    generator: torch.Generator,
    may_end: bool = False,
) -> Iterator[Tensor]:
    """Go on from some tokens: the next one of each row, (B, 1), ``length`` times or until every row has ended.

    Args:
        network: gives scores (B, T, tokens) of what follows each of the tokens (B, T).
        tokens: (B, T), at least one in a row.
        length: how many tokens are written at most.
        context: how many tokens the network can look back on; None for any number.
        temperature: as ``draw_token`` has it, like what follows.
        top_k: among how many of the likeliest tokens is drawn.
        generator: of random numbers, on the CPU.
        may_end: whether a text may end before.
    """
    device, is_over = tokens.device, torch.zeros(len(tokens), 1, dtype=torch.bool)
    for _ in range(length):
        scores = first_output(network(tokens if context is None else tokens[:, -context:]))
        chosen = draw_token(scores[:, -1], temperature, top_k, generator, may_end).masked_fill(is_over, PAD)
        yield chosen
        is_over |= chosen == END
        if is_over.all():
            return
        tokens = torch.cat([tokens, chosen.to(device)], dim=1)


def continue_text(
    network: Callable[[Tensor], Any],
    preparation: Any,
    prompt: str,
    length: int = 100,
    temperature: float = 0.8,
    top_k: int = 20,
    seed: int = 0,
) -> str:
    """What a network writes after a prompt, as text.

    Args:
        network: gives scores (B, T, tokens) of what follows each of the tokens (B, T).
        preparation: of the field that the network learned from, with its tokenizer.
        prompt: what it goes on from.
        length: how many tokens it writes at most.
        temperature: as ``draw_token`` has it.
        top_k: among how many of the likeliest tokens is drawn; 0 for all.
        seed: of what is drawn.
    """
    tokens = preparation.prepare(prompt).unsqueeze(0)
    marked = preparation.tokenizer.marks
    if marked and tokens.shape[1] > 1:
        tokens = tokens[:, :-1]  # behind the end mark nothing would follow
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        written = [*write_tokens(network, tokens, length, preparation.steps, temperature, top_k, generator, marked)]
    text: str = preparation.tokenizer.decode(int(token) for token in written)
    return text


def first_output(output: Any) -> Tensor:
    """The scores, where a network has several outputs."""
    scores: Tensor = output[0] if isinstance(output, tuple) else output
    return scores


class GreedyDecoding:
    """Writes what a network finds likeliest, token by token, from a begin mark to the end mark.

    Shapes:
        Inputs of the network but its last; gives tokens (B, 1 + T), T at most ``length``: begin, what was written, end,
        padding. The network's last input is what is written so far, its first output the scores (B, T, tokens).
    """

    def __init__(self, length: int = 64) -> None:
        self.length = length

    @torch.no_grad()
    def __call__(self, network: Callable[..., Any], *inputs: Tensor) -> Tensor:
        """Write for every row of the inputs."""
        written = torch.full((len(inputs[0]), 1), BEGIN, dtype=torch.int64, device=inputs[0].device)
        is_over = torch.zeros_like(written, dtype=torch.bool)
        for _ in range(self.length):
            scores = first_output(network(*inputs, written))[:, -1].float()
            scores[:, [PAD, UNKNOWN, BEGIN]] = -torch.inf
            chosen = scores.argmax(1, keepdim=True).masked_fill(is_over, PAD)
            written = torch.cat([written, chosen], dim=1)
            is_over |= chosen == END
            if is_over.all():
                break
        return written
