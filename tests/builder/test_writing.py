from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.document import Edge, Graph, Node
from builder.loading import dump_project, load_project
from builder.writing import WIDEST_LINE, lay_out, strip_graph

PRESETS = sorted((Path(__file__).parents[2] / "presets").glob("*.json"))
LONG = {"weights": list(range(60))}


def test_what_fits_on_a_line_stands_on_one_and_nothing_wider_than_it_must_be() -> None:
    text = lay_out({"short": [1, {"a": None}], "long": list(range(60)), "empty": {}})
    assert '  "short": [1, {"a": null}],' in text.splitlines()
    assert text.splitlines()[2:5] == ['  "long": [', "    0,", "    1,"]
    assert '  "empty": {}' in text.splitlines()


def test_a_node_that_is_too_long_for_a_line_is_laid_out_wherever_it_stands() -> None:
    node = Node(id="odd", kind="Odd", params=LONG)
    graph = strip_graph(Graph(nodes=(node, Node(id="next", kind="ReLU", params={"a": "é"}))))
    for value in (graph, {"deeper": graph}):
        text = lay_out(value)
        assert json.loads(text) == json.loads(lay_out(json.loads(text)))
        assert text == lay_out(json.loads(text))
        assert max(map(len, text.splitlines())) <= WIDEST_LINE


def test_nodes_and_links_leave_out_what_goes_without_saying() -> None:
    graph = Graph(nodes=(Node(id="a", kind="ReLU"),), edges=(Edge(source="a", target="b", target_port="inputs.1"),))
    assert json.loads(lay_out(strip_graph(graph)))["nodes"] == [{"id": "a", "kind": "ReLU", "position": [0.0, 0.0]}]
    assert json.loads(lay_out(strip_graph(graph)))["edges"] == [
        {"source": "a", "target": "b", "target_port": "inputs.1"}
    ]


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_lies_as_it_is_written(path: Path) -> None:
    project = load_project(path.read_bytes())
    text = dump_project(project)
    assert dump_project(project) == text == lay_out(json.loads(text)) + "\n"
