"""Algorithms with a pool, with sources that are not paired, with steps of noise, and one that is a project file alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.reference.pictures import teach_noise_finder, teach_translators
from builder.document import Project
from builder.parts.augment import Augment
from tests.builder.drawn import chain, graph, node, source
from tests.runtime.algorithm_parts import ADAM, Networks, Step, Write, critic, project

FIXTURES = Path(__file__).parents[1] / "fixtures" / "projects"
STEPS = 40
"""Of noise."""


def translator() -> Any:
    """From pictures to pictures, with batch statistics."""
    return chain(
        node("picture", "Input", shape=[1, 8, 8]),
        node("conv", "Conv2d", out_channels=4, kernel_size=3, padding=1),
        node("norm", "BatchNorm2d"),
        node("relu", "ReLU"),
        node("out", "Conv2d", out_channels=1, kernel_size=3, padding=1),
        node("made", "Output"),
    )


def cyclegan() -> Project:
    """Two translators and two critics over pictures that have no partners."""
    nodes = [
        node("a", "Data", source="first", batch_size=20),
        node("b", "Data", source="second", batch_size=16, leads=False, drop_last=True),
        node("to_b", "Network", network="forth"),
        node("to_a", "Network", network="back"),
        node("again_a", "Network", network="back"),
        node("again_b", "Network", network="forth"),
        node("seen_b", "Network", network="critic_b"),
        node("seen_a", "Network", network="critic_a"),
        node("fool_b", "Formula", expression="mean((s - 1) ** 2)"),
        node("fool_a", "Formula", expression="mean((s - 1) ** 2)"),
        node("cycle_a", "L1Loss"),
        node("cycle_b", "L1Loss"),
        node("g_loss", "Formula", expression="fb + fa + 10 * (ca + cb)"),
        node("g_adam", "Adam", networks=["forth", "back"], order=0, **ADAM),
        node("pool_b", "Buffer", size=30),
        node("pool_a", "Buffer", size=30),
        node("real_b", "Network", network="critic_b"),
        node("old_b", "Network", network="critic_b"),
        node("real_a", "Network", network="critic_a"),
        node("old_a", "Network", network="critic_a"),
        node("loss_b", "Formula", expression="(mean((r - 1) ** 2) + mean(f ** 2)) / 2"),
        node("loss_a", "Formula", expression="(mean((r - 1) ** 2) + mean(f ** 2)) / 2"),
        node("adam_b", "Adam", networks=["critic_b"], order=1, **ADAM),
        node("adam_a", "Adam", networks=["critic_a"], order=1, **ADAM),
    ]
    links = """
        a.x -> to_b.picture
        b.x -> to_a.picture
        to_b.made -> again_a.picture
        to_a.made -> again_b.picture
        to_b.made -> seen_b.picture
        to_a.made -> seen_a.picture
        seen_b.score -> fool_b.s
        seen_a.score -> fool_a.s
        again_a.made -> cycle_a.input
        a.x -> cycle_a.target
        again_b.made -> cycle_b.input
        b.x -> cycle_b.target
        fool_b -> g_loss.fb
        fool_a -> g_loss.fa
        cycle_a -> g_loss.ca
        cycle_b -> g_loss.cb
        g_loss -> g_adam.loss
        to_b.made -> pool_b
        to_a.made -> pool_a
        b.x -> real_b.picture
        pool_b -> old_b.picture
        a.x -> real_a.picture
        pool_a -> old_a.picture
        real_b.score -> loss_b.r
        old_b.score -> loss_b.f
        real_a.score -> loss_a.r
        old_a.score -> loss_a.f
        loss_b -> adam_b.loss
        loss_a -> adam_a.loss
    """
    networks = {"forth": translator(), "back": translator(), "critic_a": critic(), "critic_b": critic()}
    training = graph(nodes, *filter(None, map(str.strip, links.split("\n"))))
    data = {"first": source(), "second": source()}
    data["second"] = {**data["second"], "fields": {"x": {"kind": "image"}}}
    return Project.model_validate({"networks": networks, "training": training, "data": data, "run": {"epochs": 3}})


def cyclegan_by_hand(networks: Networks) -> Step:
    """The loop of the paper's code: both translators, then both critics on what their pools give."""
    four = (networks[name] for name in ("forth", "back", "critic_a", "critic_b"))
    step = teach_translators(*four, lr=0.002, pool=30)
    return lambda a, _, b: step(a, b)


def diffusion() -> Project:
    """A network that learns which noise lies over a picture."""
    network = graph(
        [node("picture", "Input", shape=[1, 8, 8]), node("step", "Input", shape=[], dtype="int64"),
         node("flat", "Flatten"), node("time", "Embedding", num_embeddings=STEPS, embedding_dim=8), node("both", "Concat"),
         node("hidden", "Linear", out_features=32), node("drop", "Dropout", p=0.1), node("relu", "ReLU"),
         node("out", "Linear", out_features=64), node("shape", "Reshape", shape=[1, 8, 8]), node("noise", "Output")],
        "picture -> flat", "step -> time", "flat -> both.inputs.0", "time -> both.inputs.1", "both -> hidden",
        "hidden -> drop", "drop -> relu", "relu -> out", "out -> shape", "shape -> noise",
    )  # fmt: skip
    nodes = [
        node("noise", "Noise", size=[1, 8, 8]),
        node("step", "RandomInteger", high=STEPS),
        node("noisy", "AddNoise", steps=STEPS, schedule="cosine"),
        node("said", "Network", network="model"),
        node("loss", "MSELoss"),
        node("adam", "Adam", networks=["model"], lr=0.002, order=0),
        node("follow", "Average", networks=["kept"], network="model", decay=0.95, order=1),
        node("samples", "DiffusionSamples", network="kept", steps=STEPS, schedule="cosine", calls=5, count=4),
    ]
    links = """
        data.x -> noisy.input
        noise -> noisy.noise
        step -> noisy.step
        noisy -> said.picture
        step -> said.step
        said.noise -> loss.input
        noise -> loss.target
        loss -> adam.loss
        data.x -> samples.image
    """
    return project({"model": network, "kept": network}, nodes, links)


def diffusion_by_hand(networks: Networks) -> Step:
    """The loop of the paper, with the averaged weights that pictures are made with."""
    model = networks["model"]
    adam = torch.optim.Adam(model.parameters(), lr=0.002)
    step = teach_noise_finder(model, networks["kept"], adam, STEPS, decay=0.95)
    return lambda x, _: step(x)


def triplets() -> Project:
    """What somebody thought of: written as a project file, without a line of Python."""
    return Project.model_validate_json((FIXTURES / "triplets_and_a_teacher.json").read_text(encoding="utf-8"))


def triplets_by_hand(networks: Networks) -> Step:
    """The same, thought of by somebody who programs."""
    student, teacher = networks["student"], networks["teacher"].eval().requires_grad_(False)
    teacher.load_state_dict(student.state_dict())
    adam = torch.optim.Adam(student.parameters(), lr=0.002)
    augment = Augment(shift=0.2).train()

    def step(x: Tensor, y: Tensor, other: Tensor, _: Tensor) -> dict[str, Tensor]:
        moved = augment(x)
        scores, early, anchor = student(x)
        _, _, near = student(moved)
        _, _, far = student(other)
        with torch.no_grad():
            wished = teacher(moved)[0]
        loss, early_loss = nn.functional.cross_entropy(scores, y), nn.functional.cross_entropy(early, y)
        distance = torch.linalg.vector_norm(anchor - near, dim=1) - torch.linalg.vector_norm(anchor - far, dim=1)
        triplet = (distance + 0.5).clamp(min=0).mean()
        alike = nn.functional.mse_loss(scores, wished)
        total = loss + 0.3 * early_loss + 0.5 * triplet + 0.1 * alike
        adam.zero_grad()
        total.backward()
        adam.step()
        with torch.no_grad():
            for kept, new in zip(teacher.parameters(), student.parameters(), strict=True):
                kept.mul_(0.9).add_(new, alpha=1 - 0.9)
        return {"loss": loss, "early_loss": early_loss, "alike": alike, "total": total}

    return step


WIDER_ALGORITHMS: dict[str, tuple[Project, Write]] = {
    "cyclegan": (cyclegan(), cyclegan_by_hand),
    "diffusion": (diffusion(), diffusion_by_hand),
    "triplets and a teacher": (triplets(), triplets_by_hand),
}
