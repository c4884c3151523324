"""Pictures in one folder and their masks in another, paired by the names of the files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from runtime.data.errors import DataError
from runtime.data.mask_levels import Levels, judge_levels, name_code
from runtime.data.splits import name_part
from runtime.data.tables import Array, ImageColumn, Table

SHOWING = frozenset({"image", "images", "img", "imgs", "picture", "pictures", "photo", "photos"})
MASKING = frozenset({"mask", "masks", "annotation", "annotations", "label", "labels", "segmentation", "segmentations"})
"""What folders of pictures and of their masks are called."""
ENDING = re.compile(r"[_-](mask|masks|seg|segmentation|gt|label)$", re.IGNORECASE)
"""What the name of a mask may end with beside that of its picture."""
NAMES = frozenset({"classes.txt", "labels.txt"})
"""Files with the names of the classes, one a line, in the order of their numbers."""
MOST_NAMES, MOST_TOLD = 100_000, 12
"""Characters of that file, and classes that are told."""
NOTICE = "A mask is taken for a thing wherever it is brighter than half of its brightest."

Files = Sequence[tuple[str, Path]]


class MaskColumn(ImageColumn):
    """Masks that are read when asked for: 255 where there is a thing, else 0; or numbers, as ``Levels`` reads them."""

    def __init__(self, paths: Sequence[str], levels: Levels) -> None:
        """Take the paths of files, and what stands for the classes in them."""
        super().__init__(paths)
        self._paths, self.levels = paths, levels

    def __getitem__(self, row: int) -> Array:
        """A mask as an array."""
        return self.levels.read(self._paths[row])

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
    levels = judge_levels([masks[pair] for pair in pairs], read_names(files))
    alone = (*tell_alone(len(shown) - len(pairs), "pictures"), *tell_alone(len(masks) - len(pairs), "masks"))
    notices, tables = (tell_levels(levels), *tell_ignored(levels), *alone), {}
    ignored = {} if levels.ignored is None else {"mask": levels.ignored}
    for part in dict.fromkeys(part for part, _ in pairs):
        own = [pair for pair in pairs if pair[0] == part]
        columns = {"image": ImageColumn([shown[pair] for pair in own]),
                   "mask": MaskColumn([masks[pair] for pair in own], levels)}  # fmt: skip
        tables[part] = Table(columns, {"mask": levels.classes}, "mask", notices, ignored)
    return tables if "train" in tables else {"train": next(iter(tables.values()))}


def read_names(files: Files) -> list[str]:
    """The names of the classes, where a file says them."""
    path = next((path for _, path in files if path.name.lower() in NAMES), None)
    if path is None:
        return []
    with path.open(encoding="utf-8", errors="replace") as file:
        return [line.strip() for line in file.read(MOST_NAMES).splitlines() if line.strip()]


def tell_levels(levels: Levels) -> str:
    """A sentence on what is taken for which class."""
    if not levels.numbers:
        return NOTICE
    pairs = zip(levels.numbers, levels.classes, strict=True)
    told = [f"{code} ({name})" if (code := name_code(number, levels.form)) != name else name for number, name in pairs]
    more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    return f"The masks hold {len(told)} classes: {', '.join(told[:MOST_TOLD])}{more}."


def tell_ignored(levels: Levels) -> list[str]:
    """A sentence on the pixels that are of no class."""
    if levels.ignored is None:
        return []
    return [
        f"Pixels of {levels.ignored} are of no class, as the border of things in Pascal VOC: a loss and a metric leave them out "
        f"whose ignore_index is {levels.ignored}. If they are a class, give it a smaller number in the masks."
    ]


def tell_alone(count: int, what: str) -> list[str]:
    """A sentence on pictures or masks that have nothing to go with."""
    return [f"{count:,} {what} have no partner of the same name and are left out."] if count else []
