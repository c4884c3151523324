"""The networks of small algorithms, drawn in few words, and a project around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from builder.document import Project
from tests.builder.drawn import chain, graph, node, source

NOISE = 6
Networks = dict[str, nn.Module]
Step = Callable[[Tensor, Tensor], dict[str, Tensor]]
Write = Callable[[Networks], Step]


def project(networks: dict[str, Any], nodes: list[Any], links: str) -> Project:
    """A project of these networks, in which ``data`` gives pictures ``x`` of 1x8x8 with classes ``y``."""
    training = graph(
        [node("data", "Data", source="main", batch_size=20), *nodes], *filter(None, map(str.strip, links.split("\n")))
    )
    run = {"epochs": 3}
    return Project.model_validate({"networks": networks, "training": training, "data": {"main": source()}, "run": run})


def generator() -> Any:
    """From noise to pictures, with batch statistics."""
    return chain(
        node("z", "Input", shape=[NOISE]),
        node("linear", "Linear", out_features=32),
        node("norm", "BatchNorm1d"),
        node("relu", "ReLU"),
        node("out", "Linear", out_features=64),
        node("shape", "Reshape", shape=[1, 8, 8]),
        node("picture", "Output"),
    )


def critic() -> Any:
    """From pictures to one score, without batch statistics."""
    return chain(
        node("picture", "Input", shape=[1, 8, 8]),
        node("flat", "Flatten"),
        node("linear", "Linear", out_features=24),
        node("leaky", "LeakyReLU"),
        node("out", "Linear", out_features=1),
        node("score", "Output"),
    )


def classifier() -> Any:
    """From pictures to scores of three classes, with batch statistics."""
    return chain(
        node("picture", "Input", shape=[1, 8, 8]),
        node("flat", "Flatten"),
        node("linear", "Linear", out_features=24),
        node("norm", "BatchNorm1d"),
        node("relu", "ReLU"),
        node("out", "Linear", out_features=3),
        node("scores", "Output"),
    )


RIVALS = {"generator": generator(), "critic": critic()}
CALLS = [
    node("noise", "Noise", size=[NOISE]),
    node("fake", "Network", network="generator"),
    node("d_real", "Network", network="critic"),
    node("d_fake", "Network", network="critic"),
]
CALLED = """
    noise -> fake.z
    fake.picture -> d_fake.picture
    data.x -> d_real.picture
"""
ADAM = {"lr": 0.002, "betas": [0.5, 0.999]}
