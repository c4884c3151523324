from __future__ import annotations

import io
from pathlib import Path

import datasets
import numpy as np
import pytest
from PIL import Image

from builder.document import FieldMeaning, Origin, Source, Split
from runtime.data.embedded import EMBEDDED, open_embedded
from runtime.data.errors import DataError
from runtime.data.sources import choose_origin

IMAGE = FieldMeaning(kind="image", scaling="unit")
LABEL = FieldMeaning(kind="category", role="target")
HUB = Origin(kind="hub", name="someone/shapes", columns={"image": "img", "label": "label"})
DIGITS = Origin(kind="embedded", name="digits")


def encode(pixels: np.ndarray) -> dict[str, object]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return {"bytes": file.getvalue(), "path": None}


def write_hub_folder(home: Path, count: int = 20) -> np.ndarray:
    """A data set as the hub lays it out: Parquet with encoded pictures and named classes, a part a file."""
    pixels = np.random.RandomState(0).randint(0, 256, (count, 6, 5, 3), dtype=np.uint8)
    features = datasets.Features({"img": datasets.Image(), "label": datasets.ClassLabel(names=["round", "square"])})
    rows = {"img": [encode(image) for image in pixels], "label": [index % 2 for index in range(count)]}
    folder = home / "data" / HUB.name / "shapes"
    folder.mkdir(parents=True)
    for part in ("train", "test"):
        datasets.Dataset.from_dict(rows, features).to_parquet(folder / f"{part}-00000-of-00001.parquet")
    return pixels


def test_a_hub_name_is_first_looked_for_in_the_local_data_folder(prepare_one, home):
    pixels = write_hub_folder(home)
    prepared = prepare_one(HUB, DIGITS, image=IMAGE, label=LABEL, split=Split(validation=0.2))
    assert prepared.facts.origin == 0
    assert prepared.notices == ()
    assert prepared.facts.counts == {"train": 16, "validation": 4, "test": 20}
    assert prepared.facts.fields["image"].shape == (3, 6, 5)
    assert prepared.facts.fields["label"].classes == ("round", "square")
    assert np.array_equal(np.asarray(prepared.raw("test", 7)["image"]), pixels[7])
    wanted = np.float32(pixels[7].transpose(2, 0, 1)) / np.float32(255)
    assert np.array_equal(prepared.parts["test"]["image"][7].numpy(), wanted)
    assert prepared.raw("test", 7)["label"] == "square"


def test_a_stand_in_is_told_with_the_folder_for_the_wanted_data(prepare_one, home):
    prepared = prepare_one(HUB, DIGITS, image=IMAGE, label=LABEL)
    assert prepared.facts.origin == 1
    assert prepared.notices == (
        "someone/shapes is not on this machine and HF_HUB_OFFLINE is set. In its place stands the embedded set "
        f'"digits". To use someone/shapes, put its files under {home / "data/someone/shapes"}.',
    )


def test_data_put_in_place_replaces_its_stand_in(prepare_one, home):
    prepare_one(HUB, DIGITS, image=IMAGE, label=LABEL)
    write_hub_folder(home)
    assert prepare_one(HUB, DIGITS, image=IMAGE, label=LABEL).facts.origin == 0


def test_without_any_origin_at_hand_the_local_choices_are_named(home):
    with pytest.raises(DataError) as caught:
        choose_origin(Source(origins=(HUB,), fields={}))
    assert str(caught.value) == (
        "someone/shapes is not on this machine and HF_HUB_OFFLINE is set. Put its files under "
        f"{home / 'data/someone/shapes'}, choose an embedded set, or open a file of your own."
    )


def test_a_hub_that_does_not_answer_is_asked_once_and_then_left_alone(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    source = Source(origins=(HUB,), fields={})
    with pytest.raises(DataError, match="the hub cannot be reached"):
        choose_origin(source)
    with pytest.raises(DataError, match="the hub did not answer"):
        choose_origin(source)


@pytest.mark.parametrize("name", ["../secrets", "/etc", "a/b/c", "", "owner/..", "a b"])
def test_what_is_no_name_of_the_hub_is_refused(name):
    with pytest.raises(DataError, match="is no name of a data set"):
        choose_origin(Source(origins=(Origin(kind="hub", name=name),), fields={}))


def test_a_data_set_made_by_a_script_is_never_run(home, tmp_path):
    folder = home / "data" / "someone" / "shapes"
    folder.mkdir(parents=True)
    witness = tmp_path / "ran"
    (folder / "shapes.py").write_text(f"open({str(witness)!r}, 'w')")
    with pytest.raises(DataError, match="a script are never run"):
        choose_origin(Source(origins=(HUB,), fields={}))
    (folder / "rows.csv").write_text("a,label\n1,x\n")
    choice = choose_origin(Source(origins=(HUB,), fields={}))
    try:
        choice.located.open()
    except DataError as error:
        assert "never run" in str(error)
    assert not witness.exists()


@pytest.mark.parametrize("name", list(EMBEDDED))
def test_every_embedded_set_is_the_same_at_every_opening(name):
    first, second = open_embedded(name, {}), open_embedded(name, {})
    assert len(first) >= 4
    assert first.target is None or first.target in first.columns
    for column, values in first.columns.items():
        np.testing.assert_array_equal(values, second.columns[column])


def test_digits_are_drawn_larger_and_coloured_on_demand():
    table = open_embedded("digits", {"size": 32, "channels": 3})
    images = table.columns["image"]
    assert images.shape == (1797, 32, 32, 3)
    assert images.dtype == np.uint8
    assert len({tuple(image[0, 0]) for image in images[:50]}) > 40


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("digitz", {}, 'No embedded data set is called "digitz".'),
        ("moons", {"colour": 1}, 'The embedded set "moons" has no option "colour". Its options: count, noise, seed.'),
        ("spirals", {"arms": 7}, "arms is 7 and must lie between 2 and 3"),
        ("points", {"x": [1, 2], "y": [1]}, "both are lists of the same length"),
        ("moons", {"count": 10**12}, "must lie between 2 and 1000000"),
        ("digits", {"channels": 2}, "channels must be 1 or 3"),
    ],
)
def test_an_embedded_set_that_cannot_be_made_is_told_in_a_sentence(name, options, sentence):
    with pytest.raises(DataError) as caught:
        open_embedded(name, options)
    assert sentence in str(caught.value)


def name_picture(path: Path, folder: Path) -> Path:
    """A Parquet file whose only picture is a name."""
    features = datasets.Features({"img": datasets.Image(decode=False), "label": datasets.ClassLabel(names=["a", "b"])})
    rows = {"img": [{"bytes": None, "path": str(path)}] * 4, "label": [0, 1, 0, 1]}
    file = folder / "named.parquet"
    datasets.Dataset.from_dict(rows, features).to_parquet(file)
    return file


@pytest.mark.parametrize("kind", ["file", "folder"])
@pytest.mark.parametrize("place", ["secret.png", "data/../secret.png", "/dev/zero"])
def test_a_data_set_opens_no_file_outside_of_itself(prepare_one, tmp_path, kind, place):
    Image.new("RGB", (4, 4)).save(tmp_path / "secret.png")
    folder = tmp_path / "data"
    folder.mkdir()
    file = name_picture(tmp_path / place, folder)
    origin = Origin(kind=kind, name=str(file if kind == "file" else folder), columns={"image": "img", "label": "label"})
    with pytest.raises(DataError, match="there is no such file in the data"):
        prepare_one(origin, image=IMAGE, label=LABEL)


def test_pictures_in_class_folders_are_found_through_a_linked_folder(prepare_one, tmp_path):
    for label in ("round", "square"):
        (tmp_path / "real" / label).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (4, 4), (number, 0, 0)).save(tmp_path / "real" / label / f"{number}.png")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    origin = Origin(kind="folder", name=str(tmp_path / "linked"), columns={"image": "image", "label": "label"})
    prepared = prepare_one(origin, image=IMAGE, label=LABEL, split=Split(validation=0.0))
    assert prepared.facts.counts == {"train": 6}
