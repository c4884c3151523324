"""Specs along a graph, and why a node has none."""

from __future__ import annotations

from builder.document import Project
from builder.shape_flow import infer
from tests.builder.drawn import chain, classifier, graph, node


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
    assert {port: str(spec) for port, spec in flow.nodes["lstm1"].outputs.items()} == {"output": "T×16", "last": "16"}


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
