from __future__ import annotations

import base64

import numpy as np
import torch

from builder.training.masks import COLOUR, COVER, MaskRows

FACTS = {
    "mask": {"kind": "image", "role": "target", "scaling": "unit"},
    "image": {"kind": "image", "role": "input", "scaling": "standard", "mean": [0.5] * 3, "deviation": [0.25] * 3},
}


def show(scores: torch.Tensor, target: torch.Tensor | None) -> np.ndarray:
    image = torch.zeros(2, 3, 16, 16)
    payload = MaskRows.payload(MaskRows.Params(count=1), FACTS, image, scores, target)
    assert payload["type"] == "image_grid"
    content = base64.b64decode(payload["images"]["data"])
    return np.frombuffer(content, np.uint8).reshape(payload["images"]["shape"])


def test_the_picture_stands_above_what_was_found_and_that_above_the_truth() -> None:
    scores, target = torch.full((2, 1, 16, 16), -9.0), torch.zeros(2, 1, 16, 16)
    scores[:, :, :8], target[:, :, :, :8] = 9.0, 1.0
    shown = show(scores, target)
    assert len(shown) == 1
    picture, found, truth = (shown[0, top : top + 16] for top in (0, 17, 34))
    grey = round(0.5 * 255)
    coloured = [round((0.5 * (1 - COVER) + part * COVER) * 255) for part in COLOUR]
    assert (picture == grey).all()
    assert (found[:8] == coloured).all() and (found[8:] == grey).all()
    assert (truth[:, :8] == coloured).all() and (truth[:, 8:] == grey).all()


def test_without_the_truth_there_are_two_rows() -> None:
    assert show(torch.zeros(2, 1, 16, 16), None).shape == (1, 33, 16, 3)
