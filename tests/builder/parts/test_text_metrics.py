"""BLEU against sacrebleu on the same tokens, perplexity against PyTorch's cross-entropy."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
import torch
from sacrebleu import corpus_bleu
from torch import Tensor
from torch.nn import functional as F

from builder.parts.text_metrics import BLEU, Perplexity

PAD, BEGIN, END = 0, 2, 3


def pad(texts: Sequence[Sequence[int]], marks: bool = False) -> Tensor:
    rows = [[BEGIN, *text, END] if marks else [*text] for text in texts]
    longest = max(map(len, rows))
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])


def score(said: Sequence[Sequence[int]], meant: Sequence[Sequence[int]]) -> float:
    words = [[" ".join(map(str, text)) for text in texts] for texts in (said, meant)]
    return float(corpus_bleu(words[0], [words[1]], tokenize="none", force=True).score)


def write_texts(seed: int, shortest: int, longest: int, tokens: int) -> tuple[list[list[int]], list[list[int]]]:
    """Outputs that repeat, leave out and add tokens of their references."""
    drawn = random.Random(seed)
    meant = [[drawn.randrange(4, 4 + tokens) for _ in range(drawn.randint(shortest, longest))] for _ in range(30)]
    said = [[token if drawn.random() < 0.7 else drawn.randrange(4, 4 + tokens) for token in text] for text in meant]
    return [text[: drawn.randint(shortest, longest + 4)] + text[: drawn.randint(0, 3)] for text in said], meant


@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize(("seed", "shortest", "longest", "tokens"), [(0, 4, 20, 12), (1, 1, 9, 4), (2, 8, 30, 200)])
def test_bleu_is_sacrebleus_over_batches(seed: int, shortest: int, longest: int, tokens: int, marks: bool) -> None:
    said, meant = write_texts(seed, shortest, longest, tokens)
    metric = BLEU()
    for start in (0, 8, 16, 24, 29):
        stop = {0: 8, 8: 16, 16: 24, 24: 29, 29: 30}[start]
        metric.update(pad(said[start:stop], marks), pad(meant[start:stop], marks))
    assert metric.compute() == pytest.approx(score(said, meant), rel=1e-9)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ([[4, 4, 4, 4, 4, 4, 4]], [[4, 5, 4, 6, 7, 8]]),
        ([[4, 5, 6, 7]], [[4, 5, 6, 7, 8, 9, 10, 11]]),
        ([[4, 5, 6, 7, 8, 9]], [[9, 8, 7, 6, 5, 4]]),
        ([[4, 5, 6, 7, 8]], [[9, 10, 11, 12, 13]]),
        ([[4, 5]], [[4, 5]]),
        ([[4, 5, 6, 7, 8], []], [[4, 5, 6, 7, 8], [4, 5, 6]]),
    ],
)
def test_bleu_of_hard_cases_is_sacrebleus(said: list[list[int]], meant: list[list[int]]) -> None:
    metric = BLEU()
    metric.update(pad(said), pad(meant))
    assert metric.compute() == pytest.approx(score(said, meant), rel=1e-9)


def test_bleu_of_what_is_right_is_a_hundred_whatever_follows_the_end() -> None:
    metric = BLEU()
    metric.update(torch.tensor([[4, 5, 6, 7, 8, END, 9, 9, 9]]), torch.tensor([[BEGIN, 4, 5, 6, 7, 8, END]]))
    assert metric.compute() == pytest.approx(100.0)


def test_bleu_takes_scores_of_tokens_too() -> None:
    said, meant = write_texts(5, 4, 12, 9)
    tokens = pad(said)
    plain, last, first = BLEU(), BLEU(axis=-1), BLEU()
    scores = F.one_hot(tokens, 20).float()
    for metric, given in ((plain, tokens), (last, scores), (first, scores.movedim(-1, 1))):
        metric.update(given, pad(meant))
    assert plain.compute() == last.compute() == first.compute() > 0


@pytest.mark.parametrize("axis", [1, -1])
def test_perplexity_is_e_to_the_cross_entropy_of_all_tokens_without_padding(axis: int) -> None:
    generator = torch.Generator().manual_seed(0)
    metric, losses = Perplexity(axis=axis), []
    for size in (3, 8, 1):
        scores, target = (
            torch.randn(4, 11, size, generator=generator),
            torch.randint(0, 11, (4, size), generator=generator),
        )
        metric.update(scores.movedim(1, axis), target)
        losses.append(F.cross_entropy(scores.double(), target, reduction="none", ignore_index=PAD)[target != PAD])
    assert metric.compute() == pytest.approx(math.exp(torch.cat(losses).mean()), rel=1e-5)


def test_perplexity_of_probabilities_is_that_of_their_logits() -> None:
    scores, target = torch.randn(4, 11), torch.randint(1, 11, (4,))
    plain, softened = Perplexity(), Perplexity(scores="probabilities")
    plain.update(scores, target)
    softened.update(scores.softmax(1), target)
    assert plain.compute() == pytest.approx(softened.compute(), rel=1e-5)


def test_perplexity_counts_nothing_behind_the_end_of_a_row() -> None:
    scores, target, lengths = torch.randn(2, 7, 5), torch.randint(1, 7, (2, 5)), torch.tensor([5, 2])
    padded, plain = Perplexity(), Perplexity()
    padded.update(scores, target, lengths)
    plain.update(scores[:1], target[:1])
    plain.update(scores[1:, :, :2], target[1:, :2])
    assert padded.compute() == pytest.approx(plain.compute())


def test_guessing_wavers_between_all_tokens() -> None:
    metric = Perplexity()
    metric.update(torch.zeros(5, 40), torch.arange(1, 6))
    assert metric.compute() == pytest.approx(40.0)
