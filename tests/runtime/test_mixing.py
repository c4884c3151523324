"""A network that learns from mixed pictures: as a loop written by hand, in train.py, and asked for plain pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from builder.answering import find_question
from builder.document import Project
from builder.parts.mixing import Mix
from builder.parts.sampler import order_samples, split_batches
from builder.rules import check
from runtime.events import Scalars
from tests.builder.drawn import chain, classifier, graph, node
from tests.runtime.exported import train_exported
from tests.runtime.prepared import make_up
from tests.runtime.test_loop import run_all, start

EPOCHS = 3


def mixing(**run: object) -> Project:
    """A classifier whose pictures and classes go through Mix."""
    network = chain(
        node("x", "Input", shape="$shape"),
        node("flatten1", "Flatten"),
        node("linear1", "Linear", out_features="$classes"),
        node("scores", "Output"),
    )
    project = classifier(network, epochs=EPOCHS, **run)
    training = graph(
        [*project.training.nodes, node("mix", "Mix", classes="$classes", mixup=0.4, cutmix=1.0)],
        "data.x -> mix.image",
        "data.y -> mix.label",
        "mix.image -> predict.x",
        "predict.scores -> loss.input",
        "mix.label -> loss.target",
        "predict.scores -> accuracy.input",
        "data.y -> accuracy.target",
        "loss -> adam.loss",
    )
    return project.model_copy(update={"training": training})


def test_mixed_pictures_are_learned_from_as_in_a_loop_written_by_hand() -> None:
    project = mixing()
    assert [finding.message for finding in check(project)] == []
    session = start(project)
    validations = [e.values for e in run_all(session) if isinstance(e, Scalars) and e.split == "validation"]

    parts = make_up(project)["main"].parts
    data, rest = parts["train"], parts["validation"]
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    adam, mix = torch.optim.Adam(network.parameters(), lr=0.01), Mix(3, mixup=0.4, cutmix=1.0)
    for epoch in range(EPOCHS):
        for rows in split_batches(order_samples(60, 0, epoch), 20):
            image, truth = mix(data["x"][rows], data["y"][rows])
            adam.zero_grad()
            nn.functional.cross_entropy(network(image), truth).backward()
            adam.step()
    ours = session.network_tensors()["model"]
    assert torch.equal(ours["linear1.weight"], network[1].weight)
    plain = nn.functional.cross_entropy(network(rest["x"]), rest["y"]).item()
    assert validations[-1]["loss"] == pytest.approx(plain, rel=1e-5)


def test_a_network_that_learned_from_mixed_pictures_is_asked_for_plain_ones() -> None:
    question = find_question(mixing())
    assert (question.inputs, question.target, question.meaning) == (("x",), "y", "logits")


@pytest.mark.slow
def test_the_exported_training_mixes_as_the_run_does(tmp_path: Path) -> None:
    project = mixing(threads=torch.get_num_threads(), keep_best={"metric": "loss", "mode": "min"})
    session = start(project)
    run_all(session)
    trained, ours = train_exported(project, make_up(project), tmp_path), session.network_tensors()["model"]
    assert all(torch.equal(trained[name], tensor) for name, tensor in ours.items())
