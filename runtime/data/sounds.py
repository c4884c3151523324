"""Sounds as WAV, read with Python alone: each becomes a picture of its spectrum, which any network for pictures learns from.

The picture has a row for each of 64 bands of pitch, the lowest at the bottom, and a column for each of 64 moments of the
first seconds. How loud a band is makes how bright it is.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from runtime.data.errors import DataError
from runtime.data.splits import name_part
from runtime.data.tables import Array, ImageColumn, Table

SOUNDS = frozenset({".wav"})
OTHER_SOUNDS = frozenset({".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma"})
NOTICE = (
    "Sounds are learned from as pictures of their spectrum: 64 bands of pitch by 64 moments of the first {seconds:g} seconds. "
    "A network that is taken home is given such pictures, not sounds."
)
SECONDS = 4.0
"""The longest stretch of a sound that is looked at; where all are shorter, the longest sound."""
NUM_BANDS, NUM_MOMENTS = 64, 64
LOWEST_HERTZ, HIGHEST_HERTZ = 50.0, 8_000.0
WINDOW_SECONDS = 0.04
QUIETEST_DECIBELS = -80.0
MOST_RATE = 768_000
MOST_CHANNELS = 32
NUM_MEASURED = 200
"""Sounds by which it is judged how long they are."""


class SoundColumn(ImageColumn):
    """Sounds that are read, and drawn, only when they are asked for."""

    def __init__(self, paths: Sequence[str], seconds: float) -> None:
        """Take the paths of files, of each of which so many seconds are looked at."""
        super().__init__(paths)
        self._paths, self.seconds = paths, seconds

    def __getitem__(self, row: int) -> Array:
        """A picture as an array."""
        return draw_spectrum(*read_sound(Path(self._paths[row]), self.seconds), self.seconds)

    def read(self, rows: Array, chunk: int = 1024) -> Iterator[Array]:
        """Go through the given rows."""
        return (self[int(row)] for row in rows)


def read_sound_folder(files: Sequence[tuple[str, Path]]) -> dict[str, Table]:
    """Tables of sounds in class folders, by part where the folders above are named so."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, path in files:
        folders = Path(name).parts[:-1]
        if path.suffix.lower() in SOUNDS and folders:
            part = next((part for folder in folders[:-1] if (part := name_part(folder))), "train")
            found.setdefault(part, []).append((str(path), folders[-1]))
    if "train" not in found:
        raise DataError("The sounds lie in no folders.", "Put the sounds of each class into a folder.")
    classes = tuple(sorted({label for rows in found.values() for _, label in rows}))
    seconds = find_length([Path(path) for path, _ in found["train"]])
    return {part: build_table(rows, classes, seconds) for part, rows in found.items()}


def build_table(rows: Sequence[tuple[str, str]], classes: tuple[str, ...], seconds: float) -> Table:
    """A table of sounds and their classes."""
    sounds = SoundColumn([path for path, _ in rows], seconds)
    labels = np.array([classes.index(label) for _, label in rows], dtype=np.int64)
    notice = NOTICE.format(seconds=seconds)
    return Table({"sound": sounds, "label": labels}, {"label": classes}, "label", (notice,))


def find_length(paths: Sequence[Path]) -> float:
    """How many seconds are looked at: those of the longest of some sounds, within the bound."""
    longest = 0.0
    for path in paths[:: max(len(paths) // NUM_MEASURED, 1)]:
        with open_wave(path) as sound:
            longest = max(longest, sound.getnframes() / sound.getframerate())
    return max(round(min(longest, SECONDS), 2), WINDOW_SECONDS)


def open_wave(path: Path) -> wave.Wave_read:
    """Open a sound. Raises DataError where it is damaged or packed."""
    advice = "Save it as WAV with 16 bits (PCM)."
    try:
        sound: wave.Wave_read = wave.open(str(path))  # noqa: SIM115 - it is handed on open
    except (wave.Error, EOFError, OSError, ValueError) as error:
        raise DataError(f"{path.name} is no WAV that is read here{explain(error)}.", advice) from error
    if not (0 < sound.getframerate() <= MOST_RATE and 0 < sound.getnchannels() <= MOST_CHANNELS):
        sound.close()
        raise DataError(f"{path.name} says of itself what no sound is.", advice)
    return sound


def explain(error: Exception) -> str:
    """The reason in brackets, where there is one."""
    return f" ({error})" if str(error) else ""


def read_sound(path: Path, seconds: float) -> tuple[Array, int]:
    """The first seconds of a sound, its channels joined, within -1 and 1, and how many values a second has."""
    with open_wave(path) as sound:
        rate, width, channels = sound.getframerate(), sound.getsampwidth(), sound.getnchannels()
        content = sound.readframes(int(seconds * rate) + 1)
    content = content[: len(content) // (width * channels) * width * channels]
    if width == 1:
        values = np.frombuffer(content, np.uint8).astype(np.float64) / 128 - 1
    elif width == 3:
        bytes_of = np.frombuffer(content, np.uint8).reshape(-1, 3)
        values = np.pad(bytes_of, ((0, 0), (1, 0))).copy().view("<i4").ravel() / 2**31
    else:
        values = np.frombuffer(content, {2: "<i2", 4: "<i4"}[width]) / 2.0 ** (8 * width - 1)
    return np.asarray(values.reshape(-1, channels).mean(axis=1)), rate


def draw_spectrum(values: Array, rate: int, seconds: float) -> Array:
    """A picture of 0..255, (bands, moments): silence is black, and what is short ends black."""
    size = max(int(WINDOW_SECONDS * rate), 16)
    padded = np.pad(values, (0, max(int(seconds * rate) + size - len(values), 0)))
    starts = np.linspace(0, int(seconds * rate), NUM_MOMENTS, endpoint=False).astype(int)
    frames = padded[starts[:, None] + np.arange(size)] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2 / (size / 4) ** 2
    bounds = np.geomspace(LOWEST_HERTZ, HIGHEST_HERTZ, NUM_BANDS + 1) * size / rate
    low = np.clip(np.floor(bounds[:-1]).astype(int), 0, power.shape[1] - 1)
    high = np.clip(np.ceil(bounds[1:]).astype(int), low + 1, power.shape[1])
    bands = np.stack([power[:, a:b].max(axis=1) for a, b in zip(low, high, strict=True)])
    bands[bounds[:-1] > power.shape[1]] = 0.0
    decibels = 10 * np.log10(np.maximum(bands, 1e-12))
    bright = np.clip(1 - decibels / QUIETEST_DECIBELS, 0, 1)
    return np.asarray(np.rint(bright[::-1] * 255), dtype=np.uint8)
