from __future__ import annotations

from pathlib import Path

import pytest

from builder.document import Project
from runtime.data.prepare import prepare

PRESETS = sorted((Path(__file__).parents[3] / "presets").glob("*.json"))


@pytest.mark.parametrize("file", PRESETS, ids=lambda file: file.stem)
def test_what_a_preset_says_of_its_data_is_what_preparation_finds(file: Path):
    project = Project.model_validate_json(file.read_bytes())
    for name, prepared in prepare(project).items():
        source = project.data[name]
        assert source.facts is not None
        assert source.facts.counts == prepared.facts.counts
        assert source.facts.origin == prepared.facts.origin
        for field, facts in prepared.facts.fields.items():
            known = source.facts.fields[field]
            assert (known.kind, known.dtype, known.shape) == (facts.kind, facts.dtype, facts.shape)
            assert known.classes == facts.classes
            assert known.class_counts == facts.class_counts
