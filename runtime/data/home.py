"""Where everything that a person makes lies: one folder, ``LAYERLOOM_HOME``, by default ``~/.layerloom``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

VARIABLE = "LAYERLOOM_HOME"

Room = Literal["data", "projects", "runs", "prepared", "trash", "versions", "logs", "blocks", "weights", "compiled"]


def find_home() -> Path:
    """The root folder. It need not exist yet."""
    return Path(os.environ.get(VARIABLE) or "~/.layerloom").expanduser().absolute()


def open_folder(room: Room) -> Path:
    """One of the root's folders, made when it is not there."""
    folder = find_home() / room
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_dataset(name: str) -> Path:
    """The folder of a data set of the hub, downloaded or put there by hand. It need not be there."""
    return find_home() / "data" / name


def holds_files(folder: Path) -> bool:
    """Whether a folder is there with something in it."""
    return folder.is_dir() and any(folder.iterdir())


def shorten_path(path: Path) -> str:
    """A path as people write it and can find it: with ``~`` for the folder of the person who runs Layerloom."""
    home = Path.home()
    return (Path("~") / path.relative_to(home)).as_posix() if path.is_relative_to(home) else path.as_posix()
