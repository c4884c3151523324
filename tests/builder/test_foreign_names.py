"""What tensors are called elsewhere is kept with each network, and holds inside its blocks."""

from __future__ import annotations

import torch

from builder.compiler import build_network
from builder.document import Project, Weights
from builder.edits import apply_edits
from builder.foreign_names import collect_names
from builder.importer import import_source
from builder.loading import dump_project, load_project
from builder.shape_flow import infer
from runtime.weights.carrying import find_name
from tests.builder.test_repetitions import RESNET

SHORTCUT = {"shortcut_conv": "downsample.0", "shortcut_bn": "downsample.1"}

SOURCE = """
import torch.nn as nn

class Unit(nn.Module):
    def __init__(self):
        super().__init__()
        self.way = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4))
    def forward(self, x):
        return x + self.way(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Sequential(nn.Conv2d(4, 4, 1), nn.ReLU()))
        self.units = nn.Sequential(Unit(), Unit())
        self.classifier = nn.Sequential(nn.Flatten(), nn.Linear(4 * 30 * 30, 10))
    def forward(self, x):
        return self.classifier(self.units(self.features(x)))
"""
WANTED = [
    "features.0.weight",
    "features.2.0.bias",
    "units.0.way.0.weight",
    "units.1.way.1.running_mean",
    "classifier.1.bias",
]


def foreign(project: Project, name: str) -> dict[str, str]:
    """For each tensor of a network what it is called elsewhere."""
    names = collect_names(project, name, infer(project)[f"networks.{name}"])
    with torch.device("meta"):
        return {key: find_name(key, names) for key in build_network(project, name).state_dict()}


def test_imported_sequentials_keep_the_names_of_their_class_and_through_the_file() -> None:
    project = import_source(SOURCE).make_project()
    space: dict[str, type[torch.nn.Module]] = {}
    exec(SOURCE, space)
    assert list(foreign(project, "net").values()) == list(space["Net"]().state_dict())
    again = load_project(dump_project(project))
    assert set(WANTED) <= set(foreign(again, "net").values())


def test_a_node_that_is_renamed_keeps_the_name_that_it_has_elsewhere() -> None:
    project = import_source(SOURCE).make_project()
    before = sorted(foreign(project, "net").values())
    edits = [
        {"op": "rename_node", "graph": "networks.net", "id": "features_0", "to": "stem"},
        {"op": "rename_node", "graph": "networks.net", "id": "units", "to": "body"},
        {"op": "rename_node", "graph": "networks.unit", "id": "way_0", "to": "conv"},
    ]
    after = foreign(apply_edits(project, edits), "net")
    assert after["stem.weight"] == "features.0.weight"
    assert after["body.1.conv.weight"] == "units.1.way.0.weight"
    assert sorted(after.values()) == before


def test_a_residual_network_of_shipped_blocks_takes_the_well_known_names_by_a_map_of_two_nodes() -> None:
    block = RESNET.networks["residual_basic_downsampling"]
    mapped = block.model_copy(update={"weights": Weights(origin="elsewhere", names=SHORTCUT)})
    project = RESNET.with_graph("networks.residual_basic_downsampling", mapped)
    names = set(foreign(project, "model").values())
    assert {"layer2.0.downsample.0.weight", "layer4.0.downsample.1.running_var", "layer1.0.conv1.weight"} <= names
    assert not [name for name in names if "shortcut" in name]
