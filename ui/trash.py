"""Taking back what was deleted: the trash holds it under the time of its deletion and its old name."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from runtime.data.home import Room, open_folder


def discard(room: Room, name: str) -> None:
    """Move a file or folder of a room to the trash."""
    thing = open_folder(room) / name
    if thing.exists():
        shutil.move(thing, open_folder("trash") / f"{int(time.time())}-{name}")


def restore(room: Room, name: str) -> bool:
    """Take the latest of that name back from the trash. Returns whether there was one and its place was free."""
    place = open_folder(room) / name
    found = sorted(
        (path for path in open_folder("trash").iterdir() if is_named(path, name)), key=lambda path: path.name
    )
    if not found or place.exists():
        return False
    shutil.move(found[-1], place)
    return True


def is_named(path: Path, name: str) -> bool:
    """Whether something in the trash had this name."""
    when, _, rest = path.name.partition("-")
    return when.isdigit() and rest == name
