from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.analysis import analyse
from builder.document import Project
from builder.loading import load_project

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
