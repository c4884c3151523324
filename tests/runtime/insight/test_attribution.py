"""What each pixel is said to count for, where that is known exactly."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch
from torch import nn

from builder.compiler import PlannedNetwork, build_network
from builder.document import Project
from runtime.insight.attribution import (
    Tapped,
    cover,
    integrate_gradients,
    light_maps,
    list_maps,
    make_blank,
    window_of,
)
from tests.builder.drawn import chain, edge, node

SIDE = 12
IMAGE = ("image", "Input", {"shape": [1, SIDE, SIDE]})
FLATTEN, SCORES = ("flat", "Flatten", {}), ("scores", "Output", {})
LINEAR = ("fc", "Linear", {"out_features": 3})


def build(*nodes) -> PlannedNetwork:
    torch.manual_seed(0)
    drawn = chain(*(node(id, kind, **params) for id, kind, params in (IMAGE, *nodes, SCORES)))
    network = build_network(Project(networks={"model": drawn}), "model")
    assert isinstance(network, PlannedNetwork)
    return network.eval().requires_grad_(False)


def ask(network: nn.Module, picture: torch.Tensor) -> Tapped:
    return Tapped(network, [picture], 0, lambda output: output)


def draw_picture() -> torch.Tensor:
    """A picture with an empty edge."""
    picture = torch.zeros(1, 1, SIDE, SIDE)
    picture[..., 1:-1, 1:-1] = torch.rand(1, 1, SIDE - 2, SIDE - 2, generator=torch.Generator().manual_seed(1))
    return picture


def test_of_a_linear_network_a_pixel_counts_its_weight_times_its_value():
    network, picture = build(FLATTEN, LINEAR), draw_picture()
    weight = network.get_parameter("fc.weight")
    for label in range(3):
        heat = integrate_gradients(ask(network, picture), picture, label)
        assert torch.allclose(heat, (weight[label] * picture.flatten()).reshape(SIDE, SIDE), atol=1e-6)


def test_the_parts_of_a_deep_network_add_up_to_the_difference_of_the_scores():
    layers = [("conv", "Conv2d", {"out_channels": 6, "kernel_size": 3}), ("act", "GELU", {}), FLATTEN, LINEAR]
    network, picture = build(*layers), draw_picture() + 0.2
    heat = integrate_gradients(ask(network, picture), picture, 1)
    difference = network(picture)[0, 1] - network(make_blank(picture))[0, 1]
    assert float(heat.sum()) == pytest.approx(float(difference), abs=1e-4)


def test_covering_the_only_pixel_that_matters_loses_most():
    network, picture = build(FLATTEN, LINEAR), draw_picture()
    picture[0, 0, 7, 4] = 1.0
    only = torch.zeros(SIDE, SIDE)
    only[7, 4] = 5.0
    network.get_parameter("fc.weight").copy_(torch.stack([only.flatten()] * 3))
    heat = cover(ask(network, picture), picture, 0)
    assert float(heat[7, 4]) == heat.max() == pytest.approx(5.0)
    side, _ = window_of(picture)
    near = torch.zeros(SIDE, SIDE, dtype=torch.bool)
    near[7 - side : 8 + side, 4 - side : 5 + side] = True
    assert not heat[~near].any()


def test_maps_light_the_corner_that_a_network_looks_at():
    network, picture = build(("conv", "Conv2d", {"out_channels": 1, "kernel_size": 1}), FLATTEN, LINEAR), draw_picture()
    picture[..., :4, :4], picture[..., -4:, -4:] = 1.0, 0.0
    network.get_parameter("conv.weight").fill_(1.0)
    network.get_parameter("conv.bias").zero_()
    corner = torch.zeros(3, SIDE, SIDE)
    corner[:, :4, :4] = 1.0
    network.get_parameter("fc.weight").copy_(corner.flatten(1))
    heat = light_maps(ask(network, picture), "conv", picture, 0)
    assert heat.shape == (SIDE, SIDE) and heat.min() >= 0
    assert heat[:4, :4].min() == heat.max() > 0
    assert torch.allclose(heat / heat.max(), (picture / picture.max())[0, 0], atol=1e-5)


def test_nodes_with_a_map_can_be_looked_at_with_weights_or_without():
    pool, mean = ("pool", "MaxPool2d", {"kernel_size": 2}), ("mean", "AdaptiveAvgPool2d", {"output_size": 1})
    layers = [
        ("conv", "Conv2d", {"out_channels": 4, "kernel_size": 3}),
        ("act", "ReLU", {}),
        pool,
        mean,
        FLATTEN,
        LINEAR,
    ]
    network, picture = build(*layers), draw_picture()
    maps = list_maps(network, [picture])
    assert [(one.key, one.size) for one in maps] == [("conv", (10, 10)), ("act", (10, 10)), ("pool", (5, 5))]
    for one in maps:
        assert light_maps(ask(network, picture), one.key, picture, 2).shape == (SIDE, SIDE)


def test_every_turn_of_a_block_has_maps_of_its_own():
    inner = chain(node("x", "Input", shape=[2, SIDE, SIDE]), node("conv", "Conv2d", out_channels=2, kernel_size=3, padding=1),
                  node("act", "GELU"), node("y", "Output"))  # fmt: skip
    first = node("first", "Conv2d", out_channels=2, kernel_size=1)
    block, flat, scores = (
        node("block", "Block", network="twice", repeat=2),
        node("flat", "Flatten"),
        node("scores", "Output"),
    )
    outer = chain(node("image", "Input", shape=[1, SIDE, SIDE]), first, block, flat, scores)
    outer = outer.model_copy(update={"edges": tuple(edge(link) for link in (
        "image -> first", "first -> block.x", "block.y -> flat", "flat -> scores"))})  # fmt: skip
    network = build_network(Project(networks={"model": outer, "twice": inner}), "model").eval().requires_grad_(False)
    assert isinstance(network, PlannedNetwork)
    picture = draw_picture()
    keys = [one.key for one in list_maps(network, [picture])]
    assert keys == ["first", "block/conv", "block/act", "block.2/conv", "block.2/act", "block"]
    lit = {key: light_maps(ask(network, picture), key, picture, 40) for key in keys}
    assert torch.equal(lit["block"], lit["block.2/act"]) and not torch.equal(lit["block/act"], lit["block.2/act"])


def test_a_network_without_a_convolution_has_no_maps():
    assert list_maps(build(("drop", "Dropout2d", {"p": 0.5}), FLATTEN, LINEAR), [draw_picture()]) == []


def test_nothing_is_left_behind():
    network, picture = build(("conv", "Conv2d", {"out_channels": 2, "kernel_size": 3}), FLATTEN, LINEAR), draw_picture()
    before, steps = torch.get_rng_state(), network._steps
    first, second = (
        [method(ask(network, picture), picture, 0) for method in (integrate_gradients, cover)] for _ in range(2)
    )
    light_maps(ask(network, picture), "conv", picture, 0)
    assert all(torch.equal(one, two) for one, two in zip(first, second, strict=True))
    assert torch.equal(torch.get_rng_state(), before) and network._steps is steps
    assert all(parameter.grad is None for parameter in network.parameters()) and picture.grad is None


@pytest.mark.parametrize(("height", "width"), [(1, 1), (8, 8), (28, 28), (32, 96), (224, 224), (2000, 3)])
def test_no_picture_is_covered_more_than_a_few_hundred_times(height, width):
    calls = []
    picture = torch.zeros(1, 1, height, width)
    cover(lambda given: (calls.append(len(given)), given.flatten(1).sum(1, keepdim=True))[1], picture, 0)
    assert sum(calls) <= 400


def test_captum_is_loaded_by_no_module_when_that_is_imported():
    def imports_captum(statement: ast.stmt) -> bool:
        names = [alias.name for alias in getattr(statement, "names", [])]
        return any(name.split(".")[0] == "captum" for name in [*names, getattr(statement, "module", None) or ""])

    users = [path for path in Path("runtime").rglob("*.py") if "captum" in path.read_text()]
    trees = [
        ast.parse(path.read_text()) for path in (*users, *Path("ui").rglob("*.py")) if "node_modules" not in path.parts
    ]
    assert users and not any(imports_captum(statement) for tree in trees for statement in tree.body)
