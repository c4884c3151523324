"""Pictures in one folder and their masks in another, paired by the names of the files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from builder.parts.preparation import open_image
from runtime.data.errors import DataError
from runtime.data.splits import name_part
from runtime.data.tables import Array, ImageColumn, Table

SHOWING = frozenset({"image", "images", "img", "imgs", "picture", "pictures", "photo", "photos"})
MASKING = frozenset({"mask", "masks", "annotation", "annotations", "label", "labels", "segmentation", "segmentations"})
"""What folders of pictures and of their masks are called."""
ENDING = re.compile(r"[_-](mask|masks|seg|segmentation|gt|label)$", re.IGNORECASE)
"""What the name of a mask may end with beside that of its picture."""
NUM_MEASURED = 200
"""Masks by which it is judged how bright a thing is in them."""
NOTICE = "A mask is taken for a thing wherever it is brighter than half of its brightest; colours of a palette are all things."

Files = Sequence[tuple[str, Path]]


class MaskColumn(ImageColumn):
    """Masks that are read only when they are asked for: 255 where there is a thing, else 0, however bright the file has it."""

    def __init__(self, paths: Sequence[str], brightest: int) -> None:
        """Take the paths of files, and the brightest pixel that they have."""
        super().__init__(paths)
        self._paths, self.brightest = paths, brightest

    def __getitem__(self, row: int) -> Array:
        """A mask as an array."""
        levels, is_palette = read_levels(Path(self._paths[row]))
        found = levels > (0 if is_palette else self.brightest / 2)
        return np.asarray(found, dtype=np.uint8) * np.uint8(255)

    def read(self, rows: Array, chunk: int = 1024) -> Iterator[Array]:
        """Go through the given rows."""
        return (self[int(row)] for row in rows)


def hold_masks(files: Files, pictures: frozenset[str]) -> bool:
    """Whether every picture lies in a folder of pictures or in one of masks, and there are some of both."""
    folders = {name_folder(name) for name, path in files if path.suffix.lower() in pictures}
    return bool(folders & SHOWING) and bool(folders & MASKING) and folders <= SHOWING | MASKING


def name_folder(name: str) -> str:
    """The folder that a file lies in, in small letters."""
    parts = Path(name).parts
    return parts[-2].lower() if len(parts) > 1 else ""


def read_mask_folder(files: Files, pictures: frozenset[str]) -> dict[str, Table]:
    """Tables of pictures and masks, by part where the folders above are named so. Raises DataError where none fit together."""
    shown: dict[tuple[str, str], str] = {}
    masks: dict[tuple[str, str], str] = {}
    for name, path in files:
        if path.suffix.lower() in pictures:
            folders = Path(name).parts[:-2]
            part = next((part for folder in folders if (part := name_part(folder))), "train")
            if name_folder(name) in SHOWING:
                shown[part, path.stem] = str(path)
            else:
                masks[part, ENDING.sub("", path.stem)] = str(path)
    pairs = sorted(shown.keys() & masks.keys())
    if not pairs:
        raise DataError("No picture has a mask of its name.", "Call each mask like its picture: cat.jpg and cat.png.")
    notices = (NOTICE, *tell_alone(len(shown) - len(pairs), "pictures"), *tell_alone(len(masks) - len(pairs), "masks"))
    brightest = measure([masks[pair] for pair in pairs])
    tables = {}
    for part in dict.fromkeys(part for part, _ in pairs):
        own = [pair for pair in pairs if pair[0] == part]
        columns = {"image": ImageColumn([shown[pair] for pair in own]),
                   "mask": MaskColumn([masks[pair] for pair in own], brightest)}  # fmt: skip
        tables[part] = Table(columns, {}, None, notices)
    return tables if "train" in tables else {"train": next(iter(tables.values()))}


def tell_alone(count: int, what: str) -> list[str]:
    """A sentence on pictures or masks that have nothing to go with."""
    return [f"{count:,} {what} have no partner of the same name and are left out."] if count else []


def measure(paths: Sequence[str]) -> int:
    """The brightest pixel of some masks."""
    some = paths[:: max(len(paths) // NUM_MEASURED, 1)]
    return max(1, *(int(read_levels(Path(path))[0].max(initial=0)) for path in some))


def read_levels(path: Path) -> tuple[Array, bool]:
    """The pixels of a mask (H, W), and whether they are numbers of colours. Raises DataError where it cannot be read."""
    try:
        image = open_image(path)
    except ValueError as error:
        raise DataError(str(error)) from error
    is_palette = image.mode == "P"
    return np.asarray(image if is_palette else image.convert("L")), is_palette
