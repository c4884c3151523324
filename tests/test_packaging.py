from __future__ import annotations

import importlib.util
import json
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_hash_of_the_front_end_follows_its_sources_and_nothing_else(hook: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.ts").write_text("1")
    before = hook.hash_sources(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "big.js").write_text("x")
    assert hook.hash_sources(tmp_path) == before
    (tmp_path / "src" / "index.ts").write_text("2")
    assert hook.hash_sources(tmp_path) != before


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "ui" / "frontend" / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    pinned = {line.split("==")[0] for line in lines if "==" in line}
    needed = {name.split(">")[0].split("=")[0] for name in project["dependencies"]}
    assert needed == pinned
    assert [line for line in lines if line and "==" not in line] == ["-e ."]


def test_no_built_file_is_committed() -> None:
    assert "ui/static/" in (ROOT / ".gitignore").read_text().splitlines()
