from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui import assets


@pytest.fixture(autouse=True)
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    assets.find_bundle.cache_clear()
    return tmp_path


def write_manifest(static: Path) -> None:
    entries = {
        "src/canvas/index.tsx": {"file": "canvas-abc.js", "name": "canvas", "isEntry": True},
        "_dom.js": {"file": "dom-def.js", "name": "dom"},
    }
    (static / "manifest.json").write_text(json.dumps(entries))


def test_a_bundle_is_found_by_its_name(static: Path) -> None:
    write_manifest(static)
    assert assets.find_bundle("canvas") == "/assets/canvas-abc.js"
    assert '"/assets/canvas-abc.js"' in assets.write_loader("canvas")


def test_a_front_end_that_was_not_compiled_says_which_command_mends_it() -> None:
    with pytest.raises(assets.MissingFrontend, match=r"pip install -e \."):
        assets.find_bundle("canvas")


def test_a_shared_part_is_no_bundle(static: Path) -> None:
    write_manifest(static)
    with pytest.raises(assets.MissingFrontend):
        assets.find_bundle("dom")
