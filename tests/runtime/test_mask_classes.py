"""Masks of several classes: learned with cross-entropy, asked for, and taken home."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from builder.document import Origin, Project
from builder.edits import apply_edits
from builder.rules import check
from runtime.data.building import build_source
from runtime.data.folders import locate_folder
from runtime.data.intake import guess_uses
from runtime.data.prepare import prepare
from runtime.data.profile import count_classes as find_balance
from runtime.events import Scalars
from runtime.export.runs import export_run
from runtime.insight.trying import ask
from runtime.runs.folder import create_run
from runtime.runs.project_file import change_project
from runtime.runs.worker import work
from runtime.session import Session, with_facts
from tests.builder.drawn import chain, graph, node
from tests.runtime.exported import train_exported
from tests.runtime.test_loop import run_all

MEASURES = ("loss", "iou", "dice")
COLOURS = np.array([(20, 20, 20), (230, 40, 40), (40, 60, 240)], np.uint8)
BORDER = 255


def draw_folder(folder: Path, border: int = 0) -> Path:
    """Pictures of a red and a blue field on dark ground, and masks with the numbers 0, 1, 2, and 255 in some first rows."""
    for number in range(24):
        classes = np.zeros((20, 20), np.uint8)
        classes[: 4 + number % 9, :10], classes[5 + number % 7 :, 12:] = 1, 2
        numbers = classes.copy()
        numbers[:border] = BORDER
        for name, pixels in (("images", COLOURS[classes]), ("masks", numbers)):
            (folder / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    (folder / "classes.txt").write_text("ground\nred\nblue\n")
    return folder


def build_project(folder: Path) -> Project:
    """A small network that gives a score for each class of each pixel."""
    origin = Origin(kind="folder", name=str(folder))
    table = locate_folder(origin).open()["train"]
    network = chain(
        node("image", "Input", shape="$shape"),
        node("conv1", "Conv2d", out_channels="$classes", kernel_size=1),
        node("scores", "Output"),
    )
    training = graph(
        [
            node("data", "Data", source="main", batch_size=4),
            node("augment", "AugmentMasks", flip=True),
            node("predict", "Network", network="model"),
            node("loss", "CrossEntropyLoss"),
            node("adam", "Adam", networks=["model"], lr=0.1),
            node("iou", "IoU", average="macro"),
            node("masks", "MaskRows"),
        ],
        "data.image -> augment.image", "data.mask -> augment.mask", "augment.image -> predict.image",
        "predict.scores -> loss.input", "augment.mask -> loss.target", "loss -> adam.loss",
        "predict.scores -> iou.input", "augment.mask -> iou.target",
        "augment.image -> masks.image", "predict.scores -> masks.input", "augment.mask -> masks.target",
    )  # fmt: skip
    project = Project.model_validate(
        {"networks": {"model": network}, "training": training, "run": {"epochs": 12, "threads": 1},
         "data": {"main": build_source(origin, guess_uses(table), table)}}
    )  # fmt: skip
    return with_facts(project, prepare(project))


def ignore(project: Project, number: int) -> Project:
    """The project with a second metric; pixels of this number count in no loss and no metric."""
    old = project.training
    edges = [edge.model_copy(update={"target": "dice"}) for edge in old.edges if edge.target == "iou"]
    nodes = [
        each.model_copy(update={"params": {**each.params, "ignore_index": number}}) if each.id in MEASURES else each
        for each in (*old.nodes, node("dice", "Dice", average="micro"))
    ]
    training = old.model_copy(update={"nodes": tuple(nodes), "edges": (*old.edges, *edges)})
    return project.model_copy(update={"training": training})


@pytest.mark.parametrize(("border", "ignored"), [(0, 0), (2, BORDER)])
def test_train_py_measures_without_the_ignored_pixels_what_the_run_measures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, border: int, ignored: int
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    project = ignore(build_project(draw_folder(tmp_path / "fields", border)), ignored)
    project = change_project(project, ["run.epochs=2", "training.adam.lr=0.01"])
    assert [finding.message for finding in check(project)] == []
    sources = prepare(project)
    session = Session.create(project, sources, torch.device("cpu"))
    events = [event for event in run_all(session) if isinstance(event, Scalars) and event.split == "validation"]
    train_exported(project, sources, tmp_path)
    lines = (tmp_path / "output.txt").read_text().splitlines()
    assert [line for line in lines if line.startswith("validation")] == [f"validation {e.values}" for e in events]
    assert all(0 < event.values["iou"] < event.values["dice"] < 1 for event in events)


def test_a_border_of_no_class_is_a_fact_of_the_masks_and_counts_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    project = build_project(draw_folder(tmp_path / "fields", border=2))
    prepared = prepare(project)["main"]
    facts, masks = prepared.facts.fields["mask"], prepared.parts["train"]["mask"]
    assert facts.ignored == BORDER and (masks[:, :2] == BORDER).all() and masks[:, 2:].max() == 2
    assert sum(facts.class_counts or ()) == masks[:, 2:].numel()
    assert find_balance(prepared, "mask")["samples"].sum() == sum(
        each["mask"][:, 2:].numel() for each in prepared.parts.values()
    )
    found = check(project)
    assert [finding.code for finding in found] == ["L024"]
    assert check(apply_edits(project, found[0].repairs[0].edits)) == []


@pytest.mark.slow
def test_classes_of_pixels_are_learned_told_by_name_and_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    project = build_project(draw_folder(tmp_path / "fields"))
    assert [finding.message for finding in check(project)] == []
    run = create_run(project)
    assert work(run).status == "finished"
    with Image.open(tmp_path / "fields/images/5.png") as picture, Image.open(tmp_path / "fields/masks/5.png") as truth:
        found = ask(run, picture.copy(), truth=truth.copy()).mask
        assert [one.name for one in found.classes] == ["ground", "red", "blue"]
        assert found.overlap == 1.0 and np.array_equal(np.asarray(found.mask), np.asarray(truth))
    taken = export_run(run, tmp_path / "taken")
    assert taken.verified, taken.verification.sentence
    assert '("ground", "red", "blue")' in (taken.folder / "predict.py").read_text(encoding="utf-8")
