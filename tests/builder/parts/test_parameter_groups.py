"""Parameters find their groups by name and by what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from builder.parts.parameter_groups import find_group, let_learn, split_parameters

CASES = json.loads((Path(__file__).parents[2] / "fixtures" / "groups.json").read_text())


def make_network() -> nn.Sequential:
    layers = {"conv1": nn.Conv2d(1, 2, 3), "norm1": nn.BatchNorm2d(2), "linear1": nn.Linear(2, 2)}
    network = nn.Sequential()
    for name, layer in layers.items():
        network.add_module(name, layer)
    return network


def test_biases_and_norms_take_every_parameter_of_one_axis() -> None:
    network = make_network()
    groups = split_parameters(network.named_parameters(), [{"match": "biases_and_norms", "weight_decay": 0.0}], 0.1)
    assert [len(group["params"]) for group in groups] == [4, 2]
    assert groups[0]["weight_decay"] == 0.0
    assert all(parameter.ndim > 1 for parameter in groups[1]["params"])
    assert "weight_decay" not in groups[1]


def test_a_pattern_scales_the_rate_of_the_names_it_matches() -> None:
    network = make_network()
    groups = split_parameters(network.named_parameters(), [{"match": "conv*", "lr_scale": 0.1}], 0.5)
    assert groups[0]["lr"] == 0.05
    assert [id(p) for p in groups[0]["params"]] == [id(p) for p in network.conv1.parameters()]


def test_the_first_group_that_matches_counts_and_empty_groups_vanish() -> None:
    settings = [{"match": "*.weight"}, {"match": "conv1.weight", "lr_scale": 9.0}, {"match": "*"}]
    groups = split_parameters(make_network().named_parameters(), settings, 0.1)
    assert [len(group["params"]) for group in groups] == [3, 3]
    assert all("lr" not in group for group in groups)


def test_frozen_parameters_are_in_no_group() -> None:
    network = make_network()
    network.conv1.requires_grad_(False)
    groups = split_parameters(network.named_parameters(), [], 0.1)
    assert sum(len(group["params"]) for group in groups) == 4


def test_an_optimizer_takes_the_groups() -> None:
    network = make_network()
    groups = split_parameters(network.named_parameters(), [{"match": "biases_and_norms", "weight_decay": 0.0}], 0.1)
    optimizer = torch.optim.AdamW(groups, lr=0.1, weight_decay=0.5)
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.0, 0.5]


def test_groups_learn_from_their_epoch_or_never_and_all_others_always() -> None:
    network = make_network()
    groups = [{"match": "conv1.*", "frozen": True}, {"match": "norm1.*", "from_epoch": 2}]
    for epoch, learning in ((0, {"linear1"}), (2, {"linear1", "norm1"}), (9, {"linear1", "norm1"})):
        let_learn(network.named_parameters(), groups, epoch)
        assert {
            name.split(".")[0] for name, parameter in network.named_parameters() if parameter.requires_grad
        } == learning


def test_the_name_of_a_node_takes_all_of_it_and_nothing_that_only_begins_alike() -> None:
    names = ["layer1.0.conv1.weight", "layer1.1.bn1.bias", "layer10.0.conv1.weight", "fc.weight"]
    groups = [{"match": "layer1"}]
    assert [find_group(groups, name, torch.zeros(2, 2)) for name in names] == [0, 0, 1, 1]


@pytest.mark.parametrize("name", CASES)
def test_a_group_takes_what_the_canvas_says_it_takes(name: str) -> None:
    case = CASES[name]
    groups = [{"match": match} for match in case["groups"]]
    found = [find_group(groups, tensor, torch.empty((1,) * axes)) for tensor, axes in case["tensors"].items()]
    assert [None if number == len(groups) else number for number in found] == case["taken"]
