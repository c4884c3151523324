"""What is proposed for pictures with masks trains at once: no finding, a step, for any number of classes and any size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from builder.document import Origin, Project, Source
from builder.edits import apply_edits
from builder.rules import check
from builder.training.tasks import fitting_tasks
from runtime.data.building import build_source
from runtime.data.folders import locate_folder
from runtime.data.intake import guess_uses
from runtime.data.prepare import prepare, prepare_source
from runtime.export.runs import export_run
from runtime.runs.folder import create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work
from runtime.session import Session, with_facts
from ui.proposals import TASK, can_propose, fit_proposal, is_proposal, propose_project


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    return tmp_path


def draw_scenes(
    folder: Path, classes: int, mode: str = "RGB", size: tuple[int, int] = (50, 70), border: int = 0
) -> Path:
    """Pictures of upright stripes, each as bright as its class is high, and their masks, with 255 in some first rows."""
    for number in range(6):
        stripes = (np.arange(size[1]) // 8 + number) % classes
        mask = np.broadcast_to(stripes, size).astype(np.uint8)
        bordered = mask.copy()
        bordered[:border] = 255
        for name, levels in (("images", mask * np.uint8(60) + np.uint8(9)), ("masks", bordered)):
            (folder / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.ascontiguousarray(levels)).convert(mode if name == "images" else "L").save(
                folder / name / f"{number}.png"
            )
    return folder


def open_scenes(folder: Path) -> Source:
    """A source of a folder of scenes with what is known of it."""
    origin = Origin(kind="folder", name=str(folder))
    table = locate_folder(origin).open()["train"]
    source = build_source(origin, guess_uses(table), table)
    return source.model_copy(update={"facts": prepare_source(source).facts})


@pytest.mark.parametrize(
    ("classes", "mode", "border"),
    [(2, "RGB", 0), (4, "RGB", 0), (2, "L", 0), (4, "L", 0), (2, "RGB", 3), (4, "RGB", 3)],
)
def test_what_is_proposed_has_no_finding_and_learns(home: Path, classes: int, mode: str, border: int) -> None:
    source = open_scenes(draw_scenes(home / "scenes", classes, mode, border=border))
    assert can_propose(source) and source.facts is not None and source.facts.fields["image"].shape[1:] == (50, 70)
    proposed = propose_project("main", source)
    assert proposed.data["main"].fields["mask"].size == proposed.data["main"].fields["image"].size == (48, 72)
    prepared = prepare(proposed)
    project = with_facts(proposed, prepared)
    assert check(project) == []
    session = Session.create(project, prepared, torch.device("cpu"))
    kinds = {node.kind for node in project.training.nodes}
    assert {
        "CrossEntropyLoss" if classes > 2 or border else "BCEWithLogitsLoss",
        "DiceLoss",
        "IoU",
        "MaskRows",
    } <= kinds
    losses = [float(session.run_step()["loss"]) for _ in range(4)]
    assert losses[-1] < losses[0]
    facts = project.data["main"].facts
    assert facts is not None and facts.fields["image"].shape == ({"RGB": 3, "L": 1}[mode], 48, 72)


def test_other_data_gets_another_proposal_and_a_changed_project_is_none(home: Path) -> None:
    project = read_project("unet_masks")
    assert not is_proposal(project, "main")
    project = propose_project("main", project.data["main"])
    moved = apply_edits(project, [{"op": "move", "graph": "training", "positions": {"adam": [9, 9]}}])
    assert is_proposal(project, "main") and is_proposal(moved, "main")
    source = open_scenes(draw_scenes(home / "scenes", 3, size=(48, 48)))
    other = fit_proposal(project.model_copy(update={"name": "Mine"}), "main", source)
    assert other.name == "Mine" and other.data["main"] == source and check(other) == []
    changed = change_project(other, ["networks.model.head.bias=false"])
    assert is_proposal(other, "main") and not is_proposal(changed, "main")


def test_a_source_without_masks_of_pictures_is_offered_nothing() -> None:
    assert not can_propose(read_project("mnist_cnn").data["main"])
    assert not is_proposal(Project(), "main")
    assert fitting_tasks(read_project("unet_masks").data["main"]) == (TASK,)


@pytest.mark.slow
def test_masks_of_several_classes_are_taken_home_verified(home: Path) -> None:
    source = open_scenes(draw_scenes(home / "scenes", 3, size=(24, 32)))
    folder = create_run(change_project(propose_project("main", source), ["run.epochs=1", "run.threads=1"]))
    assert work(folder).status == "finished"
    taken = export_run(folder, home / "taken")
    assert taken.verified, taken.verification.sentence
    assert "ClassDiceLoss(" in (taken.folder / "train.py").read_text()
