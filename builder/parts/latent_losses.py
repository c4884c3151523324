"""Losses of what a network makes of things inside: of distributions, of views of one thing, of another network's answers."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class NormalKLLoss(nn.Module):
    """How far normal distributions are from the standard one.

    Shapes:
        mean, log_variance (B, ...); gives the sum over a sample's numbers, averaged over the batch.

    Reference:
        Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
    """

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """The Kullback-Leibler divergence in nats."""
        each = 1 + log_variance - mean.square() - log_variance.exp()
        return -0.5 * each.flatten(1).sum(dim=1).mean()


class NTXentLoss(nn.Module):
    """Has two views of one thing find each other among all others of the batch.

    Shapes:
        first, second (B, D), row by row two views of the same thing; gives one number.

    Reference:
        Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, 2020.
    """

    def __init__(self, temperature: float = 0.5) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """The cross-entropy of picking the other view by cosine similarity."""
        views = F.normalize(torch.cat([first, second]), dim=1)
        likeness = views @ views.T / self.temperature
        itself = torch.eye(len(views), dtype=torch.bool, device=views.device)
        others = torch.arange(len(views), device=views.device).roll(len(first))
        return F.cross_entropy(likeness.masked_fill(itself, float("-inf")), others)


class DistillationLoss(nn.Module):
    """How far a student's scores are from a teacher's, both made softer.

    Shapes:
        input, target (B, classes), plain scores; gives one number, times the temperature squared so that its gradients
        keep their size.

    Reference:
        Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015.
    """

    def __init__(self, temperature: float = 2.0) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The Kullback-Leibler divergence of the softened answers."""
        said = F.log_softmax(input / self.temperature, dim=1)
        wished = F.log_softmax(target / self.temperature, dim=1)
        return F.kl_div(said, wished, reduction="batchmean", log_target=True) * self.temperature**2
