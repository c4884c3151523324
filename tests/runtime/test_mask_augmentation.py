"""A network that learns masks from pictures which are moved at random: as a loop by hand, in train.py, on the data's page."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from builder.answering import find_question
from builder.document import Project
from builder.parts.augment import AugmentMasks
from builder.parts.sampler import order_samples, split_batches
from builder.rules import check
from runtime.data.first_batch import draw_first_batch
from runtime.data.prepare import PreparedSource, prepare
from runtime.events import Scalars
from runtime.runs.project_file import change_project, read_project
from runtime.session import Session, with_facts
from tests.builder.drawn import chain, graph, node
from tests.runtime.exported import train_exported
from tests.runtime.test_loop import CPU, run_all

EPOCHS = 2
MOVES = {"flip": True, "rotate": 20.0, "crop_padding": 4, "noise": 0.1}


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Project, dict[str, PreparedSource]]:
    """A small network and a few pictures, which are changed with their masks."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    project = change_project(read_project("unet_masks"), [f"run.epochs={EPOCHS}", "data.main.limit=40"])
    network = chain(
        node("x", "Input", shape="$shape"),
        node("conv1", "Conv2d", out_channels=1, kernel_size=3, padding=1),
        node("mask", "Output"),
    )
    training = graph(
        [
            node("data", "Data", source="main", batch_size=12),
            node("augment", "AugmentMasks", **MOVES),
            node("predict", "Network", network="model"),
            node("loss", "BCEWithLogitsLoss"),
            node("adam", "Adam", networks=["model"], lr=0.01),
        ],
        "data.image -> augment.image",
        "data.mask -> augment.mask",
        "augment.image -> predict.x",
        "predict.mask -> loss.input",
        "augment.mask -> loss.target",
        "loss -> adam.loss",
    )
    run = project.run.model_copy(update={"keep_best": None, "threads": torch.get_num_threads()})
    project = project.model_copy(update={"networks": {"model": network}, "training": training, "run": run})
    sources = prepare(project)
    return with_facts(project, sources), sources


def test_masks_are_moved_with_their_pictures_as_in_a_loop_written_by_hand(prepared) -> None:
    project, sources = prepared
    assert [finding.message for finding in check(project)] == []
    session = Session.create(project, sources, CPU)
    validations = [e.values for e in run_all(session) if isinstance(e, Scalars) and e.split == "validation"]

    data, rest = sources["main"].parts["train"], sources["main"].parts["validation"]
    torch.manual_seed(project.run.seed)
    network, augment = nn.Conv2d(3, 1, 3, padding=1), AugmentMasks(**MOVES)
    adam = torch.optim.Adam(network.parameters(), lr=0.01)
    for epoch in range(EPOCHS):
        for rows in split_batches(order_samples(len(data["image"]), project.run.seed, epoch), 12):
            image, mask = augment(data["image"][rows], data["mask"][rows])
            adam.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(network(image), mask).backward()
            adam.step()
    assert torch.equal(session.network_tensors()["model"]["conv1.weight"], network.weight)
    plain = nn.functional.binary_cross_entropy_with_logits(network(rest["image"]), rest["mask"]).item()
    assert validations[-1]["loss"] == pytest.approx(plain, rel=1e-5)


def test_a_network_that_learned_from_moved_masks_is_asked_for_masks(prepared) -> None:
    question = find_question(prepared[0])
    assert (question.inputs, question.target, question.meaning) == (("image",), "mask", "mask")


def test_the_first_batch_is_shown_with_its_masks_moved(prepared) -> None:
    project, sources = prepared
    batch = draw_first_batch(project, "main", sources["main"])
    own = sources["main"].parts["train"]
    assert batch.augmented_by == ("augment",)
    for name in ("image", "mask"):
        assert not torch.equal(batch.fields[name], own[name][batch.samples])
    assert set(batch.fields["mask"].unique().tolist()) <= set(own["mask"].unique().tolist())


def test_a_mask_of_another_size_is_told(prepared) -> None:
    project = prepared[0]
    source = project.data["main"]
    fields = {**source.facts.fields}
    fields["mask"] = fields["mask"].model_copy(update={"shape": (1, 24, 24)})
    other = source.model_copy(update={"facts": source.facts.model_copy(update={"fields": fields})})
    told = [finding.message for finding in check(project.model_copy(update={"data": {"main": other}}))]
    assert any("a mask has to be as large as its image. Give the fields of both one size" in one for one in told)


@pytest.mark.slow
def test_the_exported_training_moves_masks_as_the_run_does(prepared, tmp_path: Path) -> None:
    project, sources = prepared
    session = Session.create(project, sources, CPU)
    run_all(session)
    trained, ours = train_exported(project, sources, tmp_path), session.network_tensors()["model"]
    assert all(torch.equal(trained[name], tensor) for name, tensor in ours.items())
