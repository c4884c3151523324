"""Two networks against each other, each algorithm beside the loop that a person would write for it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from builder.document import Project
from tests.builder.drawn import node
from tests.runtime.algorithm_parts import (
    ADAM,
    CALLED,
    CALLS,
    NOISE,
    RIVALS,
    Networks,
    Step,
    project,
)


def gan() -> Project:
    """Two networks against each other, with binary cross-entropy."""
    losses = [
        node("real_loss", "BCEWithLogitsLoss", target=1.0),
        node("fake_loss", "BCEWithLogitsLoss", target=0.0),
        node("g_loss", "BCEWithLogitsLoss", target=1.0),
        node("d_loss", "Formula", expression="r + f"),
        node("d_adam", "Adam", networks=["critic"], order=0, **ADAM),
        node("g_adam", "Adam", networks=["generator"], order=1, **ADAM),
    ]
    links = """
        d_real.score -> real_loss
        d_fake.score -> fake_loss
        d_fake.score -> g_loss
        real_loss -> d_loss.r
        fake_loss -> d_loss.f
        d_loss -> d_adam.loss
        g_loss -> g_adam.loss
    """
    return project(RIVALS, [*CALLS, *losses], CALLED + links)


def gan_by_hand(networks: Networks) -> Step:
    """The loop of the tutorials."""
    g, d = networks["generator"], networks["critic"]
    d_adam = torch.optim.Adam(d.parameters(), lr=0.002, betas=(0.5, 0.999))
    g_adam = torch.optim.Adam(g.parameters(), lr=0.002, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        fake = g(torch.randn(len(x), NOISE))
        real_score, fake_score = d(x), d(fake.detach())
        real_loss = criterion(real_score, torch.ones_like(real_score))
        fake_loss = criterion(fake_score, torch.zeros_like(fake_score))
        d_loss = real_loss + fake_loss
        d_adam.zero_grad()
        d_loss.backward()
        d_adam.step()
        score = d(fake)
        g_loss = criterion(score, torch.ones_like(score))
        g_adam.zero_grad()
        g_loss.backward()
        g_adam.step()
        return {"real_loss": real_loss, "fake_loss": fake_loss, "d_loss": d_loss, "g_loss": g_loss}

    return step


def wgan() -> Project:
    """A critic with bounded weights, and a generator that learns every second step."""
    losses = [
        node("c_loss", "Formula", expression="mean(f) - mean(r)"),
        node("g_loss", "Formula", expression="-mean(s)"),
        node("c_rms", "RMSprop", networks=["critic"], order=0, lr=0.001),
        node("clip", "ClipWeights", networks=["critic"], order=1, limit=0.05),
        node("g_rms", "RMSprop", networks=["generator"], order=2, lr=0.001, when={"every": 2}),
    ]
    links = """
        d_real.score -> c_loss.r
        d_fake.score -> c_loss.f
        d_fake.score -> g_loss.s
        c_loss -> c_rms.loss
        g_loss -> g_rms.loss
    """
    return project(RIVALS, [*CALLS, *losses], CALLED + links)


def wgan_by_hand(networks: Networks) -> Step:
    """The loop of the paper, with two steps of the critic for one of the generator."""
    g, d = networks["generator"], networks["critic"]
    c_rms, g_rms = (torch.optim.RMSprop(net.parameters(), lr=0.001) for net in (d, g))
    count = 0

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        nonlocal count
        count += 1
        fake = g(torch.randn(len(x), NOISE))
        r = d(x)
        f = d(fake.detach())
        c_loss = f.mean() - r.mean()
        c_rms.zero_grad()
        c_loss.backward()
        c_rms.step()
        with torch.no_grad():
            for parameter in d.parameters():
                parameter.clamp_(-0.05, 0.05)
        if count % 2:
            return {"c_loss": c_loss}
        g_loss = -d(fake).mean()
        g_rms.zero_grad()
        g_loss.backward()
        g_rms.step()
        return {"c_loss": c_loss, "g_loss": g_loss}

    return step


def wgan_gp() -> Project:
    """A critic whose slope is kept near one between real and made pictures."""
    losses = [
        node("eps", "Uniform", size=[1, 1, 1]),
        node("mix", "Formula", expression="e * r + (1 - e) * f"),
        node("at", "Leaf"),
        node("c_at", "Network", network="critic"),
        node("slope", "Gradient"),
        node("penalty", "Formula", expression="mean((norm(g) - 1) ** 2)"),
        node("c_loss", "Formula", expression="mean(f) - mean(r) + 10 * p"),
        node("g_loss", "Formula", expression="-mean(s)"),
        node("c_adam", "Adam", networks=["critic"], order=0, **ADAM),
        node("g_adam", "Adam", networks=["generator"], order=1, **ADAM),
    ]
    links = """
        eps -> mix.e
        data.x -> mix.r
        fake.picture -> mix.f
        mix -> at
        at -> c_at.picture
        c_at.score -> slope.input
        at -> slope.leaf
        slope -> penalty.g
        d_real.score -> c_loss.r
        d_fake.score -> c_loss.f
        penalty -> c_loss.p
        d_fake.score -> g_loss.s
        c_loss -> c_adam.loss
        g_loss -> g_adam.loss
    """
    return project(RIVALS, [*CALLS, *losses], CALLED + links)


def wgan_gp_by_hand(networks: Networks) -> Step:
    """The loop of the paper."""
    g, d = networks["generator"], networks["critic"]
    c_adam, g_adam = (torch.optim.Adam(net.parameters(), lr=0.002, betas=(0.5, 0.999)) for net in (d, g))

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        noise = torch.randn(len(x), NOISE)
        e = torch.rand(len(x), 1, 1, 1)
        fake = g(noise)
        r = d(x)
        f = d(fake.detach())
        at = (e * x + (1 - e) * fake).detach().requires_grad_()
        slope = torch.autograd.grad(d(at).sum(), at, create_graph=True)[0]
        penalty = ((torch.linalg.vector_norm(slope.flatten(1), dim=1) - 1) ** 2).mean()
        c_loss = f.mean() - r.mean() + 10 * penalty
        c_adam.zero_grad()
        c_loss.backward()
        c_adam.step()
        g_loss = -d(fake).mean()
        g_adam.zero_grad()
        g_loss.backward()
        g_adam.step()
        return {"c_loss": c_loss, "g_loss": g_loss}

    return step
