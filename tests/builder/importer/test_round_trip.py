"""Out as code and in again: the same network, for presets, shipped blocks and random projects."""

from __future__ import annotations

import ast
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builder.codegen import generate_model
from builder.codegen.model_source import used_networks
from builder.codegen.printing import class_name
from builder.document import Project
from builder.importer import Imported, import_source
from builder.planner import plan_network
from builder.shape_flow import infer
from tests.builder.drawn import chain, graph, node
from tests.builder.importer.equality import describe_network, find_difference
from tests.builder.random_graphs import grow_project
from tests.builder.test_block_files import CASES, Case, use

ROOT = Path(__file__).parents[3]
SLOW = ("densenet121",)
PRESETS = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in SLOW else [])
    for path in sorted((ROOT / "presets").glob("*.json"))
]


def strip_source(source: str) -> str:
    """A source without comments, docstrings and constants that nobody uses."""
    tree = ast.parse(source)
    for part in ast.walk(tree):
        if isinstance(part, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            part.body = [line for line in part.body if not is_text(line)] or [ast.Pass()]
    used = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    tree.body = [line for line in tree.body if not isinstance(line, ast.Assign) or names_of(line) & used]
    return ast.unparse(tree)


def is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)


def names_of(line: ast.Assign) -> set[str]:
    return {target.id for target in line.targets if isinstance(target, ast.Name)}


def put_in_place(project: Project, imported: Imported, name: str) -> Project:
    """The project with what was imported instead of one of its networks. Shapes of Inputs are in no code: they stay."""
    shapes = {known.id: known.params for known in project.networks[name].nodes if known.kind == "Input"}
    network = imported.networks[imported.main]
    nodes = tuple(
        known.model_copy(update={"params": shapes[known.id]}) if known.id in shapes else known
        for known in network.nodes
    )
    networks = {**imported.networks, imported.main: network.model_copy(update={"nodes": nodes})}
    return project.model_copy(update={"networks": networks})


def assert_comes_back(project: Project) -> None:
    """Every network that is exported is equal after import, and nothing had to be said about its code."""
    flows = infer(project)
    source = strip_source(generate_model(project, flows))
    for name in used_networks(project):
        imported = import_source(source, class_name(name))
        assert imported.notes == ()
        again = put_in_place(project, imported, name)
        before, after = plan_network(project, name, flows), plan_network(again, imported.main)
        assert find_difference(describe_network(before), describe_network(after)) is None


@pytest.mark.parametrize("path", PRESETS)
def test_every_preset_comes_back_from_its_code(path: Path) -> None:
    assert_comes_back(Project.model_validate_json(path.read_text()))


@pytest.mark.parametrize("repeat", [1, 2, 3])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.block)
def test_every_shipped_block_comes_back_from_its_code(case: Case, repeat: int) -> None:
    project = use(case, repeat)
    if is_sound(project):
        assert_comes_back(project)
    else:
        assert repeat > 1, "a block that does not fit behind itself"


def is_sound(project: Project) -> bool:
    return not any(flow.problems for flow in infer(project)["networks.model"].nodes.values())


def test_ids_that_python_uses_itself_come_back() -> None:
    nodes = [node("input", "Input", shape=[4]), node("sum", "Add"), node("max", "Linear", out_features=4)]
    links = ["input -> max", "max -> sum.inputs.0", "input -> sum.inputs.1", "sum -> print"]
    assert_comes_back(Project(networks={"model": graph([*nodes, node("print", "Output")], *links)}))


@pytest.mark.parametrize("first", ["own", "shared"])
def test_the_node_that_has_the_weights_keeps_them_whichever_runs_first(first: str) -> None:
    own, shared = node("read", "LSTM", hidden_size=4), node("again", "LSTM", hidden_size=4)
    shared = shared.model_copy(update={"weights_of": "read"})
    links = (
        ["x -> again", "again -> read", "read.last -> y"]
        if first == "shared"
        else ["x -> read", "read -> again", "again.last -> y"]
    )
    assert_comes_back(
        Project(
            networks={"model": graph([node("x", "Input", shape=["T", 4]), own, shared, node("y", "Output")], *links)}
        )
    )


def test_outputs_keep_their_names_also_where_two_give_the_same() -> None:
    nodes = [
        node("x", "Input", shape=[4]),
        node("fc", "Linear", out_features=2),
        node("b", "Output"),
        node("a", "Output"),
    ]
    links = ["x -> fc", "fc -> a", "fc -> b", "x -> copy"]
    assert_comes_back(Project(networks={"model": graph([*nodes, node("copy", "Output")], *links)}))


def test_start_weights_come_back() -> None:
    nodes = [
        node("x", "Input", shape=[3]),
        node("fc1", "Linear", out_features=2, weight_init="normal", weight_std=0.5, bias_init="zeros"),
        node("fc2", "Linear", out_features=1, initial={"weight": [[0.25, -1.0]], "bias": [2.0]}),
        node("y", "Output"),
    ]
    assert_comes_back(Project(networks={"model": chain(*nodes)}))


def test_the_comparison_sees_differences() -> None:
    first = chain(node("x", "Input", shape=[4]), node("fc", "Linear", out_features=2), node("y", "Output"))
    for other in (
        chain(node("x", "Input", shape=[4]), node("fc", "Linear", out_features=3), node("y", "Output")),
        chain(node("x", "Input", shape=[4]), node("fc2", "Linear", out_features=2), node("y", "Output")),
        chain(node("x", "Input", shape=[4]), node("fc", "Linear", out_features=2), node("z", "Output")),
        chain(
            node("x", "Input", shape=[4]),
            node("fc", "Linear", out_features=2, weight_init="zeros"),
            node("y", "Output"),
        ),
    ):
        plans = [plan_network(Project(networks={"model": network}), "model") for network in (first, other)]
        assert find_difference(*map(describe_network, plans)) is not None


@settings(max_examples=40, deadline=None)
@example(2_092_777_992)
@given(st.integers(0, 2**32))
def test_every_random_network_comes_back_from_its_code(seed: int) -> None:
    assert_comes_back(grow_project(Random(seed)))
