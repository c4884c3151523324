"""Filters of convolutions as pictures: every colour says what its weight is."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from builder.loading import load_project
from runtime.insight.filters import ABOVE, BELOW, MOST_FILTERS, MOST_ROWS, MOST_SLICES, ZERO, describe_filters
from runtime.insight.glimpse import glimpse

PRESETS = Path(__file__).parents[3] / "presets"


def read(picture: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2]))))


def convolve(weight: torch.Tensor) -> nn.Conv2d:
    module = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2:])
    module.weight = nn.Parameter(weight)
    return module


def test_slices_are_white_at_zero_and_as_strong_on_both_sides_of_it() -> None:
    described = describe_filters(convolve(torch.tensor([-2.0, 0.0, 1.0, 2.0]).view(1, 1, 2, 2)))
    assert described is not None and described["limit"] == 2 and described["manner"] == "slices"
    ((picture,),) = described["rows"]
    pixels = read(picture).reshape(4, 3).tolist()
    assert pixels[0] == list(BELOW) and pixels[1] == list(ZERO) and pixels[3] == list(ABOVE)
    assert pixels[2] == pytest.approx([(a + b) / 2 for a, b in zip(ZERO, ABOVE, strict=True)], abs=1)


def test_three_channels_make_one_picture_in_which_zero_is_grey() -> None:
    weight = torch.zeros(2, 3, 1, 1)
    weight[0, 0], weight[0, 2], weight[1, 1] = 4.0, -4.0, 2.0
    described = describe_filters(convolve(weight))
    assert described is not None and described["manner"] == "colour"
    ((first, second),) = described["rows"]
    assert read(first).reshape(3).tolist() == [255, 128, 0]
    assert read(second).reshape(3).tolist() == [128, 191, 128]


def test_of_many_filters_the_first_are_shown_each_by_its_first_channels() -> None:
    described = describe_filters(nn.Conv2d(32, 64, 3))
    assert described is not None and (described["filters"], described["channels"]) == (64, 32)
    assert [len(row) for row in described["rows"]] == [MOST_SLICES] * MOST_ROWS
    grey = describe_filters(nn.Conv2d(1, 64, 3))
    assert grey is not None and [len(row) for row in grey["rows"]] == [MOST_FILTERS]
    assert describe_filters(nn.Linear(3, 4)) is None


def test_the_module_of_a_glimpse_is_the_one_that_computed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    project = load_project((PRESETS / "mnist_cnn.json").read_bytes())
    image = glimpse(project, "networks.model", "image").outputs["output"]
    seen = glimpse(project, "networks.model", "conv1")
    assert isinstance(seen.module, nn.Conv2d)
    torch.testing.assert_close(seen.module(image), seen.outputs["output"])
    assert glimpse(project, "training", "loss").module is None


def test_the_module_inside_of_a_block_is_found_on_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    project = load_project((PRESETS / "unet_masks.json").read_bytes())
    inner = next(node.id for node in project.networks["double_conv"].nodes if node.kind == "Conv2d")
    assert isinstance(glimpse(project, "networks.double_conv", inner).module, nn.Conv2d)
