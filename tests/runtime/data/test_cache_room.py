from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from PIL import Image

from builder.document import FieldMeaning, Origin, Split
from runtime.data import cache, cache_room
from runtime.data.home import open_folder

FIELDS = {"features": FieldMeaning(kind="vector"), "label": FieldMeaning(kind="category", role="target")}
IRIS = Origin(kind="embedded", name="iris", columns={"label": "target"})
DAY = 86_400


def age(path: Path, seconds: float) -> None:
    """Have a file or folder been used that long ago."""
    os.utime(path, (time.time() - seconds,) * 2)


def keep(name: str, days: float) -> Path:
    """Prepared tensors of about 4 KB that were last used that many days ago."""
    path = cache.find_path(name)
    cache.write(path, {"x": torch.zeros(1000)}, {})
    age(path, days * DAY)
    return path


def list_names() -> list[str]:
    return sorted(path.stem for path in open_folder("prepared").glob("*.safetensors"))


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for two such files."""
    monkeypatch.setattr(cache_room, "MOST_BYTES", 9_000)


def test_what_was_not_used_for_longest_goes_first(room: None) -> None:
    for name, days in (("old", 3), ("older", 4), ("new", 1), ("newest", 0.5)):
        keep(name, days)
    cache_room.make_room()
    assert list_names() == ["new", "newest"]
    cache_room.make_room()
    assert list_names() == ["new", "newest"]


def test_what_is_read_counts_as_used(room: None) -> None:
    for name, days in (("a", 3), ("b", 2), ("c", 1)):
        keep(name, days)
    assert cache.read(cache.find_path("a")) is not None
    cache_room.make_room()
    assert list_names() == ["a", "c"]


def test_what_was_used_a_moment_ago_stays(room: None) -> None:
    for name in "abcd":
        keep(name, 0)
    cache_room.make_room()
    assert list_names() == ["a", "b", "c", "d"]


def test_a_disk_that_fills_leaves_less_room(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("a", 2)
    keep("b", 1)
    monkeypatch.setattr(cache_room.shutil, "disk_usage", lambda folder: SimpleNamespace(free=50_000))
    cache_room.make_room()
    assert list_names() == ["b"]


def test_who_has_it_open_keeps_reading(room: None) -> None:
    for name, days in (("a", 3), ("b", 2), ("c", 1)):
        path = keep(name, days)
    tensors, _ = cache.read(path) or ({}, {})
    age(path, 9 * DAY)
    cache_room.make_room()
    assert list_names() == ["a", "b"] and torch.equal(tensors["x"], torch.zeros(1000))


def test_a_preparation_makes_room_and_is_itself_kept(prepare_one, room: None) -> None:
    for name, days in (("old", 3), ("older", 4), ("oldest", 5)):
        keep(name, days)
    prepare_one(IRIS, **FIELDS)
    assert "oldest" not in list_names() and len(list_names()) == 3
    keep("another", 1)
    prepare_one(IRIS, **FIELDS)
    assert "another" in list_names()


def test_what_the_data_layer_keeps_of_folders_goes_too(prepare_one, tmp_path: Path, room: None) -> None:
    for label in ("round", "square"):
        (tmp_path / "shapes" / label).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (4, 4), (number, 0, 0)).save(tmp_path / "shapes" / label / f"{number}.png")
    origin = Origin(kind="folder", name=str(tmp_path / "shapes"), columns={"image": "image", "label": "label"})
    image, split = FieldMeaning(kind="image", scaling="unit"), Split(validation=0.0)
    prepare_one(origin, image=image, label=FIELDS["label"], split=split)
    place = next((open_folder("prepared") / "arrow").rglob("*.arrow")).parent
    age(place, DAY)
    prepare_one(origin, image=image, label=FIELDS["label"], split=Split(validation=0.3))
    assert time.time() - place.stat().st_mtime < 60
    (place / "more.arrow").write_bytes(bytes(9_000))
    cache_room.make_room()
    assert place.exists()
    age(place, DAY)
    cache_room.make_room()
    assert not place.exists()
    prepared = prepare_one(origin, image=image, label=FIELDS["label"], split=Split(validation=0.5))
    assert prepared.facts.counts == {"train": 3, "validation": 3}


def test_half_written_files_without_a_writer_go() -> None:
    folder = open_folder("prepared")
    for name, days in ((".a.safetensors.12.part", 2), (".b.safetensors.13.part", 0)):
        (folder / name).write_bytes(b"half")
        age(folder / name, days * DAY)
    cache_room.make_room()
    assert [path.name for path in folder.iterdir()] == [".b.safetensors.13.part"]
