"""Sequence to sequence as people write it in PyTorch: states that are handed on, attention with weights, decoders."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from builder.compiler import build_network
from builder.document import Graph, Project
from builder.importer import Imported, import_source
from tests.builder.drawn import graph, node
from tests.builder.importer.test_round_trip import assert_comes_back

HEAD = "import torch\nimport torch.nn as nn\n"


def read(source: str) -> tuple[Imported, Graph]:
    imported = import_source(HEAD + source, "Model")
    return imported, imported.networks[imported.main]


def links(network: Graph, target: str) -> dict[str, str]:
    return {e.target_port: f"{e.source}.{e.source_port}" for e in network.edges if e.target == target}


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_the_state_of_an_encoder_starts_a_decoder_and_gives_the_same_numbers(kind: str) -> None:
    given = "(hidden, cell)" if kind == "LSTM" else "hidden"
    source = f"""
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.{kind}(4, 6, num_layers=2, batch_first=True)
        self.decoder = nn.{kind}(4, 6, num_layers=2, batch_first=True)
        self.head = nn.Linear(6, 9)
    def forward(self, source, target):
        _, {given} = self.encoder(source)
        states, _ = self.decoder(target, {given})
        return self.head(states)
"""
    imported, network = read(source)
    assert imported.notes == ()
    assert links(network, "decoder") == {"input": "target.output", "state": "encoder.state"}
    space: dict[str, type[nn.Module]] = {}
    exec(HEAD + source, space)
    theirs, ours = space["Model"](), build_network(imported.make_project(), imported.main)
    ours.load_state_dict(theirs.state_dict())
    inputs = torch.randn(3, 5, 4), torch.randn(3, 7, 4)
    torch.testing.assert_close(ours(*inputs), theirs(*inputs))


def test_a_state_that_was_made_otherwise_gets_a_sentence() -> None:
    imported, network = read("""
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 6, batch_first=True)
    def forward(self, x):
        return self.gru(x, torch.ones(1, 3, 6))[0]
""")
    assert links(network, "gru") == {"input": "x.output"}
    assert "it starts at zero" in str(imported.notes[0])


@pytest.mark.parametrize(
    ("call", "outputs"),
    [
        ("out, weights = self.look(x, x, x)", {"out": "look.output", "weights": "look.weights"}),
        (
            "out, _ = self.look(x, x, x, need_weights=False)\n        weights = x",
            {"out": "look.output", "weights": "x.output"},
        ),
    ],
)
def test_weights_of_attention_are_an_output(call: str, outputs: dict[str, str]) -> None:
    imported, network = read(f"""
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.MultiheadAttention(8, 2, batch_first=True)
    def forward(self, x):
        {call}
        return out, weights
""")
    assert imported.notes == ()
    found = [known.id for known in network.nodes if known.kind == "Output"]
    assert [links(network, id)["input"] for id in found] == list(outputs.values())


def test_a_stack_of_decoder_layers_looks_at_its_memory() -> None:
    imported, network = read("""
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerDecoderLayer(8, 2, 16, batch_first=True, norm_first=True)
        self.decoder = nn.TransformerDecoder(layer, num_layers=2)
    def forward(self, x, memory):
        mask = nn.Transformer.generate_square_subsequent_mask(x.size(1))
        return self.decoder(x, memory, tgt_mask=mask)
""")
    layers = [known for known in network.nodes if known.kind == "TransformerDecoderLayer"]
    assert [layer.params["is_causal"] for layer in layers] == [True, True]
    assert [links(network, layer.id)["memory"] for layer in layers] == ["memory.output", "memory.output"]
    assert imported.notes == ()


def test_every_layer_for_sequences_comes_back_from_its_code() -> None:
    steps = node("lengths", "Input", shape=[], dtype="int64")
    nodes = [
        node("x", "Input", shape=["T", 8]),
        node("y", "Input", shape=["T", 8]),
        steps,
        node("encode", "TransformerEncoderLayer", nhead=2, dim_feedforward=16),
        node("decode", "TransformerDecoderLayer", nhead=2, dim_feedforward=16, norm_first=True),
        node("look", "Attention", score="general"),
        node("pool", "AttentionPool", hidden_size=5),
        node("read", "LSTM", hidden_size=6, num_layers=2),
        node("write", "LSTM", hidden_size=6, num_layers=2),
        *(node(name, "Output") for name in ("a", "b", "c", "d")),
    ]
    network = graph(
        nodes,
        "x -> encode",
        "lengths -> encode.lengths",
        "y -> decode",
        "encode -> decode.memory",
        "lengths -> decode.memory_lengths",
        "decode -> look",
        "encode -> look.memory",
        "look -> read",
        "lengths -> read.lengths",
        "look -> write",
        "read.state -> write.state",
        "write -> pool",
        "pool -> a",
        "pool.weights -> b",
        "look.weights -> c",
        "decode.weights -> d",
    )
    assert_comes_back(Project(networks={"model": network}))
