"""The module that walks a plan and the source printed from it are the same network, bit for bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from builder.codegen import generate_model
from builder.compiler import build_network
from builder.document import Project
from builder.ids import is_legal
from builder.shape_flow import infer
from tests.builder.drawn import chain, graph, node

PRESETS = sorted(Path("presets").glob("*.json"))


def run_source(source: str, seed: int):
    """The last class of generated source, made from a seed."""
    space: dict = {"__name__": "model"}
    exec(compile(source, "model.py", "exec"), space)
    torch.manual_seed(seed)
    return space["Model"]()


def assert_same(project: Project, *inputs: torch.Tensor) -> None:
    """Equal start weights, names, outputs and gradients."""
    torch.manual_seed(3)
    ours = build_network(project, "model").train()
    theirs = run_source(generate_model(project), 3).train()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert all(torch.equal(a, b) for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True))
    torch.manual_seed(4)
    a = ours(*inputs)
    torch.manual_seed(4)
    b = theirs(*inputs)
    assert torch.equal(a, b)
    a.sum().backward()
    b.sum().backward()
    assert all(torch.equal(p.grad, q.grad) for p, q in zip(ours.parameters(), theirs.parameters(), strict=True))


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_presets_code_is_the_network_that_runs(path):
    project = Project.model_validate_json(path.read_text())
    spec = infer(project)["networks.model"].nodes
    given = next(flow for flow in spec.values() if flow.kind.kind == "Input").outputs["output"]
    assert_same(project, torch.rand(4, *given.shape[1:]))


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
