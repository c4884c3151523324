"""One project trained several times with other seeds, so that what is chance can be told from what is not."""

from __future__ import annotations

import secrets

from builder.document import Project
from runtime.runs.errors import RunError

FEWEST, MOST, USUAL = 2, 20, 5
SEEDS = 2**32


def list_repeats(project: Project, count: int, name: str | None = None) -> tuple[list[tuple[Project, str]], str]:
    """The project once for each seed, counted up from its own, with the name of its run; and what all of them have in common.

    Raises:
        RunError: there are too few seeds, or too many.
    """
    if not FEWEST <= count <= MOST:
        raise RunError(f"A project is repeated with {FEWEST} to {MOST} seeds, not with {count}.")
    seeds = [(project.run.seed + number) % SEEDS for number in range(count)]
    repeats = [
        (
            project.model_copy(update={"run": project.run.model_copy(update={"seed": seed})}),
            f"{name or project.name} (seed {seed})",
        )
        for seed in seeds
    ]
    return repeats, secrets.token_hex(6)
