"""Specs along a graph, and why a node has none."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from builder.document import Graph, Node, Project
from builder.edits import apply_edits
from builder.loading import load_project
from builder.rules import check
from builder.shape_flow import infer
from tests.builder.drawn import chain, classifier, graph, node

PRESETS = Path(__file__).parents[2] / "presets"


def flow_of(network, name="model", **others):
    return infer(Project(networks={name: network, **others}))[f"networks.{name}"]


def test_shapes_run_along_the_links_and_print_channels_first():
    flow = flow_of(
        chain(
            node("image", "Input", shape=[1, 28, 28]),
            node("conv1", "Conv2d", out_channels=32, kernel_size=3),
            node("pool1", "MaxPool2d", kernel_size=2),
            node("flatten1", "Flatten"),
            node("linear1", "Linear", out_features=10),
            node("scores", "Output"),
        )
    )
    shapes = [str(spec) for n in flow.nodes.values() for spec in n.outputs.values()]
    assert shapes == ["1×28×28", "32×26×26", "32×13×13", "5408", "10"]
    assert flow.nodes["conv1"].parameters == 320
    assert flow.parameters == 320 + 54_090
    assert flow.nodes["linear1"].multiply_adds == 54_080


def test_a_time_axis_keeps_its_name_through_layers():
    flow = flow_of(
        chain(
            node("text", "Input", shape=["T"], dtype="int64"),
            node("embedding1", "Embedding", num_embeddings=50, embedding_dim=8),
            node("lstm1", "LSTM", hidden_size=16),
            node("out", "Output"),
        )
    )
    assert str(flow.nodes["embedding1"].outputs["output"]) == "T×8"
    assert {port: str(spec) for port, spec in flow.nodes["lstm1"].outputs.items()} == {
        "output": "T×16",
        "last": "16",
        "state": "32",
    }


def test_only_the_node_at_fault_has_a_problem():
    flow = flow_of(
        chain(
            node("image", "Input", shape=[1, 4, 4]),
            node("conv1", "Conv2d", out_channels=8, kernel_size=9),
            node("relu1", "ReLU"),
            node("out", "Output"),
        )
    )
    assert [p.code for p in flow.nodes["conv1"].problems] == ["kernel_too_large"]
    assert not flow.nodes["relu1"].problems and not flow.nodes["relu1"].outputs


def test_a_wrong_rank_is_told_before_pytorch_sees_it():
    flow = flow_of(chain(node("row", "Input", shape=[4]), node("conv1", "Conv2d"), node("out", "Output")))
    assert [p.code for p in flow.nodes["conv1"].problems] == ["rank"]


def test_a_block_takes_its_shapes_from_its_use_and_has_weights_for_each_repetition():
    inner = chain(
        node("inside", "Input", shape=[99]), node("linear1", "Linear", out_features="$width"), node("out", "Output")
    )
    inner = inner.model_copy(update={"params": {"width": 6}})
    outer = graph(
        [
            node("row", "Input", shape=[6]),
            node("block1", "Block", network="inner", repeat=3),
            node("block2", "Block", network="inner", arguments={"width": 2}),
            node("out", "Output"),
        ],
        "row -> block1.inside",
        "block1.out -> block2.inside",
        "block2.out -> out",
    )
    flow = flow_of(outer, inner=inner)
    assert flow.nodes["block1"].parameters == 3 * (6 * 6 + 6)
    assert str(flow.nodes["block2"].outputs["out"]) == "2"


def in_a_row(*uses: Node, **networks: Graph) -> Project:
    """A network of blocks one behind the other, beside the networks that they use."""
    links = [f"{a.id}.{'output' if a.kind == 'Input' else 'y'} -> {b.id}.x" for a, b in pairwise((X, *uses))]
    model = graph([X, *uses, node("out", "Output")], *links, f"{uses[-1].id}.y -> out")
    return Project(networks={**networks, "model": model})


X = node("row", "Input", shape=[6])
INSIDE = chain(
    node("x", "Input", shape="$width"), node("linear1", "Linear", out_features="$width"), node("y", "Output")
)


def found(project: Project) -> set[tuple[str, str, str | None]]:
    return {(f.code, f.graph, f.node) for f in check(project) if f.severity == "error" and f.graph != "training"}


def test_a_network_used_only_as_a_block_is_seen_with_what_its_use_gives():
    project = in_a_row(node("block1", "Block", network="block", arguments={"width": 2}), block=INSIDE)
    flow = infer(project)["networks.block"]
    assert str(flow.nodes["x"].outputs["output"]) == "6"
    assert str(flow.nodes["linear1"].outputs["output"]) == "2"
    assert found(project) == set()


def test_what_a_use_leaves_open_is_said_inside():
    good = node("block1", "Block", network="block", arguments={"width": 2})
    project = in_a_row(good, node("block2", "Block", network="block"), block=INSIDE)
    assert found(project) == {("T010", "networks.model", "block2"), ("P002", "networks.block", "linear1")}


def test_names_of_the_caller_are_not_known_inside_a_block():
    middle = graph(
        [node("x", "Input", shape=[6]), node("inner", "Block", network="block"), node("y", "Output")],
        "x -> inner.x",
        "inner.y -> y",
    ).model_copy(update={"params": {"width": 3}})
    project = in_a_row(node("outer", "Block", network="middle"), block=INSIDE, middle=middle)
    assert ("P002", "networks.block", "linear1") in found(project)
    given = middle.node("inner").model_copy(
        update={"params": {"network": "block", "arguments": {"width": "$width * 2"}}}
    )
    nodes = tuple(given if each.id == "inner" else each for each in middle.nodes)
    handed = project.with_graph("networks.middle", middle.model_copy(update={"nodes": nodes}))
    assert found(handed) == set()
    assert str(infer(handed)["networks.block"].nodes["linear1"].outputs["output"]) == "6"


def test_a_parameter_that_refers_to_nothing_takes_no_other_with_it():
    block = INSIDE.model_copy(update={"params": {"depth": "$nothing", "width": 4}})
    assert found(in_a_row(node("block1", "Block", network="block"), block=block)) == set()


def test_a_block_that_uses_itself_ends_with_a_problem():
    itself = graph(
        [node("a", "Input", shape=[3]), node("again", "Block", network="model"), node("out", "Output")],
        "a -> again.a",
        "again.out -> out",
    )
    flow = flow_of(itself)
    assert flow.nodes["again"].problems


def test_data_that_does_not_fit_a_networks_input_is_told_at_the_call():
    network = chain(node("x", "Input", shape=[5]), node("linear1", "Linear", out_features=3), node("scores", "Output"))
    flow = infer(classifier(network, shape=(4,)))["training"]
    assert [p.code for p in flow.nodes["predict"].problems] == ["input_differs"]


def test_after_an_edit_only_what_it_touches_is_found_again() -> None:
    project = load_project((PRESETS / "mnist_cnn.json").read_bytes())
    before = infer(project)["networks.model"].nodes
    edit = {"op": "set_param", "graph": "networks.model", "id": "pool1", "name": "kernel_size", "value": 3}
    after = infer(apply_edits(project, [edit]))["networks.model"].nodes
    assert after["conv1"] is before["conv1"] and after["relu1"] is before["relu1"]
    assert str(after["pool1"].outputs["output"]) == "32×8×8"
    assert after["linear1"].parameters == 32 * 8 * 8 * 10 + 10
