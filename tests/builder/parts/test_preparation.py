from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from builder.parts.preparation import Preparation, fit_image

FLOWER = Preparation(kind="vector", columns=("length", "width"), shape=(2,))
DIGIT = Preparation(kind="image", scaling="unit", shape=(1, 4, 6))
SPECIES = Preparation(kind="category", dtype="int64", classes=("setosa", "virginica"))


def test_a_row_may_come_by_name_or_in_order():
    wanted = torch.tensor([1.5, 2.0])
    assert torch.equal(FLOWER.prepare({"width": 2, "length": "1.5", "other": "x"}), wanted)
    assert torch.equal(FLOWER.prepare([1.5, 2]), wanted)


def test_a_picture_may_be_an_image_bytes_a_path_or_an_array(tmp_path):
    levels = np.arange(24, dtype=np.uint8).reshape(4, 6)
    image = Image.fromarray(levels)
    image.save(tmp_path / "picture.png")
    wanted = torch.from_numpy(levels)[None].float() / 255
    for sample in (image, levels, tmp_path / "picture.png", (tmp_path / "picture.png").read_bytes()):
        assert torch.equal(DIGIT.prepare(sample), wanted)


def test_a_large_offset_does_not_drown_small_differences():
    years = Preparation("vector", "standard", shape=(1,), columns=("t",), mean=(1.7e9,), deviation=(0.5,))
    assert years.prepare([1.7e9 + 1]).item() == 2.0
    assert years.restore(torch.tensor([2.0])).item() == 1.7e9 + 1


def test_sixteen_bits_become_eight():
    image = Image.new("I;16", (1, 1), 25_700)
    assert fit_image(image, 1, None).tobytes() == bytes([100])


@pytest.mark.parametrize(
    ("preparation", "sample", "sentence"),
    [
        (FLOWER, {"length": 1}, 'The row has no value for "width".'),
        (FLOWER, [1, 2, 3], "Got 3 numbers, needs 2: length, width."),
        (FLOWER, [1, "wide"], "\"width\" needs a number, got 'wide'."),
        (FLOWER, [1, float("nan")], '"width" needs a number, got nan.'),
        (SPECIES, "rose", "'rose' is none of the categories: setosa, virginica."),
        (DIGIT, b"no picture", "The picture cannot be read: it is damaged, too large or of a kind not known here."),
        (DIGIT, np.zeros((2, 2)), "An image as an array is height x width"),
    ],
)
def test_a_sample_that_does_not_fit_is_told_in_a_sentence(preparation, sample, sentence):
    with pytest.raises(ValueError) as caught:
        preparation.prepare(sample)
    assert str(caught.value).startswith(sentence)
