"""Generators and their rivals.

Every ``train_*`` takes pictures (N, 1, 28, 28) in -1..1 and gives the generator that it trained.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.reference.common import NOISE, draw_batches, make_adam, take_step

BATCH = 32


def make_dense_generator() -> nn.Module:
    """From noise to pictures, with Linear layers alone."""
    return nn.Sequential(
        nn.Linear(NOISE, 128), nn.LeakyReLU(0.2),
        nn.Linear(128, 256), nn.BatchNorm1d(256), nn.LeakyReLU(0.2),
        nn.Linear(256, 512), nn.BatchNorm1d(512), nn.LeakyReLU(0.2),
        nn.Linear(512, 784), nn.Tanh(), nn.Unflatten(1, (1, 28, 28)),
    )  # fmt: skip


def make_dense_discriminator() -> nn.Module:
    """From pictures to one score, with Linear layers alone."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Linear(256, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1)
    )


def make_generator(inputs: int = NOISE) -> nn.Module:
    """From noise to pictures by transposed convolutions: 7×7, 14×14, 28×28."""
    return nn.Sequential(
        nn.Unflatten(1, (inputs, 1, 1)),
        nn.ConvTranspose2d(inputs, 64, 7, 1, 0, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 4, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(),
        nn.ConvTranspose2d(32, 1, 4, 2, 1), nn.Tanh(),
    )  # fmt: skip


def make_discriminator(channels: int = 1) -> nn.Module:
    """From pictures to one score by convolutions with stride 2."""
    return nn.Sequential(
        nn.Conv2d(channels, 32, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(3136, 1),
    )  # fmt: skip


def make_critic() -> nn.Module:
    """The same without batch statistics: the slope at a picture must depend on that picture alone."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(3136, 1),
    )  # fmt: skip


def start_small(network: nn.Module) -> nn.Module:
    """Draw the weights as DCGAN's authors do, with a deviation of 0.02."""
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.normal_(layer.weight, 0.0, 0.02)
    return network


def judge(score: Tensor, truth: float) -> Tensor:
    """How surprised the discriminator is that these pictures are real (1) or made (0)."""
    return functional.binary_cross_entropy_with_logits(score, torch.full_like(score, truth))


def train_adversaries(generator: nn.Module, discriminator: nn.Module, images: Tensor, epochs: int) -> nn.Module:
    """The loop of the tutorials: the discriminator learns, then the generator."""
    d_adam, g_adam = make_adam(discriminator), make_adam(generator)
    for (real,) in draw_batches(epochs, BATCH, images):
        fake = generator(torch.randn(len(real), NOISE))
        take_step(d_adam, judge(discriminator(real), 1.0) + judge(discriminator(fake.detach()), 0.0))
        take_step(g_adam, judge(discriminator(fake), 1.0))
    return generator


def train_gan(images: Tensor, epochs: int) -> nn.Module:
    """Goodfellow et al. 2014, with Linear layers."""
    return train_adversaries(make_dense_generator(), make_dense_discriminator(), images, epochs)


def train_dcgan(images: Tensor, epochs: int) -> nn.Module:
    """Radford et al. 2015."""
    return train_adversaries(start_small(make_generator()), start_small(make_discriminator()), images, epochs)


def train_lsgan(images: Tensor, epochs: int) -> nn.Module:
    """Mao et al. 2016: squared distances in place of the cross-entropy."""
    generator, discriminator = start_small(make_generator()), start_small(make_discriminator())
    d_adam, g_adam = make_adam(discriminator), make_adam(generator)
    for (real,) in draw_batches(epochs, BATCH, images):
        fake = generator(torch.randn(len(real), NOISE))
        real_loss, fake_loss = (discriminator(real) - 1).square().mean(), discriminator(fake.detach()).square().mean()
        take_step(d_adam, 0.5 * real_loss + 0.5 * fake_loss)
        take_step(g_adam, 0.5 * (discriminator(fake) - 1).square().mean())
    return generator


def train_wgan(images: Tensor, epochs: int) -> nn.Module:
    """Arjovsky et al. 2017: a critic with bounded weights takes several steps for one of the generator."""
    generator, critic = make_generator(), make_critic()
    c_rms = torch.optim.RMSprop(critic.parameters(), lr=3e-4)
    g_rms = torch.optim.RMSprop(generator.parameters(), lr=3e-4)
    for step, (real,) in enumerate(draw_batches(epochs, BATCH, images), 1):
        fake = generator(torch.randn(len(real), NOISE))
        take_step(c_rms, critic(fake.detach()).mean() - critic(real).mean())
        with torch.no_grad():
            for parameter in critic.parameters():
                parameter.clamp_(-0.02, 0.02)
        if step % 2 == 0:
            take_step(g_rms, -critic(fake).mean())
    return generator


def find_penalty(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """How far the critic's slope between real and made pictures is from 1."""
    share = torch.rand(len(real), 1, 1, 1)
    between = (share * real + (1 - share) * fake).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()


def train_wgan_gp(images: Tensor, epochs: int) -> nn.Module:
    """Gulrajani et al. 2017: a penalty on the critic's slope in place of bounded weights."""
    generator, critic = make_generator(), make_critic()
    c_adam = torch.optim.Adam(critic.parameters(), lr=5e-4, betas=(0.5, 0.9))
    g_adam = torch.optim.Adam(generator.parameters(), lr=5e-4, betas=(0.5, 0.9))
    for step, (real,) in enumerate(draw_batches(epochs, BATCH, images), 1):
        fake = generator(torch.randn(len(real), NOISE))
        made = fake.detach()
        take_step(c_adam, critic(made).mean() - critic(real).mean() + 10 * find_penalty(critic, real, made))
        if step % 3 == 0:
            take_step(g_adam, -critic(fake).mean())
    return generator


class ConditionalGenerator(nn.Module):
    """A generator that is told which class to draw."""

    def __init__(self) -> None:
        super().__init__()
        self.classes = nn.Embedding(10, 10)
        self.body = make_generator(NOISE + 10)

    def forward(self, noise: Tensor, label: Tensor) -> Tensor:
        """Pictures of these classes."""
        return self.body(torch.cat([noise, self.classes(label)], dim=1))  # type: ignore[no-any-return]


class ConditionalDiscriminator(nn.Module):
    """A discriminator that is told which class a picture is said to show, as a second channel."""

    def __init__(self) -> None:
        super().__init__()
        self.classes = nn.Embedding(10, 784)
        self.body = make_discriminator(2)

    def forward(self, image: Tensor, label: Tensor) -> Tensor:
        """A score for each picture with its class."""
        return self.body(torch.cat([image, self.classes(label).view(-1, 1, 28, 28)], dim=1))  # type: ignore[no-any-return]


def train_conditional_gan(images: Tensor, labels: Tensor, epochs: int) -> nn.Module:
    """Mirza and Osindero 2014, with transposed convolutions."""
    generator, discriminator = ConditionalGenerator(), ConditionalDiscriminator()
    d_adam, g_adam = make_adam(discriminator), make_adam(generator)
    for real, label in draw_batches(epochs, BATCH, images, labels):
        asked = torch.randint(0, 10, (len(real),))
        fake = generator(torch.randn(len(real), NOISE), asked)
        take_step(d_adam, judge(discriminator(real, label), 1.0) + judge(discriminator(fake.detach(), asked), 0.0))
        take_step(g_adam, judge(discriminator(fake, asked), 1.0))
    return generator
