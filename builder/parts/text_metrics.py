"""Metrics of texts as rows of token ids."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from builder.parts.metrics import Metric, find_places, fold_classes

LONGEST = 4
"""BLEU compares pieces of 1 to 4 tokens."""


class Perplexity(Metric):
    """Between how many tokens a network wavers: e to the mean surprise at the true token, in nats.

    Tokens of the id ``padding`` and those behind the end of their row do not count. ``axis`` is where the scores of the
    tokens lie, ``scores`` whether they are logits or probabilities.
    """

    def __init__(self, scores: str = "logits", padding: int | None = 0, axis: int = 1) -> None:
        super().__init__()
        self.scores, self.padding, self.axis = scores, padding, axis

    def update(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> None:
        """Add a batch of scores and true tokens."""
        table, truth = fold_classes(input, self.axis).float(), target.reshape(-1).long()
        places = find_places(target, lengths)
        if self.padding is not None:
            places = places & (truth != self.padding)
        logarithms = table.log_softmax(1) if self.scores == "logits" else table.clamp(min=1e-38).log()
        surprise = -logarithms.gather(1, truth[:, None])[:, 0]
        self.add(surprise=torch.where(places, surprise, 0.0).sum(dtype=torch.float64), total=places.sum())

    def compute(self) -> float:
        """The perplexity, 1 or more."""
        mean = self.ratio("surprise", "total")
        return math.exp(mean) if mean < 700 else mean * math.inf


class BLEU(Metric):
    """How many pieces of one to four tokens of the outputs are in their references, from 0 to 100, over all texts at once.

    A text ends before its first token ``end`` or ``padding``; a first token ``begin`` is not of it. Outputs that are too
    short are punished (brevity penalty); where no piece of a length is found at all it counts as half of one, a quarter
    for the next such length and so on, as in sacrebleu.

    Reference:
        Papineni et al., BLEU: a method for automatic evaluation of machine translation, 2002.
    """

    def __init__(self, padding: int = 0, begin: int = 2, end: int = 3, axis: int = 1) -> None:
        super().__init__()
        self.padding, self.begin, self.end, self.axis = padding, begin, end, axis

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of outputs, ids (B, T) or scores of all tokens, and their references: ids (B, T)."""
        ids = input.argmax(self.axis) if input.is_floating_point() else input
        (said, said_lengths), (meant, meant_lengths) = self.read(ids), self.read(target)
        found, total = match_pieces(said, said_lengths, meant, meant_lengths)
        self.add(found=found, total=total, said=said_lengths.sum(), meant=meant_lengths.sum())

    def read(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """The texts without their begin marks, and how long each is."""
        started = (ids[:, :1] == self.begin).long()
        places = torch.arange(ids.shape[1], device=ids.device)
        texts = ids.gather(1, (places + started).clamp(max=ids.shape[1] - 1))
        is_over = (texts == self.end) | (texts == self.padding) | (places + started >= ids.shape[1])
        return texts, (is_over.cumsum(1) == 0).sum(1)

    def compute(self) -> float:
        """The score, from 0 to 100."""
        if not self.state:
            return math.nan
        found, total = (self.state[name].tolist() for name in ("found", "total"))
        if not any(found) or not all(total):
            return 0.0
        halvings, logarithm = 0, 0.0
        for hits, pieces in zip(found, total, strict=True):
            halvings += not hits
            logarithm += math.log(hits / pieces if hits else 1 / (2**halvings * pieces))
        brevity = min(0.0, 1 - self.ratio("meant", "said"))
        return 100 * math.exp(brevity + logarithm / LONGEST)


def match_pieces(said: Tensor, said_lengths: Tensor, meant: Tensor, meant_lengths: Tensor) -> tuple[Tensor, Tensor]:
    """How many pieces of 1 to 4 tokens are in the reference too, none more often than there, and how many there are.

    A piece that is said c times and meant r times counts min(c, r) times: each of the c occurrences is given its share.

    Shapes:
        said (B, T), meant (B, U), lengths (B); both results (4).
    """
    tokens_meant, tokens_said = said[:, :, None] == meant[:, None, :], said[:, :, None] == said[:, None, :]
    with_meant, with_self = tokens_meant, tokens_said
    found, total = [], []
    for size in range(1, LONGEST + 1):
        if size > 1:  # what a shift brings around the end begins no piece
            with_meant = with_meant & tokens_meant.roll((1 - size, 1 - size), (1, 2))
            with_self = with_self & tokens_said.roll((1 - size, 1 - size), (1, 2))
        own, other = find_starts(said, said_lengths, size), find_starts(meant, meant_lengths, size)
        in_meant = (with_meant & other[:, None, :]).sum(2).double()
        in_said = (with_self & own[:, None, :]).sum(2).clamp(min=1)
        found.append(((in_meant / in_said).clamp(max=1) * own).sum().round().long())
        total.append(own.sum())
    return torch.stack(found), torch.stack(total)


def find_starts(texts: Tensor, lengths: Tensor, size: int) -> Tensor:
    """True for every token of a text that begins a piece of this size."""
    return torch.arange(texts.shape[1], device=texts.device) + size <= lengths[:, None]
