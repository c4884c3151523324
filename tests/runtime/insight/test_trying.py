"""A trained network answers from the checkpoint that was asked for, and is loaded no more often than it changes."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Thread

import pytest
import torch
from PIL import Image

from builder.compiler import PlannedNetwork
from builder.document import Project
from builder.parts.preparation import Preparation
from runtime.events import CheckpointDue
from runtime.insight import trying
from runtime.insight.trying import Shelf, ask, describe_inputs
from runtime.runs.checkpoint import load_last, save_checkpoint
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, linear


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The straight line, learned once."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_HOME", str(home))
        folder = create_run(linear(epochs=2000))
        assert work(folder).status == "finished"
    return folder.path


@pytest.fixture
def line(trained: Path, tmp_path: Path) -> RunFolder:
    """A copy of its own for every test."""
    return RunFolder(shutil.copytree(trained, tmp_path / trained.name))


@pytest.fixture(autouse=True)
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """An empty shelf, and a record of what is loaded onto it."""
    done: list[str | None] = []
    make = trying.make_ready
    monkeypatch.setattr(trying, "SHELF", Shelf())
    monkeypatch.setattr(trying, "make_ready", lambda folder, name: (done.append(name), make(folder, name))[1])
    return done


def add_checkpoint(folder: RunFolder, step: int, best_step: int | None = None) -> str:
    """A further checkpoint whose weights are all zero; the best ones stay as they were learned, where a step is given."""
    last = load_last(folder.checkpoints)
    assert last is not None
    tensors = {
        name: torch.zeros_like(tensor) if name.startswith("network/") else tensor
        for name, tensor in last.tensors.items()
    }
    state = dict(last.state)
    if best_step is not None:
        tensors |= {
            name.replace("network/", "best/", 1): tensor
            for name, tensor in last.tensors.items()
            if name.startswith("network/")
        }
        state["best"] = {"step": best_step}
    return save_checkpoint(folder.checkpoints, CheckpointDue(step, "interval"), tensors, state).name


def test_five_is_answered_by_ten_in_the_units_of_the_data(line):
    answer = ask(line, 5)
    assert answer.values[0] == pytest.approx(10, abs=0.1)
    assert (answer.target, answer.step, answer.label) == ("y", 2000, None)


def test_a_second_question_loads_nothing_and_a_new_checkpoint_is_loaded_once(line, loads):
    for number in range(5):
        ask(line, number)
    assert len(loads) == 1
    add_checkpoint(line, 2001)
    assert [ask(line, number).step for number in range(3)] == [2001, 2001, 2001]
    assert len(loads) == 2


def test_the_best_weights_answer_with_the_step_at_which_they_stood(line):
    name = add_checkpoint(line, 3000, best_step=2000)
    best, newest = ask(line, 5), ask(line, 5, name)
    assert (best.step, newest.step) == (2000, 3000)
    assert best.values[0] == pytest.approx(10, abs=0.1)
    assert newest.values[0] == pytest.approx(0, abs=1e-6)


def test_every_class_has_its_confidence(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    folder = create_run(iris("run.epochs=3"))
    assert work(folder).status == "finished"
    asked = describe_inputs(folder.read_project())[0]
    columns = asked.preparation.columns
    assert len(columns) == len(asked.mean) == 4
    answer = ask(folder, dict(zip(columns, asked.mean, strict=True)))
    assert sum(answer.confidences.values()) == pytest.approx(1)
    assert answer.confidence == max(answer.confidences.values()) == answer.confidences[answer.label]


def test_asking_disturbs_no_random_number_of_a_run_that_draws_meanwhile(line, monkeypatch):
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    drawn = []

    def build_while_a_run_draws(plan):
        run = Thread(target=lambda: drawn.append(torch.rand(2)))
        run.start()
        run.join()
        return PlannedNetwork(plan)

    monkeypatch.setattr(trying, "PlannedNetwork", build_while_a_run_draws)
    ask(line, 1)
    assert torch.equal(torch.cat([*drawn, torch.rand(2)]), expected)


def test_a_network_in_training_mode_never_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    folder = create_run(iris("run.epochs=1"))
    work(folder)
    row = dict.fromkeys(describe_inputs(folder.read_project())[0].preparation.columns, 2.0)
    assert len({ask(folder, row).confidence for _ in range(4)}) == 1


def test_the_shelf_keeps_only_the_last_few(line):
    shelf = Shelf(size=1)
    names = [None, add_checkpoint(line, 2001)]
    for name in names:
        shelf.take(line, name)
    assert len(shelf.ready) == 1


@pytest.mark.parametrize(
    ("sample", "sentence"),
    [("many", "needs a number, got .many."), ({"z": 1}, 'no value for "x"'), ([1, 2], "Got 2 numbers")],
)
def test_a_sample_that_does_not_fit_gets_a_sentence(line, sample, sentence):
    with pytest.raises(RunError, match=sentence):
        ask(line, sample)


def test_a_project_with_nothing_to_ask_says_so():
    with pytest.raises(RunError, match="nothing to ask"):
        describe_inputs(Project())


@pytest.mark.parametrize("make", [str, Path])
def test_a_picture_is_never_opened_by_its_name(tmp_path, make):
    Image.new("L", (8, 8)).save(tmp_path / "picture.png")
    known = {"image": Preparation("image", shape=(1, 8, 8)), "row": Preparation("number")}
    with pytest.raises(ValueError, match="not by the name of a file"):
        trying.refuse_paths(("image",), known, make(tmp_path / "picture.png"))
    with pytest.raises(ValueError, match="not by the name of a file"):
        trying.refuse_paths(("row", "image"), known, {"row": "1", "image": make(tmp_path / "picture.png")})
    trying.refuse_paths(("image",), known, (tmp_path / "picture.png").read_bytes())
