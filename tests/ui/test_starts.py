from __future__ import annotations

import pytest

from builder.document import Run
from builder.rules import check
from ui.starts import EMPTY, MASKS, STARTS, start_project


@pytest.mark.parametrize("name", [name for name in STARTS if name != MASKS])
def test_a_new_project_lacks_its_layers_and_nothing_else(name: str) -> None:
    project = start_project(name)
    kinds = [node.kind for graph in project.networks.values() for node in graph.nodes]
    assert set(kinds) == {"Input", "Output"} and not any(graph.edges for graph in project.networks.values())
    errors = [finding for finding in check(project) if finding.severity == "error"]
    assert errors and all(finding.graph.startswith("networks.") for finding in errors if finding.code.startswith("G"))


@pytest.mark.parametrize("name", list(STARTS))
def test_drawing_the_missing_link_is_all_that_the_ports_need(name: str) -> None:
    project = start_project(name)
    ports = {node.id for graph in project.networks.values() for node in graph.nodes}
    called = {
        port
        for edge in project.training.edges
        for node, port in ((edge.source, edge.source_port), (edge.target, edge.target_port))
        if node == "predict"
    }
    assert called <= ports


def test_masks_begin_with_a_network_that_trains_as_it_is() -> None:
    project = start_project(MASKS)
    assert check(project) == [] and project.name == STARTS[MASKS][1]
    assert {node.kind for node in project.networks["model"].nodes} == {"Input", "Block", "Conv2d", "Output"}


def test_without_a_task_there_is_data_and_nothing_learns_yet() -> None:
    project = start_project(EMPTY)
    assert [node.kind for node in project.training.nodes] == ["Data"] and not project.training.edges
    assert project.run == Run()
    assert "L004" in {finding.code for finding in check(project)}
