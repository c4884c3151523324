"""The well-known networks as presets, for pictures and classes of another number than they come with."""

from __future__ import annotations

from pathlib import Path

from builder.document import Project

FOLDER = Path(__file__).parents[2] / "presets"


def load(name: str, classes: int = 10, side: int | None = None) -> Project:
    """A preset as it is for data of so many classes, and of pictures of so many pixels a side."""
    project = Project.model_validate_json((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    source = project.data["main"]
    assert source.facts is not None
    fields = dict(source.facts.fields)
    image = fields["image"]
    if "label" in fields:
        names = tuple(f"class {number}" for number in range(classes))
        fields["label"] = fields["label"].model_copy(update={"classes": names})
    if side is not None:
        fields["image"] = image.model_copy(update={"shape": (3, side, side)})
    facts = source.facts.model_copy(update={"fields": fields})
    return project.model_copy(update={"data": {"main": source.model_copy(update={"facts": facts})}})
