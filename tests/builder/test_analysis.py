from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.analysis import analyse
from builder.document import Project
from builder.loading import LoadError, load_project

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "tests" / "builder" / "rules" / "examples").glob("*/project.json"))
PRESETS = sorted((ROOT / "presets").glob("*.json"))


@pytest.mark.parametrize("path", [*PRESETS, *EXAMPLES], ids=lambda path: path.parent.name + "." + path.stem)
def test_every_node_of_every_project_good_or_bad_is_described_in_json(path: Path) -> None:
    project = load_project(path.read_bytes())
    analysis = json.loads(json.dumps(analyse(project), allow_nan=False))
    assert list(analysis["graphs"]) == project.graph_paths()
    for graph_path, graph in analysis["graphs"].items():
        assert set(graph["nodes"]) == {node.id for node in project.graph(graph_path).nodes}
        assert graph["parameters"] == sum(node["parameters"] for node in graph["nodes"].values())


ODD = [None, True, -1, 0, 10**12, 0.5, "", "x", "$classes", "$nothing * 2", "model", "input", "bool", [], [1, -1], {}, {"a": [1]},
       "Block", "Network", "Linear", "Data", "Formula"]  # fmt: skip


def list_places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The keys that lead to every value inside of one."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*place, key)
        yield from list_places(item, (*place, key))


def damage(data: Any, rng: Random) -> None:
    """Put something odd in place of a value, repeat an item of a list, or take something away."""
    *way, last = rng.choice([place for place in list_places(data) if len(place) > 1])
    holder = data
    for key in way:
        holder = holder[key]
    match rng.randrange(4):
        case 0 if isinstance(holder, list):
            holder.append(deepcopy(holder[last]))
        case 1:
            del holder[last]
        case _:
            holder[last] = deepcopy(rng.choice(ODD))


@given(st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_a_damaged_project_that_can_still_be_opened_can_be_analysed(seed: int) -> None:
    rng = Random(seed)
    data = json.loads(rng.choice([*PRESETS, *EXAMPLES]).read_bytes())
    project = load_project(json.dumps(data))
    for _ in range(12):
        damaged = deepcopy(data)
        damage(damaged, rng)
        with suppress(LoadError):
            project, data = load_project(json.dumps(damaged)), damaged
    json.dumps(analyse(project), allow_nan=False)


def test_shapes_are_labelled_as_people_read_them() -> None:
    nodes = analyse(load_project((ROOT / "presets" / "mnist_cnn.json").read_bytes()))["graphs"]["networks.model"][
        "nodes"
    ]
    assert nodes["conv1"]["outputs"] == [
        {"name": "output", "label": "32×26×26", "shape": ["B", 32, 26, 26], "dtype": "float32"}
    ]
    assert nodes["conv1"]["title"].startswith("32 · 3×3")
    assert nodes["linear1"]["params"]["out_features"] == 10


def test_ports_of_data_and_networks_follow_from_the_project() -> None:
    nodes = analyse(load_project((ROOT / "presets" / "mnist_cnn.json").read_bytes()))["graphs"]["training"]["nodes"]
    assert [port["name"] for port in nodes["data"]["outputs"]] == ["image", "label"]
    assert [port["name"] for port in nodes["predict"]["inputs"]] == ["image"]
    assert [port["name"] for port in nodes["predict"]["outputs"]] == ["scores"]


def test_an_empty_project_can_be_analysed() -> None:
    analysis = analyse(Project())
    assert analysis["graphs"]["training"] == {"nodes": {}, "parameters": 0, "multiply_adds": 0}
    assert [finding["code"] for finding in analysis["findings"]] == ["L004"]
