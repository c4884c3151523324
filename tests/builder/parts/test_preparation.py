from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from builder.parts.preparation import Preparation, fit_image, open_image

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


@pytest.mark.parametrize(
    "scaling",
    [
        {"scaling": "none"},
        {"scaling": "unit"},
        {"scaling": "minmax", "low": (0.1, 0.2, 0.0), "high": (0.9, 1.0, 1.0)},
        {"scaling": "standard", "mean": (0.5, 0.2, 0.4), "deviation": (0.1, 0.2, 0.3)},
    ],
)
def test_a_picture_that_was_prepared_is_drawn_as_it_was(scaling):
    how = Preparation("image", shape=(3, 4, 6), **scaling)
    image = Image.fromarray(np.arange(72, dtype=np.uint8).reshape(4, 6, 3) * 3)
    assert np.array_equal(np.asarray(how.draw(how.prepare(image))), np.asarray(image))


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


def bomb(kind: str) -> bytes:
    """A header that says 100,000 by 100,000 pixels, with next to nothing behind it."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    if kind == "png":
        chunk = b"IHDR" + header
        start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
        return start + b"\0\0\0\0IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    if kind == "bmp":
        return (
            b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 10**5, 10**5, 1, 24, *[0] * 6)
        )
    return b"GIF89a" + struct.pack("<HHBBB", 60_000, 60_000, 0, 0, 0) + b",\0\0\0\0\x60\xea\x60\xea\0\x08\0;"


@pytest.mark.parametrize("kind", ["png", "bmp", "gif"])
def test_a_picture_that_says_it_is_enormous_takes_no_memory(kind):
    with pytest.raises(ValueError, match="more than 50 megapixels"):
        open_image(bomb(kind))


def test_a_picture_of_a_kind_that_starts_programs_is_not_opened():
    with pytest.raises(ValueError, match="kind not known here"):
        open_image(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")


def test_a_file_larger_than_a_picture_is_not_read(tmp_path):
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(2**36)
    with pytest.raises(ValueError, match=r'"a.png" cannot be read'):
        open_image(tmp_path / "a.png")


def test_a_picture_whose_end_is_missing_is_told_when_it_is_opened(tmp_path):
    Image.effect_noise((64, 64), 90).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="damaged"):
        open_image((tmp_path / "a.png").read_bytes()[:-1000])
