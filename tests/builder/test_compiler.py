"""The module that walks a plan and the source printed from it are the same network, bit for bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from builder.codegen import generate_model
from builder.codegen.model_source import used_networks
from builder.codegen.printing import class_name
from builder.compiler import build_network
from builder.document import Graph, Project
from builder.ids import is_legal
from builder.rules import check
from builder.shape_flow import infer
from builder.tensors import TensorSpec
from tests.builder.drawn import chain, edge, graph, node

SLOW = ("convnext_tiny", "unet")
PRESETS = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in SLOW else [])
    for path in sorted(Path("presets").glob("*.json"))
]
WIDEST = 1024


def run_source(source: str, seed: int, name: str = "model"):
    """The class of a network in generated source, made from a seed."""
    space: dict = {"__name__": "model"}
    exec(compile(source, "model.py", "exec"), space)
    torch.manual_seed(seed)
    return space[class_name(name)]()


def assert_same(project: Project, *inputs: torch.Tensor, name: str = "model") -> None:
    """Equal start weights, names, outputs and gradients."""
    torch.manual_seed(3)
    ours = build_network(project, name).train()
    theirs = run_source(generate_model(project), 3, name).train()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert all(torch.equal(a, b) for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True))
    torch.manual_seed(4)
    a = ours(*inputs)
    torch.manual_seed(4)
    b = theirs(*inputs)
    firsts = [result[0] if isinstance(result, tuple) else result for result in (a, b)]
    assert torch.equal(*firsts)
    for first in firsts:
        if first.requires_grad:
            first.sum().backward()
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert (p.grad is None and q.grad is None) or torch.equal(p.grad, q.grad)


@pytest.mark.parametrize("path", PRESETS)
def test_every_presets_code_is_the_network_that_runs(path):
    project = narrow(Project.model_validate_json(path.read_text()))
    for name in used_networks(project):
        nodes = infer(project)[f"networks.{name}"].nodes.values()
        specs = tuple(flow.outputs["output"] for flow in nodes if flow.kind.kind == "Input")
        assert_same(project, *(make_up(spec) for spec in specs), name=name)


def narrow(project: Project) -> Project:
    """The project without layers of a hundred million weights, which are the same with fewer."""
    for path in project.graph_paths():
        whole = project.graph(path)
        nodes = tuple(each.model_copy(update={"params": lower(each.params, "out_features")}) for each in whole.nodes)
        changed = {"nodes": nodes, "params": lower(whole.params, "features")}
        project = project.with_graph(path, whole.model_copy(update=changed))
    return project


def lower(params: dict, name: str) -> dict:
    """Parameters in which a number of features is not too large."""
    size = params.get(name)
    return {**params, name: WIDEST} if isinstance(size, int) and size > WIDEST else params


def make_up(spec: TensorSpec) -> torch.Tensor:
    """A batch of four; whole numbers are such as every vocabulary has."""
    shape = [4, *(size if isinstance(size, int) else 6 for size in spec.shape[1:])]
    return torch.randint(0, 2, shape) if spec.dtype == "int64" else torch.rand(shape)


def test_blocks_repeats_and_shared_weights_have_pytorchs_names():
    inner = chain(
        node("inside", "Input", shape=[6]),
        node("linear1", "Linear", out_features=6),
        node("relu1", "ReLU"),
        node("out", "Output"),
    )
    shared = node("linear2", "Linear", out_features=6).model_copy(update={"weights_of": "linear1"})
    outer = graph(
        [
            node("x", "Input", shape=[6]),
            node("linear1", "Linear", out_features=6),
            shared,
            node("deep", "Block", network="inner", repeat=2),
            node("add1", "Add"),
            node("scores", "Output"),
        ],
        "x -> linear1",
        "linear1 -> linear2",
        "linear2 -> deep.inside",
        "deep.out -> add1.inputs.0",
        "x -> add1.inputs.1",
        "add1 -> scores",
    )
    project = Project(networks={"model": outer, "inner": inner})
    names = list(build_network(project, "model").state_dict())
    assert names == [
        "linear1.weight",
        "linear1.bias",
        *(f"deep.{i}.linear1.{p}" for i in (0, 1) for p in ("weight", "bias")),
    ]
    assert_same(project, torch.rand(5, 6))


@pytest.mark.parametrize("id", ["plan", "steps", "slots", "spent", "results", "prepare_step"])
def test_a_node_may_bear_any_legal_name(id):
    project = Project(
        networks={
            "model": chain(node("x", "Input", shape=[3]), node(id, "Linear", out_features=2), node("out", "Output"))
        }
    )
    assert list(build_network(project, "model").state_dict()) == [f"{id}.weight", f"{id}.bias"]
    assert_same(project, torch.rand(2, 3))


def test_no_name_of_the_module_itself_is_a_legal_id():
    network = chain(node("x", "Input", shape=[3]), node("linear1", "Linear", out_features=2), node("out", "Output"))
    built = build_network(Project(networks={"model": network}), "model")
    own = {*dir(built), *vars(built)} - {"linear1"}
    assert [name for name in own if is_legal(name)] == []


def decoder_layer() -> Graph:
    """A step of a decoder: what it decodes, mixed with a memory."""
    return graph(
        [
            node("x", "Input", shape=[6]),
            node("memory", "Input", shape=[4]),
            node("linear1", "Linear", out_features=6),
            node("add1", "Add"),
            node("relu1", "ReLU"),
            node("y", "Output"),
        ],
        "memory -> linear1",
        "linear1 -> add1.inputs.1",
        "x -> add1.inputs.0",
        "add1 -> relu1",
        "relu1 -> y",
    )


def decoder(repeat: int) -> Project:
    """A network with a block of two inputs, the link of the second drawn first."""
    block = node("decoder", "Block", network="layer", repeat=repeat)
    outer = graph(
        [
            node("x", "Input", shape=[6]),
            node("linear2", "Linear", out_features=4),
            block,
            block.model_copy(update={"id": "again", "weights_of": "decoder"}),
            node("scores", "Output"),
        ],
        "linear2 -> decoder.memory",
        "x -> decoder.x",
        "x -> linear2",
        "decoder.y -> again.x",
        "linear2 -> again.memory",
        "again.y -> scores",
    )
    return Project(networks={"model": outer, "layer": decoder_layer()})


@pytest.mark.parametrize("repeat", [1, 2, 3])
def test_inputs_beyond_the_outputs_go_to_every_repetition(repeat):
    project = decoder(repeat)
    assert [f.code for f in check(project) if f.severity == "error" and f.graph != "training"] == []
    torch.manual_seed(1)
    network, given = build_network(project, "model"), torch.rand(5, 6)
    layers = [network.decoder] if repeat == 1 else list(network.decoder)
    wanted, memory = given, network.linear2(given)
    for layer in layers * 2:
        wanted = torch.relu(wanted + layer.linear1(memory))
    assert torch.equal(network(given), wanted)
    assert_same(project, given)


def test_weights_of_a_block_for_another_size_are_not_shared():
    project = decoder(2)
    model = project.networks["model"]
    nodes = tuple(
        each.model_copy(update={"params": {"out_features": 5}}) if each.id == "linear3" else each
        for each in (*model.nodes, node("linear3", "Linear", out_features=4))
    )
    edges = tuple(
        link.model_copy(update={"source": "linear3"}) if link.ends()[2:] == ("again", "memory") else link
        for link in (*model.edges, edge("x -> linear3"))
    )
    changed = project.with_graph("networks.model", Graph(nodes=nodes, edges=edges))
    codes = {(f.code, f.node) for f in check(changed) if f.severity == "error" and f.graph == "networks.model"}
    assert codes == {("P007", "again")}


def test_repetitions_with_several_inputs_are_printed_as_a_loop():
    source = generate_model(decoder(3))
    assert "self.decoder = nn.ModuleList(Layer() for _ in range(3))" in source
    assert "for decoder_layer in self.decoder:" in source


@pytest.mark.parametrize(("inputs", "outputs"), [("ab", "b"), ("ab", "ba"), ("a", "ab"), ("abc", "cb")])
def test_outputs_become_the_inputs_of_the_same_position(inputs, outputs):
    layers = [node(f"{i}_linear", "Linear", out_features=4) for i in inputs]
    inner = graph(
        [*(node(i, "Input", shape=[4]) for i in inputs), *layers, *(node(f"{o}_out", "Output") for o in outputs)],
        *(f"{i} -> {i}_linear" for i in inputs),
        *(f"{o if o in inputs else inputs[0]}_linear -> {o}_out" for o in outputs),
    )
    outer = graph(
        [
            node("x", "Input", shape=[4]),
            *(node(f"{i}_tanh", "Tanh" if n else "ReLU") for n, i in enumerate(inputs)),
            node("deep", "Block", network="inner", repeat=3),
            node("stack1", "Concat"),
            node("scores", "Output"),
        ],
        *(f"x -> {i}_tanh" for i in inputs),
        *(f"{i}_tanh -> deep.{i}" for i in reversed(inputs)),
        *(f"deep.{o}_out -> stack1.inputs.{n}" for n, o in enumerate(outputs + outputs[0])),
        "stack1 -> scores",
    )
    assert_same(Project(networks={"model": outer, "inner": inner}), torch.rand(5, 4))


def test_blocks_in_blocks_have_the_names_that_torchvision_gives():
    unit = chain(
        node("x", "Input", shape=[3, 8, 8]), node("conv1", "Conv2d", out_channels=3, padding=1), node("y", "Output")
    )
    stage = graph(
        [node("x", "Input", shape=[3, 8, 8]), node("unit", "Block", network="unit"), node("y", "Output")],
        "x -> unit.x",
        "unit.y -> y",
    )
    names = {}
    for repeat in (1, 2):
        outer = graph(
            [
                node("x", "Input", shape=[3, 8, 8]),
                node("layer1", "Block", network="unit", repeat=repeat),
                node("layer2", "Block", network="stage", repeat=repeat),
                node("y", "Output"),
            ],
            "x -> layer1.x",
            "layer1.y -> layer2.x",
            "layer2.y -> y",
        )
        project = Project(networks={"model": outer, "stage": stage, "unit": unit})
        assert_same(project, torch.rand(1, 3, 8, 8))
        names[repeat] = [name for name in build_network(project, "model").state_dict() if name.endswith("weight")]
    assert names[1] == ["layer1.conv1.weight", "layer2.unit.conv1.weight"]
    assert names[2] == [
        *(f"layer1.{i}.conv1.weight" for i in (0, 1)),
        *(f"layer2.{i}.unit.conv1.weight" for i in (0, 1)),
    ]


def test_a_bypassed_node_lets_its_input_through():
    relu = node("relu1", "ReLU").model_copy(update={"bypassed": True})
    project = Project(networks={"model": chain(node("x", "Input", shape=[3]), relu, node("out", "Output"))})
    given = torch.tensor([[-1.0, 0.0, 2.0]])
    assert torch.equal(build_network(project, "model")(given), given)


def test_weights_of_a_dead_end_are_made_for_those_that_share_them():
    shared = node("linear1", "Linear", out_features=6).model_copy(update={"weights_of": "owner"})
    outer = graph(
        [
            node("x", "Input", shape=[6]),
            node("relu1", "ReLU"),
            node("owner", "Linear", out_features=6),
            shared,
            node("add1", "Add"),
            node("add2", "Add").model_copy(update={"weights_of": "add1"}),
            node("scores", "Output"),
        ],
        "x -> relu1",
        "relu1 -> owner",
        "x -> linear1",
        *(f"{source} -> add{i}.inputs.{j}" for i in (1, 2) for j, source in enumerate(("x", "linear1"))),
        "add2 -> scores",
    )
    project = Project(networks={"model": outer})
    assert list(build_network(project, "model").state_dict()) == ["owner.weight", "owner.bias"]
    assert "relu1" not in generate_model(project)
    assert_same(project, torch.rand(5, 6))


def test_hostile_names_and_texts_stay_text_in_the_source():
    hostile = '"""\nimport os; os.system("echo hacked")\n\'\'\' \\ \x00'
    network = chain(node("x", "Input", shape=[3]), node("linear1", "Linear", out_features=2), node("out", "Output"))
    project = Project(name=hostile[:200], description=hostile, networks={"model": network})
    source = generate_model(project)
    module = compile(source, "model.py", "exec")
    assert "import os" not in [line.strip() for line in source.splitlines()]
    assert module is not None
    assert_same(project, torch.rand(2, 3))


@pytest.mark.parametrize("name", ["attention", "sequence_pool", "score"])
def test_a_block_may_be_called_like_a_part_that_comes_along(name):
    inner = graph(
        [
            node("x", "Input", shape=[5, 4]),
            node("look", "Attention"),
            node("pool", "SequencePool"),
            node("out", "Output"),
        ],
        "x -> look",
        "x -> look.memory",
        "look -> pool",
        "pool -> out",
    )
    outer = graph(
        [node("x", "Input", shape=[5, 4]), node("use", "Block", network=name), node("y", "Output")],
        "x -> use.x",
        "use.out -> y",
    )
    assert_same(Project(networks={"model": outer, name: inner}), torch.rand(2, 5, 4))
