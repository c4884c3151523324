from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
import torch

from builder.kinds import Construct
from builder.layers.base import Misfit
from builder.parts import masks as parts
from builder.parts.mask_pictures import COVER, choose_colour
from builder.tensors import BATCH, TensorSpec
from builder.training.masks import Dice, DiceLoss, IoU, MaskRows

FACTS = {
    "mask": {"kind": "image", "role": "target", "scaling": "unit"},
    "image": {"kind": "image", "role": "input", "scaling": "standard", "mean": [0.5] * 3, "deviation": [0.25] * 3},
}


def show(scores: torch.Tensor, target: torch.Tensor | None) -> np.ndarray:
    image = torch.zeros(2, 3, 16, 16)
    payload = MaskRows.payload(MaskRows.Params(count=1), FACTS, image, scores, target)
    assert payload["type"] == "image_grid"
    assert payload["rows"] == ["picture", "found", "true"][: 2 if target is None else 3]
    content = base64.b64decode(payload["images"]["data"])
    return np.frombuffer(content, np.uint8).reshape(payload["images"]["shape"])


def test_the_picture_stands_above_what_was_found_and_that_above_the_truth() -> None:
    scores, target = torch.full((2, 1, 16, 16), -9.0), torch.zeros(2, 1, 16, 16)
    scores[:, :, :8], target[:, :, :, :8] = 9.0, 1.0
    shown = show(scores, target)
    assert len(shown) == 1
    picture, found, truth = (shown[0, top : top + 16] for top in (0, 17, 34))
    grey = round(0.5 * 255)
    coloured = [round((0.5 * (1 - COVER) + part * COVER) * 255) for part in (level / 255 for level in choose_colour(1))]
    assert (picture == grey).all()
    assert (found[:8] == coloured).all() and (found[8:] == grey).all()
    assert (truth[:, :8] == coloured).all() and (truth[:, 8:] == grey).all()


def test_classes_of_pixels_have_a_colour_each() -> None:
    scores, target = torch.zeros(2, 3, 16, 16), torch.zeros(2, 16, 16, dtype=torch.int64)
    scores[:, 2, :8], target[:, :, :8] = 9.0, 1
    shown = show(scores, target)
    for row, number, part in ((17, 2, np.s_[:8]), (34, 1, np.s_[:, :8])):
        coloured = [round((0.5 * (1 - COVER) + level / 255 * COVER) * 255) for level in choose_colour(number)]
        assert np.abs(shown[0, row : row + 16][part].astype(int) - coloured).max() <= 1
    assert (shown[0, 25:33] == round(0.5 * 255)).all()


def test_colours_are_told_by_the_names_of_the_classes_and_of_many_those_that_occur() -> None:
    def tell(classes: list[str] | None, target: torch.Tensor) -> dict[str, str | None]:
        facts = {**FACTS, "mask": {"kind": "mask", "role": "target", "classes": classes}}
        scores = torch.zeros(1, len(classes or ("ground", "mask")), 4, 4)
        image = torch.zeros(1, 3, 4, 4)
        payload = MaskRows.payload(MaskRows.Params(), facts, image, scores, target)
        return {entry["name"]: entry["colour"] for entry in payload["legend"]}

    truth = torch.tensor([[[0, 1, 255, 255]] * 4])
    told = tell(["sky", "road", "car"], truth)
    assert list(told) == ["sky", "road", "car", "no class"] and told["sky"] is None
    assert told["road"] == "#ff3399" and told["no class"] == "#e0e0d0"
    assert list(tell([f"class {number}" for number in range(20)], truth)) == ["class 0", "class 1", "no class"]
    assert list(tell(None, torch.zeros(1, 4, 4).long())) == ["ground", "mask"]


def test_a_screen_is_told_where_the_lines_between_rows_are() -> None:
    image, scores, target = torch.zeros(1, 3, 16, 16), torch.zeros(1, 1, 16, 16), torch.zeros(1, 1, 16, 16)
    payload = MaskRows.payload(MaskRows.Params(), FACTS, image, scores, target)
    shown = np.frombuffer(base64.b64decode(payload["images"]["data"]), np.uint8).reshape(payload["images"]["shape"])
    assert payload["lines"] == [[16, 1], [33, 1]]
    assert all((shown[:, top : top + height] == 255).all() for top, height in payload["lines"])


def test_without_the_truth_there_are_two_rows() -> None:
    assert show(torch.zeros(2, 1, 16, 16), None).shape == (1, 33, 16, 3)


def make_loss(scores: tuple[int, ...], target: tuple[int, ...], dtype: str = "int64") -> Construct:
    specs = (TensorSpec((BATCH, *scores), "float32"), TensorSpec((BATCH, *target), dtype))
    return DiceLoss.construct(DiceLoss.Params(ignore_index=2), specs)


def test_one_score_a_pixel_is_held_against_as_many_numbers_and_one_a_class_against_those_of_classes() -> None:
    assert make_loss((1, 8, 6), (1, 8, 6), "float32") == Construct(parts.DiceLoss, kwargs={"smooth": 1.0})
    assert make_loss((1,), ()) == Construct(parts.DiceLoss, kwargs={"smooth": 1.0})
    several = Construct(parts.ClassDiceLoss, kwargs={"smooth": 1.0, "ignore_index": 2})
    assert make_loss((3, 8, 6), (8, 6)) == make_loss((3, 8, 8), (8, 8)) == several


@pytest.mark.parametrize("kind", [IoU, Dice])
def test_a_metric_ignores_the_pixels_that_the_loss_ignores_and_by_itself_none(kind: type[IoU | Dice]) -> None:
    def make(scores: tuple[int, ...], target: tuple[int, ...], dtype: str, **params: Any) -> dict[str, Any]:
        specs = (TensorSpec((BATCH, *scores), "float32"), TensorSpec((BATCH, *target), dtype))
        return kind.construct(kind.Params(**params), specs).meaningful()

    assert make((3, 8, 6), (8, 6), "int64", ignore_index=2) == {"average": "binary", "ignore_index": 2}
    assert make((3, 8, 6), (8, 6), "int64") == {"average": "binary"}
    assert make((1, 8, 6), (1, 8, 6), "float32", ignore_index=0) == {"average": "binary"}


@pytest.mark.parametrize(
    ("scores", "target", "dtype", "sentence"),
    [
        (
            (1, 8, 6),
            (8, 6),
            "int64",
            "scores of 1×8×6 a sample for the numbers of classes of 8×6 a sample, needs one score a class at every",
        ),
        (
            (3, 8, 6),
            (8, 8),
            "int64",
            "got scores of 3×8×6 a sample for classes of 8×8 a sample, needs one score a class",
        ),
        ((8, 6, 3), (8, 6), "int64", "for the numbers of classes of 8×6 a sample, needs one score"),
        ((3,), (), "int64", "needs one score a class at every pixel"),
        ((3, 8, 6), (1, 8, 6), "float32", "needs the same shape on both sides"),
    ],
)
def test_scores_that_do_not_fit_a_mask_are_told(
    scores: tuple[int, ...], target: tuple[int, ...], dtype: str, sentence: str
) -> None:
    with pytest.raises(Misfit, match=sentence) as told:
        make_loss(scores, target, dtype)
    assert told.value.code == "target_shape"
