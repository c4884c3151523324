"""After an edit only what it touches is found again; what is said must not depend on what was known before."""

from __future__ import annotations

import json
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.analysis import analyse
from builder.closeups import Closeup
from builder.document import Project
from builder.edits import EditError, apply_edits
from builder.loading import dump_project, load_project
from builder.rules.base import NodeRule
from builder.shape_flow import infer
from builder.survey import Place
from tests.builder.mistakes import MISTAKES
from tests.builder.random_graphs import grow_project

Edit = dict[str, Any]
SEEDS = st.integers(0, 2**32)
VALUES = (1, 2, 3, 8, -1, 0.5, "$classes", "$nothing", None, True, [2, 2], "inner", "model", "linear")


def draw_edit(project: Project, rng: Random) -> Edit:
    """An edit of something that is there; it may do harm, or be refused."""
    path = rng.choice(project.graph_paths())
    graph = project.graph(path)
    if not graph.nodes:
        return {"op": "remove_graph", "name": path.removeprefix("networks.")}
    node, other = rng.choice(graph.nodes), rng.choice(graph.nodes)
    at: Edit = {"graph": path, "id": node.id}
    link = {"source": node.id, "target": other.id, "target_port": rng.choice(["input", "inputs.1", "target", "loss"])}
    names = [*node.params, "out_features", "bias", "dim", "repeat", "network"]
    edits: list[Edit] = [
        {"op": "set_param", **at, "name": rng.choice(names), "value": rng.choice(VALUES)},
        {"op": "set_param", **at, "name": rng.choice(names), "value": rng.choice(VALUES)},
        {"op": "unset_param", **at, "name": rng.choice(names)},
        {"op": "set_node", **at, "fields": {"bypassed": not node.bypassed}},
        {"op": "set_node", **at, "fields": {"weights_of": rng.choice([None, other.id])}},
        {"op": "set_node", **at, "fields": {"kind": rng.choice([other.kind, "ReLU", "Conv2d", "Unheard"])}},
        {"op": "remove_node", **at},
        {"op": "add_node", "graph": path, "node": {"id": f"n{rng.randrange(9)}", "kind": other.kind}, "index": 1},
        {"op": "connect", "graph": path, "edge": link},
        {"op": "rename_node", **at, "to": rng.choice(["a", "b", "class"])},
        {"op": "move", "graph": path, "positions": {node.id: [rng.randrange(9), 0]}},
    ]
    if graph.edges:
        edits.append({"op": "disconnect", "graph": path, "edge": rng.choice(graph.edges).model_dump(mode="json")})
    return rng.choice(edits)


def analyse_afresh(project: Project) -> Any:
    """The analysis of the same project, of which nothing is known: every object is a new one."""
    return json.loads(json.dumps(analyse(load_project(dump_project(project)))))


def walk_history(project: Project, rng: Random, length: int) -> list[Project]:
    """The states of a project that is edited, with some of them undone and done again."""
    states = [project]
    for _ in range(length):
        if rng.random() < 0.25:
            states.append(rng.choice(states))
            continue
        try:
            states.append(apply_edits(states[-1], [draw_edit(states[-1], rng)]))
        except EditError:
            continue
    return states


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_an_analysis_after_edits_is_the_one_from_scratch(seed: int) -> None:
    rng = Random(seed)
    for project in walk_history(grow_project(rng), rng, 12):
        assert json.loads(json.dumps(analyse(project))) == analyse_afresh(project)
        text = dump_project(project)
        assert load_project(text) == project and dump_project(load_project(text)) == text


@pytest.mark.parametrize("code", sorted(MISTAKES))
def test_a_mistake_made_in_a_known_project_is_found_as_from_scratch_and_gone_again_when_undone(code: str) -> None:
    project = grow_project(Random(3))
    before = analyse(project)
    data = json.loads(project.model_dump_json())
    try:
        MISTAKES[code](data, Random(3))
    except StopIteration:
        pytest.skip("this project has no room for it")
    nodes = {node.id: node for node in project.graph("networks.model").nodes}
    spoilt = Project.model_validate(data)
    graph = spoilt.networks.get("model")
    if graph is not None:  # what did not change is the same object, as after an edit
        kept = tuple(nodes[node.id] if nodes.get(node.id) == node else node for node in graph.nodes)
        spoilt = spoilt.with_graph("networks.model", graph.model_copy(update={"nodes": kept}))
    assert json.loads(json.dumps(analyse(spoilt))) == analyse_afresh(spoilt)
    assert analyse(project) == before


def test_of_nodes_that_an_edit_leaves_alone_nothing_is_looked_at_again() -> None:
    looked: list[str] = []

    class LookingRule(NodeRule):
        code = "X001"

        @staticmethod
        def is_suspect(seen: Closeup) -> bool:
            looked.append(seen.node.id)
            return False

    nodes = [{"id": "x", "kind": "Input", "params": {"shape": [4]}}]
    nodes += [{"id": f"d{i}", "kind": "Dropout"} for i in range(6)]
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(nodes)]
    project = Project.model_validate({"networks": {"model": {"nodes": nodes, "edges": edges}}})
    edit = {"op": "set_param", "graph": "networks.model", "id": "d3", "name": "p", "value": 0.1}
    for state in (project, apply_edits(project, [edit])):
        looked.clear()
        place = find_place(state)
        assert list(LookingRule().check_graph(place)) == []
    assert looked == ["x", "d3"]


def find_place(project: Project) -> Place:
    """The network of a project, with what is known of it."""
    return Place(project, "networks.model", project.networks["model"], infer(project))
