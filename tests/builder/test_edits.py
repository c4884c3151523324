from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.document import Project
from builder.edits import EditError, apply_edits
from builder.layers import CATALOGUE
from builder.renaming import DEFAULT_NETWORKS
from builder.training import TRAINING_CATALOGUE

FIXTURES = Path(__file__).parents[1] / "fixtures" / "edits"
APPLIED = sorted(FIXTURES.glob("*.json"))
REFUSED = sorted((FIXTURES / "refused").glob("*.json"))


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", APPLIED, ids=lambda path: path.stem)
def test_edits_make_of_the_project_before_the_project_after(path: Path) -> None:
    case = read(path)
    after = apply_edits(Project.model_validate(case["before"]), case["edits"])
    assert after == Project.model_validate(case["after"])


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_an_edit_that_does_not_fit_is_refused_with_its_sentence(path: Path) -> None:
    case = read(path)
    with pytest.raises(EditError) as caught:
        apply_edits(Project.model_validate(case["before"]), case["edits"])
    assert str(caught.value) == case["error"]


@pytest.mark.parametrize("path", APPLIED, ids=lambda path: path.stem)
def test_edits_change_neither_the_project_nor_themselves(path: Path) -> None:
    case = read(path)
    project = Project.model_validate(case["before"])
    edits = copy.deepcopy(case["edits"])
    apply_edits(project, edits)
    assert project == Project.model_validate(case["before"])
    assert edits == case["edits"]


def test_a_value_given_to_an_edit_can_change_later_without_changing_the_project() -> None:
    sizes = [1, 2]
    before = Project.model_validate(read(FIXTURES / "no_edits.json")["before"])
    edit = {"op": "set_param", "graph": "networks.model", "id": "fc1", "name": "sizes", "value": sizes}
    after = apply_edits(before, [edit])
    sizes.append(3)
    assert after.graph("networks.model").node("fc1").params["sizes"] == [1, 2]


def test_the_networks_that_kinds_name_by_default_are_those_of_the_catalogue() -> None:
    kinds = {**CATALOGUE, **TRAINING_CATALOGUE}
    fields = {name: kind.Params.model_fields.get("network") for name, kind in kinds.items()}
    defaults = {name: field.default for name, field in fields.items() if field is not None and field.default}
    assert defaults == DEFAULT_NETWORKS


START = Project.model_validate(read(FIXTURES / "no_edits.json")["before"])
NEEDS = {
    "add_node": "graph node index",
    "remove_node": "graph id",
    "connect": "graph edge",
    "disconnect": "graph edge",
    "set_param": "graph id name value",
    "unset_param": "graph id name",
    "set_node": "graph id fields",
    "move": "graph positions",
    "rename_node": "graph id to",
    "set": "path value",
    "add_graph": "name",
    "remove_graph": "name",
    "rename_graph": "name to",
    "nonsense": "graph",
}

ids = st.sampled_from(["image", "fc1", "act", "out", "data", "predict", "loss", "accuracy", "adam", "new", "class", ""])
ports = st.sampled_from(["input", "output", "image", "out", "inputs.0", "loss"])
scalars = st.none() | st.booleans() | st.integers(-3, 99) | st.floats(allow_nan=False) | st.text(max_size=5)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ids, inner, max_size=3), max_leaves=5
)
nodes = st.fixed_dictionaries(
    {"id": ids, "kind": st.sampled_from(["Input", "Output", "ReLU", "Linear"])},
    optional={"params": st.dictionaries(ids, values, max_size=2), "position": st.lists(st.integers(), max_size=3)},
)
edges = st.fixed_dictionaries(
    {"source": ids, "target": ids}, optional={"source_port": ports, "target_port": ports, "via": values}
)
paths = st.sampled_from(
    ["name", "description", "run", "run.epochs", "run.keep_best", "run.keep_best.metric", "data.main", "data", "format",
     "data.main.split.test", "data.new.limit", "networks.model", "run.validation.every.x", ""]
)  # fmt: skip
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "graph": st.sampled_from(["networks.model", "training", "networks.new", "elsewhere", 3]),
    "id": ids,
    "to": ids,
    "name": ids | st.just("model"),
    "value": values,
    "index": st.integers(-2, 9),
    "node": nodes | values,
    "edge": edges | values,
    "fields": st.dictionaries(st.sampled_from(["bypassed", "weights_of", "kind", "id"]), values, max_size=2),
    "positions": st.dictionaries(ids, st.lists(st.integers(), max_size=3), max_size=2) | values,
    "path": paths,
}
WHOLE = [
    st.fixed_dictionaries({"op": st.just(op), **{name: FIELDS[name] for name in names.split()}})
    for op, names in NEEDS.items()
]
TORN = [
    st.fixed_dictionaries({"op": st.just(op)}, optional={name: FIELDS[name] for name in names.split()})
    for op, names in NEEDS.items()
]
whole_edits = st.one_of(WHOLE)
torn_edits = st.one_of(TORN) | values


@given(st.lists(whole_edits | torn_edits, max_size=8))
def test_any_edits_either_give_a_project_that_can_be_saved_and_loaded_or_raise_a_sentence(edits: list[Any]) -> None:
    before, given_edits = START.model_dump(mode="json"), copy.deepcopy(edits)
    try:
        after = apply_edits(START, edits)
    except EditError as error:
        assert str(error).endswith(".")
    else:
        assert Project.model_validate_json(after.model_dump_json()) == after
    assert START.model_dump(mode="json") == before
    assert edits == given_edits


@given(st.lists(whole_edits, max_size=12))
def test_ids_stay_unique_and_no_link_is_left_without_its_nodes(edits: list[Any]) -> None:
    project = START
    for edit in edits:
        try:
            project = apply_edits(project, [edit])
        except EditError:
            continue
    for path in set(project.graph_paths()) & {"networks.model", "training"}:
        graph = project.graph(path)
        known = [node.id for node in graph.nodes]
        assert len(known) == len(set(known))
        assert {end for edge in graph.edges for end in (edge.source, edge.target)} <= set(known)
        taken = [(edge.target, edge.target_port) for edge in graph.edges]
        assert len(taken) == len(set(taken))
