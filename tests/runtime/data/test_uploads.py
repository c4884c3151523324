from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from builder.document import FieldMeaning
from runtime.data import uploads
from runtime.data.errors import DataError
from runtime.data.uploads import clean_name, receive_upload

IMAGE = FieldMeaning(kind="image", scaling="unit")
LABEL = FieldMeaning(kind="category", role="target")


def draw_png(level: int = 0) -> bytes:
    file = io.BytesIO()
    Image.new("L", (6, 6), level).save(file, "PNG")
    return file.getvalue()


def make_zip(entries: dict[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def list_everything(home: Path) -> list[str]:
    return sorted(path.relative_to(home / "data").as_posix() for path in (home / "data").rglob("*") if path.is_file())


def test_an_archive_of_class_folders_becomes_a_source_of_pictures(prepare_one, home):
    entries = {f"shapes/{kind}/{index}.png": draw_png(index) for kind in ("round", "square") for index in range(12)}
    entries |= {"__MACOSX/shapes/round/._0.png": b"x", "shapes/.DS_Store": b"x", "shapes/README.txt": b"hello"}
    origin = receive_upload("My shapes!.zip", make_zip(entries))
    assert origin.kind == "folder"
    assert origin.name.startswith("uploads/My-shapes-")
    prepared = prepare_one(origin, image=IMAGE, label=LABEL)
    assert prepared.facts.counts == {"train": 22, "validation": 2}
    assert prepared.facts.fields["label"].classes == ("round", "square")
    assert all(name.endswith(".png") for name in list_everything(home))


def test_the_same_archive_twice_lies_there_once(home):
    entries = {"a/1.png": draw_png()}
    assert receive_upload("a.zip", make_zip(entries)) == receive_upload("a.zip", make_zip(entries))
    assert len(list_everything(home)) == 1


def test_a_table_is_kept_under_a_safe_name(prepare_one):
    origin = receive_upload("../../etc/pass wd.csv", io.BytesIO(b"x,y\n1,2\n3,4\n"))
    assert origin.name.startswith("uploads/pass-wd-")
    fields = {"x": FieldMeaning(kind="number"), "y": FieldMeaning(kind="number", role="target")}
    assert prepare_one(origin, **fields).facts.counts == {"train": 1, "validation": 1}


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "entry",
    ["../outside/1.png", "a/../../1.png", "/etc/a/1.png", "a\\..\\1.png", "C:/a/1.png", link("a/1.png")],
    ids=str,
)
def test_an_entry_that_leads_outside_is_refused_and_nothing_is_written(entry, home):
    archive = make_zip({"a/0.png": draw_png(), entry: draw_png()})
    with pytest.raises(DataError, match="leads outside of the archive"):
        receive_upload("a.zip", archive)
    assert list_everything(home) == []


def test_an_archive_that_would_grow_beyond_measure_is_left_packed(home):
    bomb = make_zip({"a/0.png": b"\0" * 200_000_000}, zipfile.ZIP_DEFLATED)
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(DataError, match="left packed"):
        receive_upload("a.zip", bomb)
    assert list_everything(home) == []


def test_an_archive_that_lies_about_its_sizes_is_stopped(home):
    """The sizes in both headers say 100 bytes; the content is 50 MB."""
    real, claimed = 50_000_000, 100
    content = make_zip({"a/0.png": b"\0" * real}, zipfile.ZIP_DEFLATED).getvalue()
    lying = content.replace(real.to_bytes(4, "little"), claimed.to_bytes(4, "little"))
    assert lying != content
    with pytest.raises(DataError):
        receive_upload("a.zip", io.BytesIO(lying))
    assert list_everything(home) == []


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (
            {"a/readme.txt": b"x"},
            "a.zip holds no pictures. Put one folder of pictures, or of sounds as WAV, for each class into the archive.",
        ),
        ({"1.png": b"x"}, "a.zip holds pictures outside of folders. Put the pictures of each class into a folder."),
        ({}, "a.zip holds no pictures."),
        ({"a/1.mp3": b"x"}, "a.zip holds sounds that are not read here. Save them as WAV with 16 bits (PCM)."),
        ({"1.wav": b"x"}, "a.zip holds sounds outside of folders. Put the sounds of each class into a folder."),
    ],
)
def test_an_archive_without_class_folders_tells_what_it_needs(entries, sentence):
    with pytest.raises(DataError) as caught:
        receive_upload("a.zip", make_zip(entries))
    assert str(caught.value).startswith(sentence)


def test_a_damaged_archive_is_told(home):
    content = make_zip({"a/0.png": draw_png()}).getvalue()
    with pytest.raises(DataError, match="the archive is damaged"):
        receive_upload("a.zip", io.BytesIO(content[: len(content) // 2]))
    assert list_everything(home) == []


@pytest.mark.parametrize("name", ["weights.pt", "data.pkl", "run.sh", "noending"])
def test_other_kinds_of_files_are_refused(name, home):
    with pytest.raises(DataError, match=r"is of a kind that is not read here\. Use csv, tsv"):
        receive_upload(name, io.BytesIO(b"x"))


def test_too_many_bytes_and_too_many_entries_are_refused(monkeypatch, home):
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    with pytest.raises(DataError, match="is larger than"):
        receive_upload("a.csv", io.BytesIO(b"x" * 11))
    monkeypatch.setattr(uploads, "MOST_BYTES", 10_000)
    monkeypatch.setattr(uploads, "MOST_ENTRIES", 2)
    with pytest.raises(DataError, match="holds more than 2 files"):
        receive_upload("a.zip", make_zip({f"a/{index}.png": draw_png() for index in range(3)}))
    assert list_everything(home) == []


@pytest.mark.parametrize(
    ("name", "clean"), [("a b", "a-b"), ("...", "data"), ("x" * 99, "x" * 60), ("Zähler", "Zähler")]
)
def test_names_become_safe(name, clean):
    assert clean_name(name) == clean
