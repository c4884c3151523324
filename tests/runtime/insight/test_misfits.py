"""A run whose network finds masks tells which of them fit worst."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from builder.answering import Question
from builder.parts.preparation import Preparation
from runtime.data.prepare import PreparedSource, prepare_source
from runtime.events import CheckpointDue
from runtime.insight import mistakes
from runtime.insight.misfits import Misfits, find_misfits, judge
from runtime.insight.trying import Ready, ask
from runtime.runs.checkpoint import load_last, save_checkpoint
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project
from runtime.runs.worker import work
from tests.runtime.runs.made import iris
from tests.runtime.test_mask_classes import COLOURS, build_project

GROUND, RED, BLUE, EDGE = range(4)
AREAS = MappingProxyType({"left": np.s_[:, :10], "right": np.s_[:, 10:], "top": np.s_[:10], "whole": np.s_[:]})
SEEN_AND_TRUE = MappingProxyType({
    "0 fits": ({"left": RED}, {"left": RED}),
    "1 misses red": ({}, {"left": RED}),
    "2 makes up blue": ({"right": BLUE}, {}),
    "3 is wrong at the edge": ({"left": RED, "top": BLUE}, {"left": RED, "top": EDGE}),
    "4 is all edge": ({"left": RED}, {"whole": EDGE}),
})  # fmt: skip
"""What the network sees in a picture, since it goes by colour, and what is true."""


def paint(areas: dict[str, int]) -> np.ndarray:
    classes = np.zeros((20, 20), np.uint8)
    for area, number in areas.items():
        classes[AREAS[area]] = number
    return classes


def draw_part(folder: Path, samples: dict) -> None:
    for name, (seen, true) in samples.items():
        for kind, pixels in (("images", COLOURS[paint(seen)]), ("masks", paint(true))):
            (folder / kind).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / kind / f"{name}.png")


def train_colours(folder: Path, part: str, names: list[str]) -> tuple[RunFolder, str]:
    """A run whose network takes colours for classes, without a mistake, and the name of its checkpoint."""
    draw_part(folder / "train", {str(number): ({"left": RED, "right": BLUE},) * 2 for number in range(10)})
    draw_part(folder / part, {name: SEEN_AND_TRUE[name] for name in names})
    (folder / "classes.txt").write_text("ground\nred\nblue\nedge\n")
    run = create_run(change_project(build_project(folder), ["run.epochs=1", f"training.loss.ignore_index={EDGE}"]))
    assert work(run).status == "finished"
    last = load_last(run.checkpoints)
    assert last is not None
    weights = torch.zeros(4, 3)
    weights[RED, 0] = weights[BLUE, 2] = 20
    known = {"conv1.weight": weights[..., None, None], "conv1.bias": torch.tensor([8.0, 0.0, 0.0, -9.0])}
    tensors = {**last.tensors, **{f"network/model/{name}": value for name, value in known.items()}}
    return run, save_checkpoint(run.checkpoints, CheckpointDue(99, "interval"), tensors, dict(last.state)).name


def open_source(run: RunFolder) -> PreparedSource:
    return prepare_source(run.read_project().data["main"])


@pytest.fixture(scope="module")
def colours(home: Path) -> tuple[RunFolder, str]:
    return train_colours(home / "colours", "validation", list(SEEN_AND_TRUE))


@pytest.fixture(scope="module")
def found(colours: tuple[RunFolder, str]) -> Misfits:
    run, checkpoint = colours
    return find_misfits(run, open_source(run), checkpoint)


def test_the_mask_that_fits_worst_comes_first_and_of_equal_ones_that_of_the_highest_loss(found: Misfits) -> None:
    assert [one.index for one in found.worst] == [2, 1, 0, 3]
    assert [one.overlap for one in found.worst] == [pytest.approx(0.25), pytest.approx(0.25), 1.0, 1.0]
    assert found.worst[0].loss > found.worst[1].loss > 1 > found.worst[2].loss
    assert (found.worst[0].found == torch.from_numpy(paint({"right": BLUE}))).all() and not found.worst[0].true.any()
    assert (found.part, found.size, found.step) == ("validation", 5, 99)


def test_pixels_that_the_loss_leaves_out_count_for_nothing(found: Misfits) -> None:
    wrong_at_the_edge = found.worst[-1]
    assert (wrong_at_the_edge.found != wrong_at_the_edge.true).any() and wrong_at_the_edge.overlap == 1.0
    assert found.samples == 4 and found.overlap == pytest.approx((0.25 + 0.25 + 1 + 1) / 4)


def test_the_overlap_is_the_one_that_try_it_tells(colours: tuple[RunFolder, str], found: Misfits) -> None:
    run, checkpoint = colours
    source = open_source(run)
    for one in found.worst:
        raw = source.raw(found.part, one.index)
        told = ask(run, raw["image"], checkpoint, raw["mask"]).mask
        assert told is not None and told.overlap == pytest.approx(one.overlap)


def test_a_test_part_comes_before_all_others(home: Path) -> None:
    run, checkpoint = train_colours(home / "tested", "test", ["0 fits", "1 misses red"])
    found = find_misfits(run, open_source(run), checkpoint, count=1)
    assert (found.part, found.samples, [one.index for one in found.worst]) == ("test", 2, [1])


def test_where_no_pixel_counts_nothing_can_be_wrong(home: Path) -> None:
    run, checkpoint = train_colours(home / "left_out", "test", ["4 is all edge"])
    with pytest.raises(RunError, match="leaves out"):
        find_misfits(run, open_source(run), checkpoint)


def test_only_so_many_are_asked_about(colours: tuple[RunFolder, str], monkeypatch: pytest.MonkeyPatch) -> None:
    run, checkpoint = colours
    source = open_source(run)
    monkeypatch.setattr(mistakes, "MOST_SECONDS", -1.0)
    monkeypatch.setattr(mistakes, "MOST_NUMBERS", 3 * 3 * 20 * 20)
    assert find_misfits(run, source, checkpoint).samples < 4


def test_of_one_score_a_pixel_the_thing_is_judged_and_fits_where_there_is_none() -> None:
    question = Question("model", "main", ("image",), 0, "mask", "mask", ("image",), picture="image", scores="logit")
    preparations = {"mask": Preparation("mask", dtype="float32", shape=(1, 4, 4), classes=("ground", "thing"))}
    ready = Ready(nn.Identity(), question, preparations, 1, "")
    empty, scores = torch.zeros(1, 4, 4), torch.full((1, 4, 4), -3.0)
    fits, misses = judge(ready, 0, scores, empty), judge(ready, 1, scores, empty + torch.eye(4))
    assert fits is not None and misses is not None
    assert (fits.overlap, misses.overlap) == (1.0, 0.0)
    assert fits.loss == pytest.approx(nn.functional.softplus(torch.tensor(-3.0)).item())


def test_a_network_that_finds_no_masks_is_not_asked(home: Path) -> None:
    flowers = create_run(iris("run.epochs=1"))
    assert work(flowers).status == "finished"
    with pytest.raises(RunError, match="does not find masks"):
        find_misfits(flowers, open_source(flowers))
