"""The many ways in which sources write one thing."""

from __future__ import annotations

from typing import Any

import pytest

from builder.document import Project
from builder.edits import apply_edits
from builder.importer import ImportRefused, import_source
from builder.importer.functions import OPERATIONS
from builder.importer.vocabulary import NN, OWN
from builder.layers import CATALOGUE
from tests.builder.importer.forms import HEAD, links, nodes, read

FORMS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "return F.relu(x)": [("ReLU", {})],
    "return torch.relu_(x)": [("ReLU", {})],
    "return x.relu()": [("ReLU", {})],
    "return nn.ReLU()(x)": [("ReLU", {})],
    "return x.view(x.size(0), -1)": [("Flatten", {})],
    "return x.view(x.shape[0], -1)": [("Flatten", {})],
    "return x.view(-1, 16 * 5 * 5)": [("Flatten", {})],
    "n = x.size(0)\nreturn x.view(n, -1)": [("Flatten", {})],
    "return torch.flatten(x, 1)": [("Flatten", {"start_dim": 1})],
    "return torch.flatten(x, start_dim=1)": [("Flatten", {"start_dim": 1})],
    "return x.flatten(1)": [("Flatten", {"start_dim": 1})],
    "return x.reshape(x.shape[0], -1)": [("Reshape", {"shape": [-1]})],
    "return x.view(-1, 1, 28, 28)": [("Reshape", {"shape": [1, 28, 28]})],
    "return x.view(x.size(0), 3, x.size(2), 4)": [("Reshape", {"shape": [3, -1, 4]})],
    "return x + x": [("Add", {})],
    "return x + x + x": [("Add", {})],
    "return x * x": [("Multiply", {})],
    "return x - x": [("Subtract", {})],
    "return x @ x": [("MatMul", {})],
    "return torch.add(x, x)": [("Add", {})],
    "return torch.cat([x, x], dim=1)": [("Concat", {"dim": 1})],
    "return torch.cat((x, x), 1)": [("Concat", {"dim": 1})],
    "return torch.stack([x, x], -1)": [("Stack", {"dim": -1})],
    "return x.mean(dim=(2, 3))": [("Mean", {"dim": [2, 3]})],
    "return x.mean([2, 3], keepdim=True)": [("Mean", {"dim": [2, 3], "keepdim": True})],
    "return torch.mean(x, 1)": [("Mean", {"dim": 1})],
    "return x.sum(-1)": [("Sum", {"dim": -1})],
    "return torch.flatten(x, 2).mean(dim=2)": [("GlobalAvgPool", {})],
    "return F.max_pool2d(x, 2)": [("MaxPool2d", {"kernel_size": 2})],
    "return F.max_pool2d(x, (2, 2), stride=1)": [("MaxPool2d", {"kernel_size": [2, 2], "stride": 1})],
    "return F.adaptive_avg_pool2d(x, (1, 1))": [("AdaptiveAvgPool2d", {"output_size": [1, 1]})],
    "return F.dropout(x, 0.2, training=self.training)": [("Dropout", {"p": 0.2})],
    "return F.dropout(x, training=self.training)": [("Dropout", {})],
    "return F.log_softmax(x, dim=1)": [("LogSoftmax", {"dim": 1})],
    "return F.interpolate(x, scale_factor=2, mode='nearest')": [("Upsample", {"scale_factor": 2, "mode": "nearest"})],
    "return F.pad(x, (1, 1))": [("Pad", {"pad": [1, 1]})],
    "return x.permute(0, 2, 1)": [("Permute", {"dims": [0, 2, 1]})],
    "return torch.permute(x, (0, 2, 1))": [("Permute", {"dims": [0, 2, 1]})],
    "return x.unsqueeze(1).squeeze(1)": [("Unsqueeze", {"dim": 1}), ("Squeeze", {"dim": 1})],
    "return x[:, -1]": [("Slice", {"dim": 1, "start": -1}), ("Squeeze", {"dim": 1})],
    "return x[:, 0, :]": [("Slice", {"dim": 1, "start": 0, "end": 1}), ("Squeeze", {"dim": 1})],
    "return x[:, 2:8:2]": [("Slice", {"dim": 1, "start": 2, "end": 8, "step": 2})],
    "return x[..., :4]": [("Slice", {"dim": -1, "end": 4})],
    "return x[:, None]": [("Unsqueeze", {"dim": 1})],
    "a, b = x, x\nreturn a * b": [("Multiply", {})],
    "return x.contiguous().to('cuda').clone()": [],
    "def twice(t):\n    return t + t\nreturn twice(x)": [("Add", {})],
    "f = lambda t: F.relu(t)\nreturn f(x)": [("ReLU", {})],
    "for _ in range(3):\n    x = torch.tanh(x)\nreturn x": [("Tanh", {})] * 3,
    "return x if x is not None else None": [],
    "x.relu_()\nreturn x": [("ReLU", {})],
    "import torch.nn.functional as G\nreturn G.relu(x)": [("ReLU", {})],
    "pass\nreturn F.relu(x)": [("ReLU", {})],
}


@pytest.mark.parametrize("forward", FORMS)
def test_a_form_comes_to_its_layers_without_a_remark(forward: str) -> None:
    imported = read(forward)
    assert nodes(imported) == FORMS[forward]
    assert imported.notes == ()


MADE: dict[str, tuple[str, dict[str, Any]]] = {
    "nn.Conv2d(3, 16, 5)": ("Conv2d", {"out_channels": 16, "kernel_size": 5}),
    "nn.Conv2d(3, 16, kernel_size=(3, 5), padding='same')": (
        "Conv2d",
        {"out_channels": 16, "kernel_size": [3, 5], "padding": "same"},
    ),
    "nn.Conv2d(in_channels=3, out_channels=16, kernel_size=3, stride=2, padding=1, bias=False)": (
        "Conv2d",
        {"out_channels": 16, "kernel_size": 3, "stride": 2, "padding": 1, "bias": False},
    ),
    "nn.ConvTranspose2d(8, 4, 2)": (
        "ConvTranspose2d",
        {"stride": 1, "padding": 0, "out_channels": 4, "kernel_size": 2},
    ),
    "nn.Linear(2 ** 5, (4 + 2) * 3 // 2 - 1)": ("Linear", {"out_features": 8}),
    "nn.LayerNorm(64)": ("LayerNorm", {}),
    "nn.LayerNorm([8, 64])": ("LayerNorm", {"normalized_shape": [8, 64]}),
    "nn.BatchNorm2d(16, momentum=0.2)": ("BatchNorm2d", {"momentum": 0.2}),
    "nn.GroupNorm(4, 16)": ("GroupNorm", {"num_groups": 4}),
    "nn.ReLU(inplace=True)": ("ReLU", {}),
    "nn.Upsample(scale_factor=2, mode='bilinear', align_corners=True)": (
        "Upsample",
        {"scale_factor": 2, "mode": "bilinear", "align_corners": True},
    ),
    "nn.ZeroPad2d(2)": ("Pad", {"pad": [2, 2, 2, 2]}),
    "nn.Dropout(p=0.1)": ("Dropout", {"p": 0.1}),
    "nn.Embedding(100, 8, padding_idx=0)": ("Embedding", {"num_embeddings": 100, "embedding_dim": 8, "padding_idx": 0}),
}


@pytest.mark.parametrize("source", MADE)
def test_a_module_comes_to_its_kind_with_the_sizes_dropped_that_are_inferred(source: str) -> None:
    imported = read("return self.m(x)", f"self.m = {source}")
    assert nodes(imported) == [MADE[source]]
    assert imported.notes == ()
    assert imported.networks["net"].nodes[1].id == "m"


@pytest.mark.parametrize("name", NN)
def test_every_default_that_differs_from_pytorchs_is_written_out(name: str) -> None:
    from inspect import signature

    from torch import nn

    known = NN[name]
    theirs = signature(getattr(nn, name)).parameters
    ours = {key: field.default for key, field in CATALOGUE[known.kind].Params.model_fields.items()}
    for key in set(ours) & set(theirs) - set(known.defaults):
        default = theirs[key].default
        named = getattr(default, "__name__", default)
        assert default is theirs[key].empty or named == ours[key] or default is None, (name, key)
    is_open = "args" in theirs or known.kind == "Pad"
    assert [key for key in (*known.names, *known.sizes) if key not in theirs and not is_open] == []


def test_every_layer_of_the_catalogue_can_come_in() -> None:
    made = {known.kind for known in (*NN.values(), *OWN.values(), *OPERATIONS.values())}
    drawn = {"Input", "Output", "Block", "Add", "Multiply", "Subtract", "MatMul", "Concat", "Stack", "Permute", "Reshape",
             "Slice", "GlobalAvgPool"}  # fmt: skip
    assert set(CATALOGUE) - made - drawn == set()


def test_a_module_that_is_called_twice_shares_its_weights() -> None:
    graph = read(
        "return self.fc(self.fc(x)) + self.act(self.act(x))", "self.fc = nn.Linear(4, 4)\nself.act = nn.ReLU()"
    ).networks["net"]
    assert {node.id: node.weights_of for node in graph.nodes if node.weights_of} == {"fc_2": "fc"}


def test_sizes_that_contradict_each_other_are_said() -> None:
    source = "self.conv1 = nn.Conv2d(3, 16, 3)\nself.conv2 = nn.Conv2d(32, 8, 3)"
    (note,) = read("return self.conv2(self.conv1(x))", source).notes
    assert note.line == 13
    assert '"conv2": the source says in_channels=32, and 16 arrive' in note.text
    (note,) = read("return self.b(self.a(x))", "self.a = nn.Linear(8, 4)\nself.b = nn.Linear(5, 1)").notes
    assert "in_features=5, and 4 arrive" in note.text


SHAPES: dict[tuple[str, str], dict[str, Any]] = {
    ("return self.m(x)", "self.m = nn.Linear(8, 2)"): {"shape": [8]},
    ("return self.m(x)", "self.m = nn.Embedding(9, 2)"): {"shape": ["T"], "dtype": "int64"},
    ("return self.m(x)[0]", "self.m = nn.GRU(5, 2, batch_first=True)"): {"shape": ["T", 5]},
    ("return self.m(x)", "self.m = nn.Conv2d(3, 2, 3)"): {},
    ("return self.f(self.m(x).flatten(1))", "self.m = nn.Conv2d(1, 2, 3)\nself.f = nn.Linear(2 * 26 * 26, 3)"): {
        "shape": [1, 28, 28]
    },
    ("return self.f(x.view(-1, 784))", "self.f = nn.Linear(784, 3)"): {"shape": [1, 28, 28]},
    ("return self.f(x.flatten(1))", "self.f = nn.Linear(50, 3)"): {"shape": [50]},
    ("return self.m(F.relu(x))", "self.m = nn.Conv1d(4, 2, 3)"): {"shape": [4, "T"]},
    ("return F.relu(x)", "pass"): {},
}


@pytest.mark.parametrize(("forward", "init"), SHAPES)
def test_the_inputs_shape_follows_from_the_first_layers_where_it_can(forward: str, init: str) -> None:
    assert read(forward, init).networks["net"].nodes[0].params == SHAPES[forward, init]


def test_a_mask_that_hides_what_comes_later_is_a_parameter() -> None:
    init = "layer = nn.TransformerEncoderLayer(8, 2, batch_first=True)\nself.m = nn.TransformerEncoder(layer, 2)"
    forward = "mask = nn.Transformer.generate_square_subsequent_mask(x.size(1))\nreturn self.m(x, mask=mask)"
    imported = read(forward, init)
    assert [(kind, params.get("is_causal")) for kind, params in nodes(imported)] == [
        ("TransformerEncoderLayer", True)
    ] * 2
    assert imported.notes == ()


def test_packed_sequences_link_their_lengths() -> None:
    forward = (
        "packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)\n"
        "out, (h, c) = self.m(packed)\nout, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)\nreturn out, h[-1]"
    )
    imported = read(forward, "self.m = nn.LSTM(4, 8, batch_first=True)", "x, lengths")
    assert imported.notes == ()
    assert links(imported.networks["net"]) >= {
        "lengths.output -> m.lengths",
        "m.last -> output.input",
        "m.output -> out.input",
    }
    assert imported.networks["net"].node("lengths").params == {"shape": [], "dtype": "int64"}


def test_arguments_become_parameters_of_blocks_with_arithmetic_on_them() -> None:
    source = f"""{HEAD}
class Widen(nn.Module):
    def __init__(self, channels, factor=2, rate=0.5):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels * factor, 1)
        self.drop = nn.Dropout(rate)
    def forward(self, x):
        return self.drop(self.conv(x))

class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.first = Widen(3)
        self.second = Widen(channels=6, factor=width)
    def forward(self, image):
        return self.second(self.first(image))
"""
    imported = import_source(source)
    assert list(imported.networks) == ["net", "widen"]
    net, widen = imported.networks["net"], imported.networks["widen"]
    assert net.params == {"width": 8}
    assert net.node("second").params == {
        "network": "widen",
        "arguments": {"channels": 6, "factor": "$width", "rate": 0.5},
    }
    assert widen.params == {"channels": 3, "factor": 2, "rate": 0.5}
    assert (widen.node("conv").params["out_channels"], widen.node("drop").params) == (
        "$channels * $factor",
        {"p": "$rate"},
    )


def test_a_loop_over_equal_parts_is_one_block_that_is_repeated() -> None:
    source = f"""{HEAD}
class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
    def forward(self, x, memory):
        return self.fc(x) + memory

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Layer() for _ in range(3)])
    def forward(self, x, memory):
        for layer in self.layers:
            x = layer(x, memory)
        return x
"""
    net = import_source(source).networks["net"]
    assert net.node("layers").params == {"network": "layer", "repeat": 3}
    assert links(net) >= {"x.output -> layers.x", "memory.output -> layers.memory"}


def test_a_class_that_is_a_layer_of_ours_comes_in_alone() -> None:
    source = f"""{HEAD}
class PositionalEncoding(nn.Module):
    def __init__(self, size=8):
        super().__init__()
        self.waves = torch.cat([torch.sin(torch.arange(9.0)), torch.cos(torch.arange(9.0))])
    def forward(self, x):
        return x + self.waves
"""
    assert [kind for kind, _ in nodes(import_source(source))] == ["PositionalEncoding"]


def test_a_name_says_which_class_is_meant() -> None:
    source = f"{HEAD}\n" + "\n".join(
        f"class {name}(nn.Module):\n    def forward(self, x):\n        return F.{function}(x)"
        for name, function in (("First", "relu"), ("Second", "tanh"))
    )
    assert import_source(source).main == "second"
    assert set(import_source(source).networks) == {"first", "second"}
    assert list(import_source(source, "First").networks) == ["first"]
    with pytest.raises(ImportRefused, match='There are: "First" and "Second"'):
        import_source(source, "Third")


def test_networks_go_into_a_project_as_one_list_of_edits_and_keep_what_is_there() -> None:
    imported = read("return F.relu(x)")
    project = imported.make_project("Mine")
    again = apply_edits(project, imported.list_edits(project))
    assert (project.name, list(project.networks), list(again.networks)) == ("Mine", ["net"], ["net", "net_2"])
    assert again.networks["net"] == project.networks["net"]
    assert Project.model_validate_json(again.model_dump_json()) == again
    positions = [node.position for node in project.networks["net"].nodes]
    assert positions == [(0, 0), (240, 0), (480, 0)]
