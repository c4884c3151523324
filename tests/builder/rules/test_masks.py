"""What the rules about masks mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.document import Project
from builder.edits import apply_edits
from builder.loading import load_project
from builder.rules import check

LEFT = Path(__file__).parent / "examples" / "L020_masks_left_behind" / "project.json"


def say_ignored(project: Project, ignored: int | None) -> Project:
    """The project with masks of three classes, of which some pixels are perhaps of none."""
    main = project.data["main"]
    assert main.facts is not None
    told = {"dtype": "int64", "shape": (8, 8), "classes": ("ground", "road", "house"), "ignored": ignored}
    mask = main.facts.fields["mask"].model_copy(update=told)
    facts = main.facts.model_copy(update={"fields": {**main.facts.fields, "mask": mask}})
    return project.model_copy(update={"data": {"main": main.model_copy(update={"facts": facts})}})


@pytest.mark.parametrize("ignored", [None, 255])
def test_masks_that_are_moved_along_get_pixels_of_no_class_from_outside_where_they_have_such(
    ignored: int | None,
) -> None:
    project = say_ignored(load_project(LEFT.read_bytes()), ignored)
    (finding,) = (finding for finding in check(project) if finding.code == "L020")
    mended = apply_edits(project, finding.repairs[0].edits)
    assert mended.training.node("augment").params == {"flip": True, **({"mask_fill": 255} if ignored else {})}
    assert "L020" not in {finding.code for finding in check(mended)}
