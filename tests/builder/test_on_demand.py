"""Outputs that are made only where something is linked to them: in the plan, in the module and in the code alike."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from builder.codegen import generate_model
from builder.compiler import build_network
from builder.document import Graph, Project
from builder.shape_flow import infer
from tests.builder.drawn import graph, node
from tests.builder.test_compiler import run_source


def assert_same(network: Graph, *inputs: Tensor) -> list[Tensor]:
    """The outputs of a network, which are those of its code."""
    project = Project(networks={"model": network})
    torch.manual_seed(0)
    ours = build_network(project, "model").eval()
    theirs = run_source(generate_model(project), 0).eval()
    found, printed = ours(*inputs), theirs(*inputs)
    outputs = [found] if isinstance(found, Tensor) else list(found)
    printed = [printed] if isinstance(printed, Tensor) else list(printed)
    assert all(torch.equal(a, b) for a, b in zip(outputs, printed, strict=True))
    flow = infer(project)["networks.model"].outputs_of(network)
    assert [tuple(output.shape[1:]) for output in outputs] == [spec.shape[1:] for spec in flow.values()]
    return outputs


X = node("x", "Input", shape=[6, 8])


def test_weights_of_attention_are_computed_where_they_leave() -> None:
    nodes = [X, node("look", "MultiheadAttention", num_heads=2), node("y", "Output")]
    plain = graph(nodes, "x -> look", "look -> y")
    asked = graph([*nodes, node("map", "Output")], "x -> look", "look -> y", "look.weights -> map")
    assert "need_weights=True" not in generate_model(Project(networks={"model": plain}))
    source = generate_model(Project(networks={"model": asked}))
    assert "MultiheadAttention(8, 2, need_weights=True)" in source
    input = torch.randn(3, 6, 8)
    output, weights = assert_same(asked, input)
    torch.testing.assert_close(output, assert_same(plain, input)[0], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(3, 6))


def test_weights_that_end_nowhere_are_not_computed() -> None:
    nodes = [X, node("look", "MultiheadAttention", num_heads=2), node("idle", "Identity"), node("y", "Output")]
    source = generate_model(Project(networks={"model": graph(nodes, "x -> look", "look.weights -> idle", "look -> y")}))
    assert "need_weights=True" not in source


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_an_encoder_hands_its_state_to_a_decoder(kind: str) -> None:
    network = graph(
        [
            node("source", "Input", shape=[6, 8]),
            node("target", "Input", shape=[4, 5]),
            node("encoder", kind, hidden_size=7, num_layers=2),
            node("decoder", kind, hidden_size=7, num_layers=2),
            node("y", "Output"),
        ],
        "source -> encoder",
        "target -> decoder",
        "encoder.state -> decoder.state",
        "decoder -> y",
    )
    source, target = torch.randn(3, 6, 8), torch.randn(3, 4, 5)
    (before,) = assert_same(network, source, target)
    (after,) = assert_same(network, source + 1, target)
    assert not torch.allclose(before, after)


def test_a_state_of_another_size_is_told() -> None:
    network = graph(
        [X, node("a", "GRU", hidden_size=7), node("b", "GRU", hidden_size=5), node("y", "Output")],
        "x -> a",
        "a -> b",
        "a.state -> b.state",
        "b -> y",
    )
    problem = infer(Project(networks={"model": network}))["networks.model"].nodes["b"].problems[0]
    assert (problem.code, problem.port) == ("state_size", "state")
    assert problem.reason == "the first state has 7 numbers, and the layers here have 5 units"


def test_who_shares_a_module_gives_what_the_other_is_asked_for() -> None:
    twin = node("twin", "MultiheadAttention", num_heads=2).model_copy(update={"weights_of": "look"})
    network = graph(
        [X, node("look", "MultiheadAttention", num_heads=2), twin, node("y", "Output"), node("map", "Output")],
        "x -> look",
        "look -> twin",
        "twin -> y",
        "look.weights -> map",
    )
    assert_same(network, torch.randn(3, 6, 8))


def test_an_encoder_of_recurrent_states_and_attention_over_them_translate() -> None:
    network = graph(
        [
            node("source", "Input", shape=[6], dtype="int64"),
            node("lengths", "Input", shape=[], dtype="int64"),
            node("target", "Input", shape=[4], dtype="int64"),
            node("read", "Embedding", num_embeddings=20, embedding_dim=5),
            node("encoder", "GRU", hidden_size=7, bidirectional=True),
            node("bridge", "Linear", out_features=9),
            node("write", "Embedding", num_embeddings=20, embedding_dim=5),
            node("decoder", "GRU", hidden_size=9),
            node("attention", "Attention"),
            node("both", "Concat", dim=-1),
            node("scores", "Linear", out_features=20),
            node("y", "Output"),
            node("alignment", "Output"),
        ],
        "source -> read",
        "read -> encoder",
        "lengths -> encoder.lengths",
        "encoder.last -> bridge",
        "target -> write",
        "write -> decoder",
        "bridge -> decoder.state",
        "decoder -> attention",
        "encoder -> attention.memory",
        "lengths -> attention.lengths",
        "decoder -> both.inputs.0",
        "attention -> both.inputs.1",
        "both -> scores",
        "scores -> y",
        "attention.weights -> alignment",
    )
    words = torch.randint(4, 20, (3, 6))
    lengths = torch.tensor([6, 2, 4])
    scores, alignment = assert_same(network, words, lengths, torch.randint(4, 20, (3, 4)))
    assert scores.shape == (3, 4, 20)
    assert not alignment[1, :, 2:].any()
