"""What the uses of a block show: their own shapes, their own findings, and the way to each."""

from __future__ import annotations

from typing import Any

from builder.analysis import analyse
from builder.document import Project
from builder.rules import check
from builder.shape_flow import infer
from builder.uses import MOST_USES, describe_trail, list_uses
from tests.builder.drawn import chain, graph, node

UNIT = chain(
    node("x", "Input", shape=[1, 4, 4]),
    node("conv1", "Conv2d", out_channels="$channels", kernel_size="$size", padding=1),
    node("y", "Output"),
).model_copy(update={"params": {"channels": 4, "size": 3}})
PAIR = graph(
    [
        node("x", "Input", shape=[1, 4, 4]),
        node("first", "Block", network="unit", arguments={"channels": "$channels"}),
        node("second", "Block", network="unit", arguments={"channels": "$channels * 2"}),
        node("y", "Output"),
    ],
    "x -> first.x",
    "first.y -> second.x",
    "second.y -> y",
).model_copy(update={"params": {"channels": 4}})


def make_project(*blocks: tuple[str, str, dict[str, Any]]) -> Project:
    """A network of blocks in a row, beside those that they use."""
    nodes = [node("image", "Input", shape=[3, 8, 8])]
    links = []
    for id, network, params in blocks:
        links.append(f"{nodes[-1].id}.{'output' if len(nodes) == 1 else 'y'} -> {id}.x")
        nodes.append(node(id, "Block", network=network, **params))
    links.append(f"{nodes[-1].id}.y -> out")
    return Project(networks={"model": graph([*nodes, node("out", "Output")], *links), "unit": UNIT, "pair": PAIR})


TWO = make_project(("layer1", "pair", {"repeat": 2}), ("layer2", "unit", {"arguments": {"channels": 16}}))


def test_each_repetition_and_each_block_inside_a_block_is_a_use_of_its_own() -> None:
    table = list_uses(infer(TWO))
    model, pair = "networks.model", "networks.pair"
    assert [use.trail for use in table.of(pair)] == [((model, "layer1", 0),), ((model, "layer1", 1),)]
    assert [use.trail for use in table.of("networks.unit")] == [
        ((model, "layer2", 0),),
        ((model, "layer1", 0), (pair, "first", 0)),
        ((model, "layer1", 0), (pair, "second", 0)),
        ((model, "layer1", 1), (pair, "first", 0)),
    ]


def test_a_way_is_told_from_the_inside_out() -> None:
    trail = (("networks.model", "layer1", 1), ("networks.pair", "first", 0))
    assert describe_trail(trail) == '"first" in "layer1" (repetition 2) in "model"'


def test_the_analysis_holds_what_each_use_shows_and_which_use_each_block_shows() -> None:
    graphs = analyse(TWO)["graphs"]
    assert graphs["networks.model"]["nodes"]["layer1"]["uses"] == [0, 1]
    pair, unit = graphs["networks.pair"], graphs["networks.unit"]
    second = pair["uses"][1]
    assert [step[2] for step in second["trail"]] == [1]
    assert second["nodes"]["first"]["uses"] == [3]
    shown = [{**unit["nodes"], **use["nodes"]}["conv1"]["outputs"][0]["label"] for use in unit["uses"]]
    assert shown == ["16×8×8", "4×8×8", "8×8×8", "4×8×8"]
    assert unit["uses"][3]["parameters"] == 8 * 4 * 9 + 4
    assert "uses" not in graphs["networks.model"]


def test_what_is_the_same_in_a_use_is_not_sent_twice() -> None:
    unit = analyse(make_project(("layer1", "unit", {}), ("layer2", "unit", {})))["graphs"]["networks.unit"]
    assert unit["uses"][0]["nodes"] == {}
    assert set(unit["uses"][1]["nodes"]) == {"x", "conv1"}


def test_a_finding_that_only_one_use_shows_names_it_and_one_that_all_show_names_none() -> None:
    good = ("layer1", "unit", {})
    bad = ("layer2", "unit", {"arguments": {"size": 30}})
    inside = [f for f in check(make_project(good, bad)) if f.graph == "networks.unit"]
    assert [f.uses for f in inside] == [(1,)]
    assert inside[0].message.endswith(' Seen in its use as "layer2" in "model".')
    project = make_project(bad)
    nodes = {name: graph for name, graph in project.networks.items() if name != "pair"}
    alone = [f for f in check(project.model_copy(update={"networks": nodes})) if f.graph == "networks.unit"]
    assert [f.uses for f in alone] == [()]
    assert "Seen" not in alone[0].message


def test_a_network_that_training_calls_keeps_its_own_shapes_beside_those_of_its_uses() -> None:
    training = graph([node("call", "Network", network="unit")])
    unit = analyse(TWO.model_copy(update={"training": training}))["graphs"]["networks.unit"]
    assert unit["nodes"]["conv1"]["outputs"][0]["label"] == "4×4×4"
    assert len(unit["uses"]) == 4


def test_blocks_in_blocks_without_end_and_many_uses_are_bounded() -> None:
    row = [(f"b{i}", "unit", {"arguments": {"channels": i + 1}}) for i in range(MOST_USES + 6)]
    assert len(list_uses(infer(make_project(*row))).of("networks.unit")) == MOST_USES
    itself = graph(
        [node("x", "Input", shape=[3]), node("again", "Block", network="model"), node("y", "Output")],
        "x -> again.x",
        "again.y -> y",
    )
    analysis = analyse(Project(networks={"model": itself}))
    assert [f["code"] for f in analysis["findings"] if f["severity"] == "error" and f["graph"] != "training"] == [
        "T010"
    ]
