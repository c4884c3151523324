"""Networks that make pictures of pictures, or of noise in many small steps.

Every ``train_*`` takes the training part of each source by field and gives the networks that it trained, by name. Every
``teach_*`` gives the step of one batch, for networks that somebody has made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.reference.common import draw_batches, make_adam, repeat, take_step
from benchmarks.reference.gans import judge
from benchmarks.reference.learners import Enlarger
from benchmarks.reference.pool import PoolByHand

Fields = Mapping[str, Tensor]
Networks = dict[str, nn.Module]
Losses = dict[str, Tensor]
NOISE_STEPS = 200


class Painter(nn.Module):
    """A small U-Net: from 32×32 to 4×4 and back, past itself at each size."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(1, 24, 4, 2, 1), nn.LeakyReLU(0.2))
        self.down2 = nn.Sequential(nn.Conv2d(24, 48, 4, 2, 1, bias=False), nn.BatchNorm2d(48), nn.LeakyReLU(0.2))
        self.down3 = nn.Sequential(nn.Conv2d(48, 96, 4, 2, 1, bias=False), nn.BatchNorm2d(96), nn.ReLU())
        self.up3 = nn.Sequential(nn.ConvTranspose2d(96, 48, 4, 2, 1, bias=False), nn.BatchNorm2d(48))
        self.up2 = nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(96, 24, 4, 2, 1, bias=False), nn.BatchNorm2d(24))
        self.up1 = nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(48, 24, 4, 2, 1))
        self.last = nn.Sequential(nn.ReLU(), nn.Conv2d(25, 3, 3, 1, 1), nn.Tanh())

    def forward(self, sketch: Tensor) -> Tensor:
        """Pictures in -1..1."""
        large = self.down1(sketch)
        small = self.down2(large)
        back = torch.cat([self.up3(self.down3(small)), small], dim=1)
        back = torch.cat([self.up2(back), large], dim=1)
        return self.last(torch.cat([self.up1(back), sketch], dim=1))  # type: ignore[no-any-return]


class PatchJudge(nn.Module):
    """A score for each patch of all pictures together."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 32, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(32, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.LeakyReLU(0.2), nn.Conv2d(64, 1, 3, 1, 1),
        )  # fmt: skip

    def forward(self, *pictures: Tensor) -> Tensor:
        """Scores of the patches."""
        return self.body(torch.cat(pictures, dim=1))  # type: ignore[no-any-return]


def teach_painter(generator: nn.Module, discriminator: nn.Module) -> Callable[[Tensor, Tensor], Losses]:
    """Isola et al. 2017: a discriminator that sees the sketch too, and a generator that stays near what is true."""
    g_adam, d_adam = make_adam(generator), make_adam(discriminator)

    def step(sketch: Tensor, picture: Tensor) -> Losses:
        made = generator(sketch)
        real_loss, made_loss = (
            judge(discriminator(picture, sketch), 1.0),
            judge(discriminator(made.detach(), sketch), 0.0),
        )
        discriminator_loss = (real_loss + made_loss) / 2
        take_step(d_adam, discriminator_loss)
        fool, distance = judge(discriminator(made, sketch), 1.0), functional.l1_loss(made, picture)
        generator_loss = fool + 100 * distance
        take_step(g_adam, generator_loss)
        rival = {"real_loss": real_loss, "made_loss": made_loss, "discriminator_loss": discriminator_loss}
        return {**rival, "fool": fool, "distance": distance, "generator_loss": generator_loss}

    return step


def train_pix2pix(main: Fields, epochs: int) -> Networks:
    """Pictures from sketches."""
    generator, discriminator = Painter(), PatchJudge(4)
    step = teach_painter(generator, discriminator)
    for sketch, picture in draw_batches(epochs, 16, main["sketch"], main["picture"]):
        step(sketch, picture)
    return {"generator": generator}


def teach_enlarger(enlarge: nn.Module, discriminator: nn.Module, steps: int) -> Callable[[Tensor], Losses]:
    """Ledig et al. 2017, without a network that was trained before: the distance, and a discriminator that wants details.

    The rate of the network that enlarges falls along a cosine over so many steps.
    """
    adam, d_adam = torch.optim.Adam(enlarge.parameters(), lr=1e-3), make_adam(discriminator)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda at: (1 + math.cos(math.pi * at / steps)) / 2)

    def step(image: Tensor) -> Losses:
        made = enlarge(functional.avg_pool2d(image, 2))
        real_loss, made_loss = judge(discriminator(image), 1.0), judge(discriminator(made.detach()), 0.0)
        discriminator_loss = (real_loss + made_loss) / 2
        take_step(d_adam, discriminator_loss)
        distance, fool = functional.l1_loss(made, image), judge(discriminator(made), 1.0)
        generator_loss = distance + 0.001 * fool
        take_step(adam, generator_loss)
        schedule.step()
        rival = {"real_loss": real_loss, "made_loss": made_loss, "discriminator_loss": discriminator_loss}
        return {**rival, "distance": distance, "fool": fool, "generator_loss": generator_loss}

    return step


def train_super_resolution_gan(main: Fields, epochs: int) -> Networks:
    """Pictures twice as large, and sharp."""
    enlarge, discriminator = Enlarger(), PatchJudge(3)
    step = teach_enlarger(enlarge, discriminator, epochs * math.ceil(len(main["image"]) / 16))
    for (image,) in draw_batches(epochs, 16, main["image"]):
        step(image)
    return {"enlarge": enlarge}


class Residual(nn.Module):
    """Two convolutions, and what went in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1), nn.InstanceNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1), nn.InstanceNorm2d(channels),
        )  # fmt: skip

    def forward(self, value: Tensor) -> Tensor:
        """Features of the same shape."""
        return self.body(value) + value  # type: ignore[no-any-return]


def make_translator() -> nn.Module:
    """From one world to the other, at full size."""
    return nn.Sequential(
        nn.Conv2d(3, 24, 5, 1, 2), nn.InstanceNorm2d(24), nn.ReLU(), Residual(24), Residual(24),
        nn.Conv2d(24, 3, 5, 1, 2), nn.Tanh(),
    )  # fmt: skip


def make_world_judge() -> nn.Module:
    """A score for each patch: does it come from this world?"""
    return nn.Sequential(
        nn.Conv2d(3, 24, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(24, 48, 4, 2, 1), nn.InstanceNorm2d(48), nn.LeakyReLU(0.2), nn.Conv2d(48, 1, 3, 1, 1),
    )  # fmt: skip


def find_surprise(critic: nn.Module, real: Tensor, old: Tensor) -> Tensor:
    """How far a critic's scores are from 1 for real pictures and from 0 for made ones."""
    return (((critic(real) - 1) ** 2).mean() + (critic(old) ** 2).mean()) / 2


def teach_translators(
    forth: nn.Module, back: nn.Module, critic_a: nn.Module, critic_b: nn.Module, lr: float, pool: int
) -> Callable[[Tensor, Tensor], Losses]:
    """Zhu et al. 2017, as in the paper's code: both translators, then both critics on what their pools give."""
    both = [*forth.parameters(), *back.parameters()]
    g_adam, adam_b, adam_a = (
        torch.optim.Adam(parameters, lr=lr, betas=(0.5, 0.999))
        for parameters in (both, critic_b.parameters(), critic_a.parameters())
    )
    pool_a, pool_b = PoolByHand(pool), PoolByHand(pool)

    def step(a: Tensor, b: Tensor) -> Losses:
        to_b, to_a = forth(a), back(b)
        again_a, again_b = back(to_b), forth(to_a)
        critic_a.requires_grad_(False)
        critic_b.requires_grad_(False)
        fool_b, fool_a = ((critic_b(to_b) - 1) ** 2).mean(), ((critic_a(to_a) - 1) ** 2).mean()
        cycle_a, cycle_b = functional.l1_loss(again_a, a), functional.l1_loss(again_b, b)
        g_loss = fool_b + fool_a + 10 * (cycle_a + cycle_b)
        take_step(g_adam, g_loss)
        critic_a.requires_grad_(True)
        critic_b.requires_grad_(True)
        loss_b = find_surprise(critic_b, b, pool_b.query(to_b))
        take_step(adam_b, loss_b)
        loss_a = find_surprise(critic_a, a, pool_a.query(to_a))
        take_step(adam_a, loss_a)
        return {"cycle_a": cycle_a, "cycle_b": cycle_b, "g_loss": g_loss, "loss_b": loss_b, "loss_a": loss_a}

    return step


def train_cyclegan(plain: Fields, striped: Fields, epochs: int) -> Networks:
    """From plain pictures to striped ones and back, without pairs."""
    stripe, paint = make_translator(), make_translator()
    step = teach_translators(stripe, paint, make_world_judge(), make_world_judge(), lr=5e-4, pool=50)
    others = repeat(striped["image"], 8)
    for (image,) in draw_batches(epochs, 8, plain["image"]):
        step(image, next(others))
    return {"stripe": stripe, "paint": paint}


class Stage(nn.Module):
    """A convolution that is told the step, and another one."""

    def __init__(self, inputs: int, channels: int, stride: int) -> None:
        super().__init__()
        self.first, self.time = nn.Conv2d(inputs, channels, 3, stride, 1), nn.Linear(64, channels)
        self.norm1, self.norm2 = nn.GroupNorm(8, channels), nn.GroupNorm(8, channels)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1)

    def forward(self, value: Tensor, time: Tensor) -> Tensor:
        """Features."""
        value = functional.silu(self.norm1(self.first(value) + self.time(time)[:, :, None, None]))
        return functional.silu(self.norm2(self.second(value)))


class NoiseFinder(nn.Module):
    """A U-Net that says which noise lies over a picture of 16×16 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.Embedding(NOISE_STEPS, 64)
        self.stage1, self.stage2, self.stage3 = Stage(1, 16, 1), Stage(16, 40, 2), Stage(40, 40, 2)
        self.up2 = nn.Sequential(nn.Conv2d(80, 40, 3, 1, 1), nn.GroupNorm(8, 40), nn.SiLU())
        self.up1 = nn.Sequential(nn.Conv2d(56, 16, 3, 1, 1), nn.GroupNorm(8, 16), nn.SiLU())
        self.last = nn.Conv2d(16, 1, 3, 1, 1)

    def forward(self, picture: Tensor, step: Tensor) -> Tensor:
        """The noise."""
        time = functional.silu(self.steps(step))
        large = self.stage1(picture, time)
        small = self.stage2(large, time)
        back = functional.interpolate(self.stage3(small, time), scale_factor=2.0)
        back = functional.interpolate(self.up2(torch.cat([back, small], dim=1)), scale_factor=2.0)
        return self.last(self.up1(torch.cat([back, large], dim=1)))  # type: ignore[no-any-return]


def list_cosine_shares(steps: int) -> Tensor:
    """What is left of a picture after each step (Nichol and Dhariwal 2021)."""
    at = (torch.arange(steps + 1, dtype=torch.float64) / steps + 0.008) / 1.008
    left = torch.cos(at * torch.pi / 2) ** 2
    return torch.cumprod(1 - (1 - left[1:] / left[:-1]).clamp(max=0.999), 0).float()


def teach_noise_finder(
    model: nn.Module, kept: nn.Module, adam: torch.optim.Adam, steps: int, decay: float
) -> Callable[[Tensor], Losses]:
    """Ho et al. 2020, with the averaged weights that pictures are made with."""
    kept.load_state_dict(model.state_dict())
    kept.eval().requires_grad_(False)
    shares = list_cosine_shares(steps)

    def step(image: Tensor) -> Losses:
        noise = torch.randn_like(image)
        at = torch.randint(0, steps, (len(image),))
        share = shares[at].view(-1, 1, 1, 1)
        loss = functional.mse_loss(model(share.sqrt() * image + (1 - share).sqrt() * noise, at), noise)
        take_step(adam, loss)
        with torch.no_grad():
            for old, new in zip(kept.parameters(), model.parameters(), strict=True):
                old.mul_(decay).add_(new, alpha=1 - decay)
        return {"loss": loss}

    return step


def train_diffusion(main: Fields, epochs: int) -> Networks:
    """Pictures of noise, at a rate that falls along a cosine from step to step."""
    model, kept = NoiseFinder(), NoiseFinder()
    adam = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, epochs * math.ceil(len(main["image"]) / 64))
    step = teach_noise_finder(model, kept, adam, NOISE_STEPS, decay=0.99)
    for (image,) in draw_batches(epochs, 64, main["image"]):
        step(image)
        schedule.step()
    return {"kept": kept}


@torch.no_grad()
def draw_by_denoising(network: nn.Module, count: int, calls: int = 25) -> Tensor:
    """Pictures in -1..1 of noise: the posterior of Ho et al. over some of the steps, with the picture kept in its bounds."""
    left = list_cosine_shares(NOISE_STEPS).double()
    at = [round(place) for place in torch.linspace(0, NOISE_STEPS - 1, calls).tolist()]
    value = torch.randn(count, 1, 16, 16)
    for number in reversed(range(calls)):
        now, then = left[at[number]], left[at[number - 1]] if number else torch.tensor(1.0).double()
        said = network(value, torch.full((count,), at[number]))
        clean = ((value - (1 - now).sqrt() * said) / now.sqrt()).clamp(-1, 1)
        rate = 1 - now / then
        mean = (then.sqrt() * rate * clean + (1 - rate).sqrt() * (1 - then) * value) / (1 - now)
        spread = (rate * (1 - then) / (1 - now)).sqrt()
        value = (mean + spread * torch.randn_like(value)).float() if number else mean.float()
    return value
