"""Which class a pixel is of, in all the ways in which files of masks say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builder.document import Origin
from runtime.data.errors import DataError
from runtime.data.folders import locate_folder
from runtime.data.mask_levels import judge_levels
from runtime.data.tables import Array

CLASSES = np.repeat([0, 1, 2], 4).reshape(1, 12).repeat(6, 0).astype(np.uint8)
COLOURS = np.array([[0, 0, 0], [128, 0, 0], [0, 128, 0]], np.uint8)


def write(folder: Path, name: str, pixels: Array, palette: bool = False) -> str:
    """A file with these pixels."""
    image = Image.fromarray(pixels)
    if palette:
        image = Image.frombytes("P", image.size, pixels.tobytes())
        image.putpalette([level for colour in COLOURS for level in colour.tolist()] + [0] * 747)
    folder.mkdir(parents=True, exist_ok=True)
    image.save(folder / name)
    return str(folder / name)


def add_border(numbers: Array) -> Array:
    """A mask with a first row of 255."""
    return np.concatenate([np.full((1, numbers.shape[1]), 255, np.uint8), numbers[1:]])


def test_numbers_of_classes_are_read_as_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path, "a.png", CLASSES)
    levels = judge_levels([path])
    assert levels.classes == ("ground", "1", "2")
    assert np.array_equal(levels.read(path), CLASSES)


def test_greys_that_are_spread_are_classes_in_their_order(tmp_path: Path) -> None:
    path = write(tmp_path, "a.png", np.array([0, 85, 255], np.uint8)[CLASSES])
    levels = judge_levels([path])
    assert levels.classes == ("ground", "85", "255") and np.array_equal(levels.read(path), CLASSES)


@pytest.mark.parametrize("palette", [True, False])
def test_a_border_of_255_beside_small_numbers_is_of_no_class(tmp_path: Path, palette: bool) -> None:
    levels = judge_levels([path := write(tmp_path, "a.png", add_border(CLASSES), palette)])
    assert levels.classes == ("ground", "1", "2") and levels.ignored == 255
    assert np.array_equal(levels.read(path), add_border(CLASSES))
    named = judge_levels([path], ["sky", "road", "car", "tree"])
    assert named.classes[3] == "tree" and np.array_equal(named.read(path), add_border(CLASSES))
    two = judge_levels([path := write(tmp_path, "b.png", add_border(CLASSES // 2), palette)])
    assert two.classes == ("ground", "thing") and np.array_equal(two.read(path), add_border(CLASSES // 2))


def test_255_is_a_thing_where_it_is_all_that_there_is_beside_the_ground(tmp_path: Path) -> None:
    for palette in (True, False):
        levels = judge_levels([path := write(tmp_path, "a.png", CLASSES // 2 * np.uint8(255), palette)])
        assert levels.ignored is None and np.array_equal(levels.read(path), CLASSES // 2 * 255)


def test_pixels_of_no_class_are_told_and_what_to_do_where_they_are_one(tmp_path: Path) -> None:
    write(tmp_path / "images", "a.png", COLOURS[CLASSES])
    write(tmp_path / "masks", "a.png", add_border(CLASSES), palette=True)
    table = locate_folder(Origin(kind="folder", name=str(tmp_path))).open()["train"]
    assert table.ignored == {"mask": 255}
    told = "Pixels of 255 are of no class, as the border of things in Pascal VOC: a loss and a metric leave them out"
    assert table.notices[1].startswith(told) and table.notices[1].endswith("give it a smaller number in the masks.")


def test_colours_are_classes_and_the_darkest_comes_first(tmp_path: Path) -> None:
    path = write(tmp_path, "a.png", COLOURS[CLASSES])
    levels = judge_levels([path])
    assert levels.classes == ("ground", "#008000", "#800000")
    assert np.array_equal(levels.read(path), np.array([0, 2, 1])[CLASSES])
    two = judge_levels([write(tmp_path, "b.png", COLOURS[CLASSES // 2])])
    assert two.classes == ("ground", "thing")
    assert np.array_equal(two.read(str(tmp_path / "b.png")), (CLASSES // 2 * 255).astype(np.uint8))


def test_soft_edges_are_no_classes(tmp_path: Path) -> None:
    ramp = np.arange(0, 250, 5, dtype=np.uint8).reshape(1, -1).repeat(4, 0)
    levels = judge_levels([path := write(tmp_path, "a.png", ramp)])
    assert levels.classes == ("ground", "thing")
    assert np.array_equal(levels.read(path) > 0, ramp > ramp.max() / 2)


def test_a_class_that_one_mask_alone_has_is_told_with_its_file_and_a_list_of_names_makes_room(tmp_path: Path) -> None:
    known = write(tmp_path, "a.png", CLASSES)
    other = write(tmp_path, "b.png", np.full((6, 12), 5, np.uint8))
    with pytest.raises(DataError, match=r'The mask "b.png" holds 5, and the masks before it hold 0, 1, 2.'):
        judge_levels([known]).read(other)
    levels = judge_levels([known], ["sky", "road", "car", "tree", "sign", "house"])
    assert levels.classes[5] == "house" and (levels.read(other) == 5).all()


def test_photographs_in_the_place_of_masks_are_told_with_the_name_of_the_file(tmp_path: Path) -> None:
    noise = np.random.RandomState(0).randint(0, 256, (20, 20, 3)).astype(np.uint8)
    with pytest.raises(DataError, match=r'The mask "photo\.png" holds 400 colours'):
        judge_levels([write(tmp_path, "photo.png", noise)])


def test_a_folder_of_several_classes_tells_them_and_takes_their_names(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path / "images", f"{name}.png", COLOURS[CLASSES])
        write(tmp_path / "masks", f"{name}.png", CLASSES)
    table = locate_folder(Origin(kind="folder", name=str(tmp_path))).open()["train"]
    assert table.notices[0] == "The masks hold 3 classes: 0 (ground), 1, 2." and table.is_mask("mask")
    (tmp_path / "classes.txt").write_text("sky\nroad\ncar\n")
    named = locate_folder(Origin(kind="folder", name=str(tmp_path))).open()["train"]
    assert named.classes["mask"] == ("sky", "road", "car")
    assert np.array_equal(named.columns["mask"][1], CLASSES)
