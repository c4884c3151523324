from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui import session
from ui.projects import UnreadableProject


def test_a_preset_is_opened_by_its_name_and_nothing_else_is() -> None:
    preset = session.load_preset("mnist_cnn")
    assert preset is not None and preset.networks
    assert [session.load_preset(name) for name in ("none", "../app", "/etc/passwd", "")] == [None] * 4


def test_a_preset_of_a_newer_format_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.loads((session.PRESETS / "mnist_cnn.json").read_text())
    monkeypatch.setattr(session, "PRESETS", tmp_path)
    (tmp_path / "newer.json").write_text(json.dumps({**content, "format": 7}))
    with pytest.raises(UnreadableProject, match=r'The preset "newer" cannot be opened\. The file is of format 7'):
        session.load_preset("newer")
