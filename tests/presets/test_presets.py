"""Every preset is a project that is whole, legal and what its system says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch

from builder.compiler import build_network
from builder.document import TRAINING, Project
from builder.flow import NodeFlow
from builder.ids import is_legal
from builder.layers import CATALOGUE
from builder.parameters import resolve_params
from builder.references import facts_scope
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from builder.training import TRAINING_CATALOGUE
from builder.training.base import Metric

FOLDER = Path(__file__).parents[2] / "presets"
CORE = Path(__file__).parents[2] / "ui" / "frontend" / "src" / "canvas" / "core"
SIZES = dict(
    re.findall(r"const ([A-Z_]+) = (\d+);", (CORE / "measure.ts").read_text() + (CORE / "actions.ts").read_text())
)
HEAD, ROW, PADDING, COST, WIDTH = (int(SIZES[name]) for name in ("HEAD", "ROW", "PADDING", "COST", "NODE_WIDTH"))
APART = 16
"""What is free between two nodes at least, so that both are seen to end."""
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
PARAMETERS = {
    "sigmoid_neuron": 3,
    "linear_regression": 2,
    "mnist_cnn": 54_410,
    "mnist_cnn_deep": 225_034,
    "mnist_convnet": 34_826,
    "unet": 31_037_633,
    "cifar_cnn": 32 * 28 + 64 * 289 + 128 * 4097 + 10 * 129,
}
CLASSIFYING = ("mnist", "cifar", "resnet", "vit")
GENERATIVE = (
    "gan",
    "dcgan",
    "lsgan",
    "wgan",
    "wgan_gp",
    "conditional_gan",
    "autoencoder",
    "denoising_autoencoder",
    "vae",
    "conditional_vae",
)


def load(name: str) -> Project:
    return Project.model_validate_json((FOLDER / f"{name}.json").read_text())


@pytest.fixture(params=NAMES)
def project(request: pytest.FixtureRequest) -> Project:
    return load(request.param)


def test_the_presets_of_the_first_systems_are_there() -> None:
    wanted = ["mlp_iris", "mlp_spiral", "mnist_mlp", "diabetes_regression"]
    assert {*wanted, *PARAMETERS, *GENERATIVE} <= set(NAMES)


def test_no_two_presets_stand_at_the_same_place_of_the_gallery() -> None:
    orders = [load(name).about["order"] for name in NAMES]
    assert sorted(orders) == sorted(set(orders))


def test_a_preset_says_what_it_is(project: Project) -> None:
    about = project.about
    assert {"summary", "task", "family", "seconds", "order", "system"} <= set(about)
    assert about["summary"].startswith("Learns ")
    assert about["summary"].endswith(".")
    assert len(about["summary"]) < 100
    assert project.description


def test_a_preset_uses_known_kinds_legal_ids_and_valid_parameters(project: Project) -> None:
    for path in project.graph_paths():
        graph = project.graph(path)
        kinds = TRAINING_CATALOGUE if path == "training" else CATALOGUE
        ids = [node.id for node in graph.nodes]
        assert len(set(ids)) == len(ids)
        assert all(map(is_legal, ids))
        assert {node.kind for node in graph.nodes} <= set(kinds)
        for edge in graph.edges:
            assert {edge.source, edge.target} <= set(ids)
        for node in graph.nodes:
            if path == "training":
                resolve_params(node, kinds[node.kind], facts_scope(project))


def test_the_nodes_of_a_preset_stand_on_the_grid_and_apart_as_they_are_drawn(project: Project) -> None:
    for path, flow in infer(project).items():
        nodes = project.graph(path).nodes
        assert all(x % 8 == 0 and y % 8 == 0 for x, y in (node.position for node in nodes))
        heights = {node.id: measure_height(flow.nodes[node.id], path) for node in nodes}
        for index, node in enumerate(nodes):
            for other in nodes[:index]:
                upper, lower = sorted((node, other), key=lambda each: each.position[1])
                free = lower.position[1] - upper.position[1] - heights[upper.id]
                is_beside = abs(node.position[0] - other.position[0]) >= WIDTH + APART
                assert is_beside or free >= APART, (path, upper.id, lower.id, free)


def measure_height(known: NodeFlow, path: str) -> int:
    """How high a node is on the canvas: its head, a row for each port where there are several, and what it costs."""
    most = max(len(known.in_ports), len(known.out_ports))
    return HEAD + (most * ROW + PADDING if most > 1 else 0) + (COST if path != TRAINING else 0)


def test_links_of_a_preset_run_from_left_to_right(project: Project) -> None:
    for path in project.graph_paths():
        graph = project.graph(path)
        for edge in graph.edges:
            assert graph.node(edge.source).position[0] < graph.node(edge.target).position[0]


def test_what_a_preset_keeps_is_judged_by_a_metric_of_its_own(project: Project) -> None:
    keep = project.run.keep_best
    if keep is not None:
        metric = TRAINING_CATALOGUE[project.training.node(keep.metric).kind]
        assert issubclass(metric, Metric)
        assert metric.goal == keep.mode


def test_a_preset_can_be_planned_and_its_network_built(project: Project) -> None:
    trained = TrainingPlan(project).trained
    for name in project.networks:
        with torch.device("meta"):
            network = build_network(project, name)
        assert name not in trained or sum(parameter.numel() for parameter in network.parameters()) > 0


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_system_has_the_number_of_parameters_that_its_source_states(name: str) -> None:
    network = build_network(load(name), "model")
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name]


def test_the_sigmoid_neuron_starts_at_the_weights_of_its_source() -> None:
    state = build_network(load("sigmoid_neuron"), "model").state_dict()
    assert state["neuron.weight"].tolist() == [pytest.approx([0.8, 0.4])]
    assert state["neuron.bias"].tolist() == [0.0]


def test_linear_regression_sees_four_raw_points_for_two_thousand_steps() -> None:
    project = load("linear_regression")
    source = project.data["main"]
    assert source.origins[0].options == {"x": [1, 2, 3, 4], "y": [2, 4, 6, 8]}
    assert source.split.validation == source.split.test == 0
    assert {meaning.scaling for meaning in source.fields.values()} == {"none"}
    assert source.facts is not None
    steps = source.facts.counts["train"] / project.training.node("data").params["batch_size"] * project.run.epochs
    assert steps == 2000


@pytest.mark.parametrize("name", [*(name for name in NAMES if name.startswith(CLASSIFYING)), *GENERATIVE])
def test_an_image_preset_looks_for_the_real_data_first_and_has_an_embedded_stand_in(name: str) -> None:
    source = load(name).data["main"]
    assert [origin.kind for origin in source.origins] == ["hub", "embedded"]
    assert source.facts is not None
    assert source.facts.origin == 1
    assert source.facts.counts == {"train": 1617, "validation": 180}


def test_a_preset_file_is_written_to_be_read_and_compared() -> None:
    for name in NAMES:
        text = (FOLDER / f"{name}.json").read_text()
        assert text.endswith("}\n")
        assert text.startswith('{\n  "format": 1,\n  "name": ')
        assert list(json.loads(text)) == [
            "format",
            "name",
            "description",
            "about",
            "networks",
            "training",
            "data",
            "run",
        ]
