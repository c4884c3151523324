"""Algorithms with several networks, drawn in few words, each beside the loop that a person would write for it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from builder.document import Project, Weights
from builder.parts.augment import Augment
from tests.builder.drawn import chain, graph, node
from tests.runtime.algorithm_parts import (
    Networks,
    Step,
    Write,
    classifier,
    project,
)
from tests.runtime.rival_algorithms import gan, gan_by_hand, wgan, wgan_by_hand, wgan_gp, wgan_gp_by_hand


def mean_teacher() -> Project:
    """A pupil that learns the classes, and what its own average says of disturbed pictures."""
    nodes = [
        node("blur", "Noise", size=[1, 8, 8]),
        node("shaken", "Formula", expression="x + 0.1 * n"),
        node("said", "Network", network="pupil"),
        node("wished", "Network", network="teacher"),
        node("loss", "CrossEntropyLoss"),
        node("alike", "MSELoss"),
        node("both", "Formula", expression="l + 0.5 * a"),
        node("adam", "Adam", networks=["pupil"], lr=0.002),
        node("follow", "Average", networks=["teacher"], network="pupil", decay=0.9, order=1),
    ]
    links = """
        data.x -> shaken.x
        blur -> shaken.n
        data.x -> said.picture
        shaken -> wished.picture
        said.scores -> loss.input
        data.y -> loss.target
        said.scores -> alike.input
        wished.scores -> alike.target
        loss -> both.l
        alike -> both.a
        both -> adam.loss
    """
    return project({"pupil": classifier(), "teacher": classifier()}, nodes, links)


def mean_teacher_by_hand(networks: Networks) -> Step:
    """The loop of the paper."""
    pupil, teacher = networks["pupil"], networks["teacher"]
    teacher.load_state_dict(pupil.state_dict())
    teacher.requires_grad_(False).eval()
    adam = torch.optim.Adam(pupil.parameters(), lr=0.002)

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        shaken = x + 0.1 * torch.randn(len(x), 1, 8, 8)
        said = pupil(x)
        with torch.no_grad():
            wished = teacher(shaken)
        loss, alike = nn.functional.cross_entropy(said, y), nn.functional.mse_loss(said, wished)
        both = loss + 0.5 * alike
        adam.zero_grad()
        both.backward()
        adam.step()
        with torch.no_grad():
            for kept, new in zip(teacher.state_dict().values(), pupil.state_dict().values(), strict=True):
                if kept.is_floating_point():
                    kept.mul_(0.9).add_(new, alpha=1 - 0.9)
                else:
                    kept.copy_(new)
        return {"loss": loss, "alike": alike, "both": both}

    return step


def vae() -> Project:
    """An encoder of distributions and a decoder of what is drawn from them."""
    encoder = graph(
        [node("picture", "Input", shape=[1, 8, 8]), node("flat", "Flatten"), node("hidden", "Linear", out_features=24),
         node("relu", "ReLU"), node("to_mean", "Linear", out_features=4), node("to_variance", "Linear", out_features=4),
         node("mean", "Output"), node("log_variance", "Output")],
        "picture -> flat", "flat -> hidden", "hidden -> relu", "relu -> to_mean", "relu -> to_variance",
        "to_mean -> mean", "to_variance -> log_variance",
    )  # fmt: skip
    decoder = chain(node("z", "Input", shape=[4]), node("hidden", "Linear", out_features=24), node("relu", "ReLU"),
                    node("out", "Linear", out_features=64), node("picture", "Output"))  # fmt: skip
    nodes = [
        node("seen", "Network", network="encoder"),
        node("z", "Reparameterize"),
        node("again", "Network", network="decoder"),
        node("error", "MSELoss"),
        node("kl", "NormalKLLoss"),
        node("loss", "Formula", expression="64 * e + k"),
        node("adam", "Adam", networks=["encoder", "decoder"], lr=0.002),
    ]
    links = """
        data.x -> seen.picture
        seen.mean -> z.mean
        seen.log_variance -> z.log_variance
        z -> again.z
        again.picture -> error.input
        data.x -> error.target
        seen.mean -> kl.mean
        seen.log_variance -> kl.log_variance
        error -> loss.e
        kl -> loss.k
        loss -> adam.loss
    """
    decoder = chain(*decoder.nodes[:-1], node("shape", "Reshape", shape=[1, 8, 8]), decoder.nodes[-1])
    return project({"encoder": encoder, "decoder": decoder}, nodes, links)


def vae_by_hand(networks: Networks) -> Step:
    """The loop of the tutorials."""
    encoder, decoder = networks["encoder"], networks["decoder"]
    adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.002)

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        mean, log_variance = encoder(x)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        error = nn.functional.mse_loss(decoder(z), x)
        kl = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=1).mean()
        loss = 64 * error + kl
        adam.zero_grad()
        loss.backward()
        adam.step()
        return {"error": error, "kl": kl, "loss": loss}

    return step


def distillation() -> Project:
    """A student that learns the classes, and what a teacher that rests says of them."""
    nodes = [
        node("said", "Network", network="student"),
        node("wished", "Network", network="teacher"),
        node("hard", "CrossEntropyLoss"),
        node("soft", "DistillationLoss", temperature=4.0),
        node("loss", "Formula", expression="0.3 * h + 0.7 * s"),
        node("sgd", "SGD", networks=["student"], lr=0.05, momentum=0.9),
    ]
    links = """
        data.x -> said.picture
        data.x -> wished.picture
        said.scores -> hard.input
        data.y -> hard.target
        said.scores -> soft.input
        wished.scores -> soft.target
        hard -> loss.h
        soft -> loss.s
        loss -> sgd.loss
    """
    teacher = classifier().model_copy(update={"weights": Weights(origin="an earlier run")})
    return project({"student": classifier(), "teacher": teacher}, nodes, links)


def distillation_by_hand(networks: Networks) -> Step:
    """The loop of the tutorials."""
    student, teacher = networks["student"], networks["teacher"].eval().requires_grad_(False)
    sgd = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9)

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        said = student(x)
        with torch.no_grad():
            wished = teacher(x)
        hard = nn.functional.cross_entropy(said, y)
        soft_said = nn.functional.log_softmax(said / 4.0, dim=1)
        soft_wished = nn.functional.log_softmax(wished / 4.0, dim=1)
        soft = nn.functional.kl_div(soft_said, soft_wished, reduction="batchmean", log_target=True) * 4.0**2
        loss = 0.3 * hard + 0.7 * soft
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        return {"hard": hard, "soft": soft, "loss": loss}

    return step


def simclr() -> Project:
    """Two augmented views of each picture that are to find each other, and a probe that does not disturb them."""
    probe = chain(
        node("features", "Input", shape=[24]), node("out", "Linear", out_features=3), node("scores", "Output")
    )
    encoder = chain(node("picture", "Input", shape=[1, 8, 8]), node("flat", "Flatten"),
                    node("hidden", "Linear", out_features=24), node("features", "Output"))  # fmt: skip
    nodes = [
        node("first", "Augment", shift=0.2),
        node("second", "Augment", shift=0.2),
        node("one", "Network", network="encoder"),
        node("other", "Network", network="encoder"),
        node("alike", "NTXentLoss", temperature=0.5),
        node("adam", "Adam", networks=["encoder"], lr=0.002),
        node("plain", "Network", network="encoder", mode="eval"),
        node("held", "Detach", hold=False),
        node("guess", "Network", network="probe"),
        node("loss", "CrossEntropyLoss"),
        node("probe_adam", "Adam", networks=["probe"], lr=0.01, order=1),
    ]
    links = """
        data.x -> first.image
        data.x -> second.image
        first.image -> one.picture
        second.image -> other.picture
        one.features -> alike.first
        other.features -> alike.second
        alike -> adam.loss
        data.x -> plain.picture
        plain.features -> held
        held -> guess.features
        guess.scores -> loss.input
        data.y -> loss.target
        loss -> probe_adam.loss
    """
    return project({"encoder": encoder, "probe": probe}, nodes, links)


def simclr_by_hand(networks: Networks) -> Step:
    """The loop of the paper, with a linear probe that learns beside it from the features as they are by then."""
    encoder, probe = networks["encoder"], networks["probe"]
    adam = torch.optim.Adam(encoder.parameters(), lr=0.002)
    probe_adam = torch.optim.Adam(probe.parameters(), lr=0.01)
    augment = Augment(shift=0.2).train()

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        one, other = augment(x), augment(x)
        views = nn.functional.normalize(torch.cat([encoder(one), encoder(other)]), dim=1)
        likeness = (views @ views.T / 0.5).masked_fill(torch.eye(len(views), dtype=torch.bool), float("-inf"))
        alike = nn.functional.cross_entropy(likeness, torch.arange(len(views)).roll(len(x)))
        adam.zero_grad()
        alike.backward()
        adam.step()
        with torch.no_grad():
            features = encoder(x)
        loss = nn.functional.cross_entropy(probe(features), y)
        probe_adam.zero_grad()
        loss.backward()
        probe_adam.step()
        return {"alike": alike, "loss": loss}

    return step


ALGORITHMS: dict[str, tuple[Project, Write]] = {
    "gan": (gan(), gan_by_hand),
    "wgan": (wgan(), wgan_by_hand),
    "wgan_gp": (wgan_gp(), wgan_gp_by_hand),
    "mean_teacher": (mean_teacher(), mean_teacher_by_hand),
    "vae": (vae(), vae_by_hand),
    "distillation": (distillation(), distillation_by_hand),
    "simclr": (simclr(), simclr_by_hand),
}
