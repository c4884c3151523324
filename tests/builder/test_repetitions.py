"""A stage whose first block is another one: shapes, findings, code, names of weights and cuts all see it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn

from builder.block_files import list_shipped
from builder.codegen import generate_model
from builder.compiler import build_network
from builder.cutting import cut_project
from builder.document import Node, Project
from builder.edits import apply_edits
from builder.findings import Finding
from builder.param_renaming import rename_param
from builder.planner import plan_network
from builder.rules import check
from builder.shape_flow import infer
from builder.uses import list_uses
from tests.builder.drawn import chain, classifier, graph, node

BLOCKS = {block.name: block.network for block in list_shipped()}
STAGE = {"network": "residual_basic", "first_network": "residual_basic_downsampling", "repeat": 2}
WELL_KNOWN = 11_173_962
"""Parameters of ResNet-18 with the stem for CIFAR and 10 classes."""


def stage(id: str, channels: int, **more: Any) -> Node:
    return node(id, "Block", **{**STAGE, "arguments": {"channels": channels}, **more})


def resnet(*stages: Node) -> Project:
    """A residual network of these stages."""
    stem = [node("x", "Input", shape=[3, 32, 32]), node("conv1", "Conv2d", out_channels=64, padding=1, bias=False)]
    ends = [node("pool", "GlobalAvgPool"), node("fc", "Linear", out_features=10), node("scores", "Output")]
    nodes = [*stem, node("bn1", "BatchNorm2d"), node("relu", "ReLU"), *stages, *ends]
    links = [
        f"{a.id}{'.out' if a.kind == 'Block' else ''} -> {b.id}{'.x' if b.kind == 'Block' else ''}"
        for a, b in pairwise(nodes)
    ]
    networks = {name: BLOCKS[name] for name in ("residual_basic", "residual_basic_downsampling")}
    return Project(networks={"model": graph(nodes, *links), **networks})


FIRST = node("layer1", "Block", network="residual_basic", repeat=2)
RESNET = resnet(FIRST, *(stage(f"layer{i}", 32 * 2**i) for i in (2, 3, 4)))


def errors(project: Project) -> list[Finding]:
    return [
        finding for finding in check(project) if finding.graph.startswith("networks.") and finding.severity == "error"
    ]


def make_module(source: str) -> nn.Module:
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(source, "model.py", "exec"), space)
    made: nn.Module = space["Model"]()
    return made


def test_a_residual_network_of_such_stages_has_the_well_known_number_of_parameters_and_names() -> None:
    assert errors(RESNET) == []
    flow = infer(RESNET)["networks.model"]
    assert flow.parameters == WELL_KNOWN
    shapes = [str(flow.nodes[f"layer{i}"].outputs["out"]) for i in (1, 2, 3, 4)]
    assert shapes == ["64×32×32", "128×16×16", "256×8×8", "512×4×4"]
    names = set(build_network(RESNET, "model").state_dict())
    assert names >= {"layer2.0.conv1.weight", "layer2.1.conv1.weight", "layer4.1.bn2.running_var"}
    assert "layer2.0.shortcut_conv.weight" in names
    assert "layer2.1.shortcut_conv.weight" not in names


def test_code_and_network_are_the_same_with_the_same_names() -> None:
    source = generate_model(RESNET)
    assert (
        "self.layer2 = nn.Sequential(\n            ResidualBasicDownsampling(),\n            ResidualBasic2(),\n"
        in source
    )
    theirs, ours = make_module(source).eval(), build_network(RESNET, "model").eval()
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 3, 32, 32)
    assert torch.equal(ours(x), theirs(x))


def test_the_first_has_what_all_are_given_and_over_that_its_own() -> None:
    project = resnet(stage("layer2", 64, first_arguments={"stride": 1}, repeat=3))
    plan = plan_network(project, "model")
    (call,) = [call for call in plan.calls if call.node == "layer2"]
    convolutions = [each.construct for block in call.blocks for each in block.calls if each.node == "conv1"]
    assert [made.kwargs.get("stride", 1) for made in convolutions if made] == [1, 1, 1]
    assert all(made.args[1] == 64 for made in convolutions if made)
    assert [len(block.calls) for block in call.blocks] == [9, 7, 7]


def test_the_same_network_may_have_other_values_the_first_time() -> None:
    inner = chain(node("x", "Input", shape=[4]), node("fc", "Linear", out_features="$width"), node("z", "Output"))
    inner = inner.model_copy(update={"params": {"width": 4}})
    use = node("stage", "Block", network="inner", repeat=3, arguments={"width": 5}, first_arguments={"width": 9})
    model = graph([node("x", "Input", shape=[4]), use, node("y", "Output")], "x -> stage.x", "stage.z -> y")
    project = Project(networks={"model": model, "inner": inner})
    shapes = {name: list(tensor.shape) for name, tensor in build_network(project, "model").state_dict().items()}
    assert [shapes[f"stage.{turn}.fc.weight"] for turn in range(3)] == [[9, 4], [5, 9], [5, 5]]


def test_each_network_of_a_stage_is_seen_through_the_repetitions_that_use_it() -> None:
    flows = infer(RESNET)
    table = list_uses(flows)
    known = flows["networks.model"].nodes["layer2"]
    first, other = (
        table.of(f"networks.{name}")[number].flow
        for name, number in zip((STAGE["first_network"], STAGE["network"]), table.numbers(known), strict=True)
    )
    assert first is known.inner[0] and other is known.inner[1]


@pytest.mark.parametrize("network", ["residual_basic", "residual_basic_downsampling"])
def test_a_node_inside_either_network_can_be_looked_at(network: str) -> None:
    project = classifier(RESNET.networks["model"], shape=(3, 32, 32))
    project = project.model_copy(update={"networks": RESNET.networks})
    cut = cut_project(project, f"networks.{network}", "conv2", (("model", "layer3"),))
    spec = infer(cut.project)["training"].nodes[cut.call].outputs["seen_0"]
    assert str(spec) == "256×8×8"
    names = build_network(cut.project, "model").state_dict()
    assert any("shortcut" in name for name in names if name.startswith("layer3_first")) is (network == "residual_basic")


def test_a_first_network_with_other_ports_is_said_and_mended() -> None:
    project = resnet(stage("layer2", 64, network="residual_basic", first_network="unet_down"))
    project = project.model_copy(update={"networks": {**project.networks, "unet_down": BLOCKS["unet_down"]}})
    (finding,) = errors(project)
    assert finding.message.startswith('Block "layer2": its first repetition is "unet_down" with 1 Input and 2 Outputs')
    assert finding.param == "first_network"
    assert errors(apply_edits(project, finding.repairs[0].edits)) == []


def test_a_first_network_that_is_not_there_is_said() -> None:
    (finding,) = errors(resnet(stage("layer2", 64, first_network="missing")))
    assert (finding.code, finding.param) == ("P004", "first_network")


def test_a_first_network_that_uses_the_block_itself_is_said() -> None:
    project = resnet(stage("layer2", 64, first_network="model"))
    assert any("uses itself" in finding.message for finding in errors(project))


def test_names_of_networks_and_of_their_parameters_are_followed() -> None:
    renamed = apply_edits(RESNET, [{"op": "rename_graph", "name": "residual_basic_downsampling", "to": "down"}])
    assert renamed.networks["model"].node("layer2").params["first_network"] == "down"
    for network in ("residual_basic", "residual_basic_downsampling"):
        edit = {"op": "rename_param", "graph": f"networks.{network}", "name": "channels", "to": "width"}
        after = rename_param(RESNET, edit)
        assert errors(after) == []
        assert infer(after)["networks.model"].parameters == WELL_KNOWN
