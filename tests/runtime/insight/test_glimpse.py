from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import nn

from builder.document import Project
from builder.edits import apply_edits
from builder.loading import load_project
from runtime.data.prepare import prepare
from runtime.insight.describing import describe_tensor
from runtime.insight.glimpse import glimpse
from runtime.runs.errors import RunError

PRESETS = Path(__file__).parents[3] / "presets"
MODEL = "networks.model"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    return load_project((PRESETS / "mnist_cnn.json").read_bytes())


def test_an_input_shows_the_very_samples_of_the_first_step(project: Project) -> None:
    seen = glimpse(project, MODEL, "image")
    data = glimpse(project, "training", "data")
    assert torch.equal(seen.outputs["output"], data.outputs["image"])
    assert seen.samples == len(data.outputs["label"]) <= 64
    prepared = prepare(project)["main"].parts["train"]["image"]
    assert all(any(torch.equal(sample, known) for known in prepared) for sample in seen.outputs["output"][:3])


def test_a_layer_gives_what_it_computes_of_that(project: Project) -> None:
    before = glimpse(project, MODEL, "conv1").outputs["output"]
    after = glimpse(project, MODEL, "relu1").outputs["output"]
    assert torch.equal(nn.functional.relu(before), after)
    assert after.shape[1:] == (32, 26, 26)


def test_a_loss_of_fresh_weights_is_about_that_of_guessing(project: Project) -> None:
    seen = glimpse(project, "training", "loss")
    assert float(seen.outputs["output"]) == pytest.approx(math.log(10), abs=0.4)
    assert seen.weights == "fresh weights"


def test_what_comes_behind_may_be_unfinished(project: Project) -> None:
    edits = [
        {"op": "remove_node", "graph": MODEL, "id": "flatten1"},
        {"op": "set_param", "graph": MODEL, "id": "linear1", "name": "out_features", "value": "$nothing"},
        {"op": "remove_node", "graph": "training", "id": "loss"},
    ]
    broken = apply_edits(project, edits)
    assert glimpse(broken, MODEL, "pool1").outputs["output"].shape[1:] == (32, 13, 13)
    with pytest.raises(RunError, match="linear1"):
        glimpse(broken, MODEL, "linear1")


def test_the_global_generator_is_left_alone(project: Project) -> None:
    torch.manual_seed(3)
    glimpse(project, MODEL, "linear1")
    drawn = torch.rand(3)
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(3))


def test_inside_a_block_the_way_to_it_decides(project: Project) -> None:
    inner = {
        "nodes": [
            {"id": "x", "kind": "Input", "params": {"shape": "$shape"}},
            {"id": "conv", "kind": "Conv2d", "params": {"out_channels": 4, "padding": 1}},
            {"id": "y", "kind": "Output"},
        ],
        "edges": [{"source": "x", "target": "conv"}, {"source": "conv", "target": "y"}],
    }
    block = {"id": "unit", "kind": "Block", "params": {"network": "unit", "repeat": 3}}
    edits = [
        {"op": "add_graph", "name": "unit", "graph": inner},
        {"op": "add_node", "graph": MODEL, "node": block},
        {"op": "connect", "graph": MODEL, "edge": {"source": "pool1", "target": "unit", "target_port": "x"}},
    ]
    changed = apply_edits(project, edits)
    seen = glimpse(changed, "networks.unit", "conv").outputs["output"]
    assert seen.shape[1:] == (4, 13, 13)
    named = glimpse(changed, "networks.unit", "conv", [("model", "unit")]).outputs["output"]
    assert torch.equal(seen, named)


@pytest.mark.parametrize(
    ("path", "node", "words"),
    [
        ("training", "adam", "changes weights"),
        (MODEL, "nobody", "no node"),
        ("networks.other", "x", "no node"),
    ],
)
def test_where_nothing_can_be_seen_a_sentence_says_so(project: Project, path: str, node: str, words: str) -> None:
    with pytest.raises(RunError, match=words):
        glimpse(project, path, node)


def test_what_cannot_be_computed_for_the_data_is_said_with_its_node(project: Project) -> None:
    edit = {"op": "set_param", "graph": MODEL, "id": "linear1", "name": "out_features", "value": 3}
    with pytest.raises(RunError, match='"loss" cannot be computed for this batch'):
        glimpse(apply_edits(project, [edit]), "training", "loss")


def test_a_network_that_is_never_called_is_told(project: Project) -> None:
    graph = {"nodes": [{"id": "x", "kind": "Input", "params": {"shape": [1]}}]}
    lonely = apply_edits(project, [{"op": "add_graph", "name": "lonely", "graph": graph}])
    with pytest.raises(RunError, match="never calls"):
        glimpse(lonely, "networks.lonely", "x")


def test_every_node_of_a_preset_can_be_looked_at(project: Project) -> None:
    for node in project.networks["model"].nodes:
        assert glimpse(project, MODEL, node.id).outputs


def test_a_tensor_is_described_by_its_numbers_and_pictures() -> None:
    tensor = torch.tensor([[[[0.0, 1.0], [2.0, 5.0]]]])
    described = describe_tensor(tensor)
    assert described["shape"] == [1, 1, 2, 2] and described["dtype"] == "float32"
    assert described["numbers"] == {
        "least": 0.0,
        "most": 5.0,
        "mean": 2.0,
        "deviation": pytest.approx(1.8708, abs=1e-3),
        "zeros": 0.25,
        "faulty": 0,
    }
    assert sum(described["histogram"]["counts"]) == 4
    assert described["pictures"][0].startswith("data:image/png;base64,")


def test_what_is_not_finite_is_counted_and_does_not_spoil_the_rest() -> None:
    described = describe_tensor(torch.tensor([[1.0, float("nan")], [float("inf"), 3.0]]))
    assert described["numbers"]["faulty"] == 2 and described["numbers"]["mean"] == 2.0
    assert described["rows"] == [[1.0, None], [None, 3.0]]
    assert describe_tensor(torch.full((2, 2), float("nan")))["numbers"] == {"faulty": 4}
