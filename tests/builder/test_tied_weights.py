"""Weights of an Embedding that also score the words: one tensor, in the module and in the code alike."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import torch

from builder.codegen import generate_model
from builder.compiler import build_network
from builder.document import Graph, Project
from builder.importer import import_source
from builder.rules import check
from builder.shape_flow import infer
from tests.builder.drawn import chain, node
from tests.builder.importer.test_round_trip import assert_comes_back
from tests.builder.test_compiler import assert_same


def draw(**scores: Any) -> Graph:
    head = node("scores", "Linear", **{"out_features": 20, "bias": False, **scores})
    return chain(
        node("words", "Input", shape=["T"], dtype="int64"),
        node("embedding", "Embedding", num_embeddings=20, embedding_dim=6),
        node("tanh", "Tanh"),
        head.model_copy(update={"weights_of": "embedding"}),
        node("y", "Output"),
    )


PROJECT = Project(networks={"model": draw()})
WORDS = torch.randint(0, 20, (3, 5))


def test_the_code_computes_the_same_with_one_tensor() -> None:
    assert list(build_network(PROJECT, "model").state_dict()) == ["embedding.weight"]
    assert "scores = F.linear(tanh, self.embedding.weight)" in generate_model(PROJECT)
    assert_same(PROJECT, WORDS)


def test_scores_are_products_with_the_vectors_of_the_words() -> None:
    network = build_network(PROJECT, "model")
    vectors = network.get_parameter("embedding.weight")
    torch.testing.assert_close(network(WORDS), torch.tanh(vectors[WORDS]) @ vectors.T)


def test_both_uses_pull_at_the_weights() -> None:
    network = build_network(PROJECT, "model")
    network(WORDS).square().sum().backward()
    unread = [word for word in range(20) if word not in WORDS]
    gradient = network.get_parameter("embedding.weight").grad
    assert gradient is not None and gradient[unread].abs().sum(dim=1).gt(0).all()


def test_a_copy_uses_the_weights_of_the_copy() -> None:
    network = build_network(PROJECT, "model")
    copy = deepcopy(network)
    torch.nn.init.zeros_(network.get_parameter("embedding.weight"))
    assert copy(WORDS).abs().sum() > 0


def test_weights_are_counted_once_and_nothing_is_wrong() -> None:
    assert infer(PROJECT)["networks.model"].parameters == 120
    assert [finding for finding in check(PROJECT) if finding.graph != "training"] == []


@pytest.mark.parametrize(
    ("scores", "fault"),
    [
        ({"bias": True}, "which has no bias"),
        ({"out_features": 19}, "which has 20 vectors, and here are 19 outputs"),
    ],
)
def test_weights_that_do_not_fit_are_told(scores: dict[str, Any], fault: str) -> None:
    sentences = [finding.message for finding in check(Project(networks={"model": draw(**scores)}))]
    assert f'Linear "scores": it shares the weights of "embedding", {fault}. Give it its own.' in sentences


def test_vectors_of_another_size_are_told() -> None:
    network = draw()
    wider = node("tanh", "Linear", out_features=7)
    nodes = tuple(wider if known.id == "tanh" else known for known in network.nodes)
    sentences = [
        finding.message for finding in check(Project(networks={"model": network.model_copy(update={"nodes": nodes})}))
    ]
    assert any("whose vectors have 6 numbers, and here come 7" in sentence for sentence in sentences)


def test_tied_weights_come_back_from_their_code() -> None:
    assert_comes_back(PROJECT)


@pytest.mark.parametrize("line", ["self.head.weight = self.embed.weight", "self.embed.weight = self.head.weight"])
def test_weights_that_a_class_ties_come_in_tied(line: str) -> None:
    source = f"""
import torch.nn as nn
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.head = nn.Linear(6, 20, bias=False)
        {line}
    def forward(self, words):
        return self.head(self.embed(words))
"""
    imported = import_source(source, "Model")
    head = imported.networks[imported.main].node("head")
    assert (head.kind, head.weights_of, head.params) == ("Linear", "embed", {"out_features": 20, "bias": False})
    assert imported.notes == ()
