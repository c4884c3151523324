"""A small fixed network that looks at pictures: what it sees tells how far made pictures are from real ones.

It is kept by its recipe: the same digits, the same seed and the same steps give the same network every time.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

EPOCHS = 20
BATCH = 64


class Eyes(nn.Module):
    """A classifier of square pictures whose last hidden layer is taken for what it sees."""

    def __init__(self, channels: int, size: int, classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(),
            nn.Linear(32 * (size // 4) ** 2, 64), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Linear(64, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Scores of the classes, for pictures in 0..1."""
        return self.head(self.body(images))  # type: ignore[no-any-return]

    @torch.no_grad()
    def find_features(self, images: Tensor) -> Tensor:
        """What it sees: (N, 64), in double precision."""
        return self.body(images).double()  # type: ignore[no-any-return]

    @torch.no_grad()
    def share_recognised(self, images: Tensor, labels: Tensor) -> float:
        """The share of pictures that it takes for these classes."""
        return (self(images).argmax(1) == labels).double().mean().item()


def open_eyes(images: Tensor, labels: Tensor) -> Eyes:
    """Train it on real pictures in 0..1."""
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        eyes = Eyes(images.shape[1], images.shape[-1], int(labels.max()) + 1)
        adam = torch.optim.Adam(eyes.parameters(), lr=1e-3)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(images)).split(BATCH):
                loss = functional.cross_entropy(eyes(images[rows]), labels[rows])
                adam.zero_grad()
                loss.backward()
                adam.step()
    return eyes.eval()


def open_eyes_alone(images: Tensor) -> Eyes:
    """Train it on real pictures that nobody named: how is one turned, and was it made small and large again?"""
    blurred = functional.interpolate(functional.avg_pool2d(images, 2), scale_factor=2.0, mode="bilinear")
    views = [side.rot90(turns, (2, 3)) for side in (images, blurred) for turns in range(4)]
    return open_eyes(torch.cat(views), torch.arange(8).repeat_interleave(len(images)))


def find_distance(one: Tensor, other: Tensor) -> float:
    """The Fréchet distance between two sets of features (Heusel et al. 2017)."""
    means, spreads = zip(*((features.mean(0), torch.cov(features.T)) for features in (one, other)), strict=True)
    shared = torch.linalg.eigvals(spreads[0] @ spreads[1]).real.clamp(min=0).sqrt().sum()
    apart = (means[0] - means[1]).square().sum()
    return (apart + spreads[0].trace() + spreads[1].trace() - 2 * shared).item()
