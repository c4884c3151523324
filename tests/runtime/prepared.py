"""Prepared data for tests, made up from a seed, for the projects of ``tests/builder/drawn.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from builder.document import Facts, Project, Source


@dataclass
class MadeUp:
    """What the loop reads of a prepared source."""

    facts: Facts
    parts: dict[str, dict[str, torch.Tensor]]
    notices: tuple[str, ...] = field(default=())


def make_up(project: Project, size: int = 60, validation: int = 12, test: int = 0) -> dict[str, Any]:
    """Samples whose class follows from their first number, so that there is something to learn.

    A second source has fewer of them.
    """
    sizes = [(max(1, size - 15 * number), validation, test) for number in range(len(project.data))]
    return {
        name: make_source(source, *counts, seed=5 + number)
        for number, ((name, source), counts) in enumerate(zip(project.data.items(), sizes, strict=True))
    }


def make_source(source: Source, size: int, validation: int, test: int, seed: int) -> MadeUp:
    """The samples of one source."""
    assert source.facts is not None
    generator = torch.Generator().manual_seed(seed)
    shape, classes = source.facts.fields["x"].shape, len(source.facts.fields["y"].classes or ())
    parts = {}
    for part, count in (("train", size), ("validation", validation), ("test", test)):
        if count:
            x = torch.randn(count, *shape, generator=generator)
            y = ((x.flatten(1)[:, 0] + 3) / 6 * classes).long().clamp(0, classes - 1)
            parts[part] = {name: {"x": x, "y": y}[name] for name in source.fields}
    return MadeUp(source.facts, parts)
