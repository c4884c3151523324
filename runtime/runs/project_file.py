"""Finds the project that somebody names in a shell: a file, or a preset by its name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import presets
from builder.document import Project
from builder.loading import MOST_BYTES, LoadError, load_project
from builder.paths import PathError, set_path
from runtime.runs.errors import RunError


def read_project(name: str) -> Project:
    """Read a project from a file or a preset. Raises RunError where there is none, or it is no project."""
    path = find_project(name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RunError(f"{path.name} is larger than {MOST_BYTES // 2**20} MB, too large for a project.")
        return load_project(path.read_bytes())
    except LoadError as error:
        raise RunError(f"{path.name} cannot be opened: {error}") from error
    except OSError as error:
        raise RunError(f"{path.name} cannot be read: {error.strerror}.") from error


def find_project(name: str) -> Path:
    """Where the file or preset of that name lies. Raises RunError."""
    path = Path(name)
    if path.is_file():
        return path
    folder = Path(presets.__path__[0])
    preset = folder / f"{path.name.removesuffix('.json')}.json"
    if preset.is_file():
        return preset
    names = ", ".join(sorted(found.stem for found in folder.glob("*.json")))
    raise RunError(f'There is no file and no preset "{name}".', f"Presets: {names}.")


def change_project(project: Project, settings: Sequence[str]) -> Project:
    """Apply ``path=value`` settings; a value is JSON, or else a word. Raises RunError."""
    for setting in settings:
        path, equals, text = setting.partition("=")
        if not equals:
            raise RunError(f'"{setting}" sets nothing.', "Write --set run.epochs=2.")
        try:
            project = set_path(project, path.strip(), parse_value(text))
        except PathError as error:
            raise RunError(str(error)) from error
    return project


def parse_value(text: str) -> Any:
    """Read a value as JSON, and as a word where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text
