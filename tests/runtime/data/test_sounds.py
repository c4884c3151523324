from __future__ import annotations

import io
import wave
import zipfile
from pathlib import Path

import numpy as np
import pytest

from builder.document import FieldMeaning, Origin
from runtime.data.errors import DataError
from runtime.data.intake import guess_uses
from runtime.data.sounds import NUM_BANDS, NUM_MOMENTS, draw_spectrum, read_sound
from runtime.data.sources import locate_origin
from runtime.data.uploads import receive_upload

RATE = 16_000


def write_wave(hertz: float, seconds: float = 0.5, width: int = 2, channels: int = 1, rate: int = RATE) -> bytes:
    """A sine of half the full loudness."""
    levels = 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate).repeat(channels)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((channels, width, rate, 0, "NONE", ""))
        if width == 1:
            content = np.rint(levels * 127 + 128).astype(np.uint8).tobytes()
        else:
            whole = np.rint(levels * (2.0 ** (8 * width - 1) - 1)).astype("<i4" if width > 2 else "<i2")
            content = whole.tobytes() if width != 3 else whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        sound.writeframes(content)
    return file.getvalue()


def pack(entries: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_width_and_number_of_channels_gives_the_same_sound(width: int, channels: int, tmp_path: Path):
    (tmp_path / "a.wav").write_bytes(write_wave(440, width=width, channels=channels))
    values, rate = read_sound(tmp_path / "a.wav", 4.0)
    assert (rate, len(values)) == (RATE, RATE // 2)
    assert np.allclose(values, 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE // 2) / RATE), atol=0.01)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_tone_is_bright_in_its_band_whatever_the_rate(rate: int):
    picture = draw_spectrum(0.5 * np.sin(2 * np.pi * 1_000 * np.arange(rate) / rate), rate, 1.0)
    assert picture.shape == (NUM_BANDS, NUM_MOMENTS)
    row = NUM_BANDS - 1 - int(np.log(1_000 / 50) / np.log(160) * NUM_BANDS)
    assert abs(int(picture[:, 10].argmax()) - row) <= 1
    assert picture[:, 10].max() > 200
    assert picture[:10, 10].max() < 60


def test_silence_is_black_and_what_is_short_ends_black():
    assert draw_spectrum(np.zeros(100), RATE, 1.0).max() == 0
    picture = draw_spectrum(np.random.RandomState(0).uniform(-1, 1, RATE // 2), RATE, 1.0)
    assert picture[:, :30].max() > 100
    assert picture[:, 33:].max() == 0


def test_a_zip_of_sounds_in_class_folders_becomes_pictures_to_learn_from(prepare_one):
    tones = {"low": 200, "high": 3_000}
    entries = {f"set/{name}/{i}.wav": write_wave(hertz + i) for name, hertz in tones.items() for i in range(12)}
    origin = receive_upload("tones.zip", pack(entries))
    table = locate_origin(origin).open()["train"]
    assert {use.column: (use.kind, use.use) for use in guess_uses(table)} == {
        "sound": ("image", "input"),
        "label": ("category", "target"),
    }
    assert "pictures of their spectrum" in table.notices[0]
    origin = origin.model_copy(update={"columns": {"image": "sound"}})
    image, label = FieldMeaning(kind="image", scaling="unit"), FieldMeaning(kind="category", role="target")
    prepared = prepare_one(origin, image=image, label=label)
    assert prepared.facts.fields["image"].shape == (1, 64, 64)
    assert prepared.facts.fields["label"].classes == ("high", "low")
    bright = prepared.parts["train"]["image"][:, 0, :, 0].argmax(1)
    is_low = prepared.parts["train"]["label"] == 1
    assert bright[is_low].min() > bright[~is_low].max()


def test_parts_follow_the_folders_above_the_classes(tmp_path: Path):
    for part in ("train", "test"):
        for name in ("a", "b"):
            (tmp_path / part / name).mkdir(parents=True)
            (tmp_path / part / name / "1.wav").write_bytes(write_wave(440))
    tables = locate_origin(Origin(kind="folder", name=str(tmp_path))).open()
    assert {part: len(table) for part, table in tables.items()} == {"train": 2, "test": 2}


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound", write_wave(440)[:30]])
def test_a_damaged_sound_gets_one_sentence(content: bytes, tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "bad.wav").write_bytes(content)
    with pytest.raises(DataError, match=r"bad\.wav is no WAV that is read here"):
        locate_origin(Origin(kind="folder", name=str(tmp_path))).open()


def test_other_sounds_are_told(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.mp3").write_bytes(b"x")
    with pytest.raises(DataError, match="Save them as WAV"):
        locate_origin(Origin(kind="folder", name=str(tmp_path)))
