"""A folder of pictures and one of masks become a source to learn masks from, also through the page's upload."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from builder.answering import find_question
from builder.document import FieldMeaning, Origin
from builder.fields import describe_preparation
from builder.rules import check
from runtime.data.building import build_source
from runtime.data.errors import DataError
from runtime.data.folders import locate_folder
from runtime.data.intake import guess_uses
from runtime.data.mask_folders import NOTICE
from runtime.data.prepare import prepare, prepare_source
from runtime.data.remarks import find_remarks
from runtime.data.summaries import summarize
from runtime.data.uploads import receive_upload
from runtime.runs.project_file import change_project, read_project
from runtime.session import with_facts


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    return tmp_path


def draw(path: Path, mode: str = "RGB", bright: int = 255, size: tuple[int, int] = (40, 30)) -> None:
    """A picture that is bright in its left half."""
    levels = np.zeros((size[1], size[0]), np.uint8)
    levels[:, : size[0] // 2] = bright
    image = Image.fromarray(levels)
    path.parent.mkdir(parents=True, exist_ok=True)
    if mode == "P":
        image.putpalette([0, 0, 0, 30, 0, 0] + [0] * 750)
    (image if mode == "P" else image.convert(mode)).save(path)


def open_table(folder: Path) -> Any:
    return locate_folder(Origin(kind="folder", name=str(folder))).open()


@pytest.fixture
def coloured(home: Path) -> Path:
    """Pictures with masks of three colours, larger than the preset's."""
    for number in range(12):
        draw(home / "coloured" / "images" / f"{number}.png", size=(60, 50))
        levels = np.zeros((50, 60, 3), np.uint8)
        levels[:20, :, 0], levels[40:, :, 2] = 128, 255
        (home / "coloured" / "masks").mkdir(exist_ok=True)
        Image.fromarray(levels).save(home / "coloured" / "masks" / f"{number}.png")
    return home / "coloured"


def test_masks_of_several_classes_become_numbers_in_the_size_of_their_pictures(coloured: Path) -> None:
    origin, like = Origin(kind="folder", name=str(coloured)), read_project("unet_masks").data["main"]
    table = locate_folder(origin).open()["train"]
    source = build_source(origin, guess_uses(table, like), table, like)
    prepared = prepare_source(source)
    facts, mask = prepared.facts.fields["mask"], prepared.parts["train"]["mask"]
    assert facts.classes == ("ground", "#0000ff", "#800000") and facts.shape == (48, 48)
    assert mask.dtype == torch.int64 and mask.shape[1:] == (48, 48)
    assert set(mask[:, :18].unique().tolist()) == {2} and set(mask[:, 40:].unique().tolist()) == {1}
    raw = prepared.raw("train", 0)["mask"]
    assert raw.mode == "P" and torch.equal(describe_preparation(source.fields["mask"], facts).prepare(raw), mask[0])


def test_a_network_for_yes_and_no_is_told_that_there_are_more_classes_and_how_to_mend_it(coloured: Path) -> None:
    project = read_project("unet_masks")
    origin = Origin(kind="folder", name=str(coloured))
    table = locate_folder(origin).open()["train"]
    source = build_source(origin, guess_uses(table, project.data["main"]), table, project.data["main"])
    project = project.model_copy(update={"data": {"main": source}})
    told = [finding.message for finding in check(with_facts(project, prepare(project)))]
    assert any("it tells two classes apart, and the target has 3. Use CrossEntropyLoss instead." in one for one in told)


def test_a_project_of_before_holds_masks_as_pictures_and_learns_the_same(home: Path, coloured: Path) -> None:
    now = change_project(read_project("unet_masks"), ["data.main.limit=30"])
    source = now.data["main"]
    old = FieldMeaning(kind="image", role="target", scaling="unit", size=(48, 48), channels=1)
    before = source.model_copy(update={"fields": {**source.fields, "mask": old}, "facts": None})
    parts = [prepare_source(one).parts["train"]["mask"] for one in (source, before)]
    assert torch.equal(*parts)
    several = prepare_source(before.model_copy(update={"origins": (Origin(kind="folder", name=str(coloured)),)}))
    assert set(several.parts["train"]["mask"][:, :, 40:].unique().tolist()) == {1.0}
    project = with_facts(now.model_copy(update={"data": {"main": before}}), {"main": prepare_source(before)})
    assert find_question(project).meaning == "mask"


@pytest.mark.parametrize(("mode", "bright"), [("L", 255), ("L", 1), ("RGB", 200), ("P", 1)])
def test_a_mask_is_where_the_thing_is_however_the_file_says_so(home: Path, mode: str, bright: int) -> None:
    for name in ("cat", "dog"):
        draw(home / "images" / f"{name}.jpg")
        draw(home / "Masks" / f"{name}_mask.png", mode, bright)
    tables = open_table(home)
    assert list(tables) == ["train"] and list(tables["train"].columns) == ["image", "mask"]
    mask = tables["train"].columns["mask"][1]
    assert (mask[:, :20] == 255).all() and (mask[:, 20:] == 0).all()


def test_parts_are_kept_and_what_has_no_partner_is_told(home: Path) -> None:
    for part, names in (("train", "abc"), ("val", "d")):
        for name in names:
            draw(home / "set" / part / "imgs" / f"{name}.png")
            draw(home / "set" / part / "annotations" / f"{name}.png", "L")
    draw(home / "set" / "train" / "imgs" / "alone.png")
    tables = open_table(home / "set")
    assert {part: len(table) for part, table in tables.items()} == {"train": 3, "validation": 1}
    assert any("1 pictures have no partner" in notice for notice in tables["train"].notices)


def test_folders_of_classes_are_still_classes(home: Path) -> None:
    for name in ("images", "masks", "others"):
        draw(home / "classes" / name / "a.png")
    assert "label" in open_table(home / "classes")["train"].columns


def test_no_pair_and_a_damaged_mask_are_told_in_a_sentence(home: Path) -> None:
    draw(home / "one" / "images" / "a.png")
    draw(home / "one" / "masks" / "b.png", "L")
    with pytest.raises(DataError, match="No picture has a mask of its name"):
        open_table(home / "one")
    draw(home / "two" / "images" / "a.png")
    (home / "two" / "masks").mkdir()
    (home / "two" / "masks" / "a.png").write_bytes(b"\x89PNG, and then nothing")
    with pytest.raises(DataError, match="cannot be read"):
        open_table(home / "two")


def test_an_archive_handed_in_takes_the_place_of_the_data_of_the_mask_preset(home: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(12):
            for folder, mode in (("images", "RGB"), ("masks", "L")):
                draw(home / "made" / folder / f"{number}.png", mode, size=(60, 50))
                archive.write(home / "made" / folder / f"{number}.png", f"mine/{folder}/{number}.png")
        for name in ("mine/classes.txt", "mine/notes.txt", "__MACOSX/classes.txt"):
            archive.writestr(name, "sky\nhouse\n")
    packed.seek(0)
    project = read_project("unet_masks")
    origin, like = receive_upload("mine.zip", packed), project.data["main"]
    assert [file.name for file in (home / "home" / "data" / "uploads").rglob("*.txt")] == ["classes.txt"]
    table = locate_folder(origin).open()["train"]
    assert table.classes["mask"] == ("sky", "house")
    uses, summaries = guess_uses(table, like), [summarize(table, name) for name in table.columns]
    assert find_remarks({"train": table}, uses, summaries)[0].what == NOTICE
    source = build_source(origin, uses, table, like)
    assert source.fields == like.fields
    prepared = prepare(project.model_copy(update={"data": {"main": source}}))["main"]
    mask = prepared.parts["train"]["mask"]
    assert mask.shape[1:] == (1, 48, 48) and set(mask[..., :20].unique().tolist()) == {1.0}
    assert set(mask[..., 28:].unique().tolist()) == {0.0}
