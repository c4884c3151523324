"""Autoencoders, plain, denoising and variational.

Every ``train_*`` takes pictures (N, 1, 28, 28) in 0..1 and gives the networks that it trained.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.reference.common import draw_batches, take_step

BATCH = 32
LATENT = 8
DEVIATION = 0.4


def make_encoder() -> nn.Module:
    """From pictures to 16 numbers."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.LeakyReLU(), nn.Linear(128, 16))


def make_decoder(inputs: int, hidden: int = 128) -> nn.Module:
    """And back."""
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.LeakyReLU(), nn.Linear(hidden, 784), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))
    )


def make_denoiser() -> nn.Module:
    """From pictures to pictures through a quarter of the size."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Sigmoid(),
    )  # fmt: skip


def train_autoencoder(images: Tensor, epochs: int) -> tuple[nn.Module, nn.Module]:
    """Encoder and decoder."""
    encoder, decoder = make_encoder(), make_decoder(16)
    adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
    for (real,) in draw_batches(epochs, BATCH, images):
        take_step(adam, functional.mse_loss(decoder(encoder(real)), real))
    return encoder, decoder


def disturb(images: Tensor) -> Tensor:
    """Pictures with noise on every pixel."""
    return (images + DEVIATION * torch.randn_like(images)).clamp(0, 1)


def train_denoising_autoencoder(images: Tensor, epochs: int) -> nn.Module:
    """Vincent et al. 2008, with convolutions."""
    denoiser = make_denoiser()
    adam = torch.optim.Adam(denoiser.parameters(), lr=1e-3)
    for (real,) in draw_batches(epochs, BATCH, images):
        take_step(adam, functional.mse_loss(denoiser(disturb(real)), real))
    return denoiser


class Encoder(nn.Module):
    """From pictures, and where it is told them their classes, to means and logarithms of variances."""

    def __init__(self, classes: int = 0) -> None:
        super().__init__()
        self.classes = nn.Embedding(classes, 10) if classes else None
        self.body = nn.Linear(784 + (10 if classes else 0), 256)
        self.mean, self.log_variance = nn.Linear(256, LATENT), nn.Linear(256, LATENT)

    def forward(self, image: Tensor, label: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Distributions."""
        hidden = functional.leaky_relu(self.body(join(image.flatten(1), label, self.classes)))
        return self.mean(hidden), self.log_variance(hidden)


class Decoder(nn.Module):
    """From latent numbers, and where it is told one a class, to pictures."""

    def __init__(self, classes: int = 0) -> None:
        super().__init__()
        self.classes = nn.Embedding(classes, 10) if classes else None
        self.body = make_decoder(LATENT + (10 if classes else 0), 256)

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Pictures."""
        return self.body(join(z, label, self.classes))  # type: ignore[no-any-return]


def join(values: Tensor, label: Tensor | None, classes: nn.Embedding | None) -> Tensor:
    """Values with the vector of a class behind them."""
    return values if classes is None or label is None else torch.cat([values, classes(label)], dim=1)


def find_bound(encoder: nn.Module, decoder: nn.Module, image: Tensor, *label: Tensor) -> Tensor:
    """The negative evidence lower bound of a picture in nats, the mean over a batch."""
    mean, log_variance = encoder(image, *label)
    z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
    error = functional.binary_cross_entropy(decoder(z, *label), image, reduction="sum") / len(image)
    return error - 0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=1).mean()


def train_variational(encoder: nn.Module, decoder: nn.Module, epochs: int, *data: Tensor) -> None:
    """The loop of the tutorials; the data are pictures, and classes where the networks take them."""
    adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
    for batch in draw_batches(epochs, BATCH, *data):
        take_step(adam, find_bound(encoder, decoder, *batch))


def train_vae(images: Tensor, epochs: int) -> tuple[nn.Module, nn.Module]:
    """Kingma and Welling 2014."""
    encoder, decoder = Encoder(), Decoder()
    train_variational(encoder, decoder, epochs, images)
    return encoder, decoder


def train_conditional_vae(images: Tensor, labels: Tensor, epochs: int) -> tuple[nn.Module, nn.Module]:
    """Sohn et al. 2015."""
    encoder, decoder = Encoder(10), Decoder(10)
    train_variational(encoder, decoder, epochs, images, labels)
    return encoder, decoder
