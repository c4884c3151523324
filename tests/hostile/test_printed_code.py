"""Whatever stands in a project's names, notes, columns and classes: printed code says no more than it, or is not printed."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.codegen.model_source import generate_model
from builder.codegen.predict_source import generate_predict
from builder.codegen.sample_source import generate_sample
from builder.codegen.train_source import generate_train
from builder.document import Project
from builder.loading import LoadError, load_project
from builder.planner import PlanError
from tests.hostile.attacks.documents import BREAKOUT

PRESETS = Path(__file__).resolve().parents[2] / "presets"
WORDS = ["x\nimport canary_module", BREAKOUT[:60]]
NAMES = ["linear_regression", *(pytest.param(name, marks=pytest.mark.slow) for name in ("mlp_iris", "mnist_cnn"))]
Path_ = tuple[str | int, ...]


def list_texts(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Where a text or a name of a document stands; a name's path ends with it, behind a ``key``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, "key", key)
            yield from list_texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from list_texts(inner, (*path, index))
    elif isinstance(value, str):
        yield path


def put(document: Any, path: Path_, word: str) -> None:
    """Put a word where a text or a name stands; links and values that mean the same name follow it."""
    inner = document
    is_name = len(path) > 1 and path[-2] == "key"
    for step in path[: -2 if is_name else -1]:
        inner = inner[step]
    last = path[-1]
    if is_name:
        inner[word] = inner.pop(last)
    else:
        last = inner[last]
        inner[path[-1]] = word
    rename(document, last, word)


def rename(value: Any, old: Any, word: str) -> None:
    """Let whatever names the same thing follow."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if inner == old and isinstance(inner, str):
            value[key] = word
        elif isinstance(inner, dict | list):
            rename(inner, old, word)
    if isinstance(value, dict) and old in value and isinstance(old, str):
        value[word] = value.pop(old)


def print_all(project: Project) -> Iterator[str]:
    """Each file of code, as far as it can be printed."""
    for generate in (generate_model, generate_train, generate_predict, generate_sample):
        try:
            yield generate(project)  # type: ignore[operator]
        except PlanError as error:
            assert str(error).endswith(".")


def find_harm(source: str) -> list[str]:
    """What code does that no printed code does; a source that does not parse does it too."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"does not parse: {error}: {(error.text or '')[:80]!r}"]
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
    }
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return [name for name in imported | names if re.fullmatch("canary_module|__import__|os", name)]


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_project_becomes_code(name: str) -> None:
    text = (PRESETS / f"{name}.json").read_text()
    printed, harm = 0, []
    for path in dict.fromkeys(list_texts(json.loads(text))):
        for word in WORDS:
            document = json.loads(text)
            put(document, path, word)
            try:
                project = load_project(json.dumps(document))
            except LoadError:
                continue
            for source in print_all(project):
                printed += 1
                harm += [f"{path}: {found}" for found in find_harm(source)]
    assert printed > 20 and not harm
