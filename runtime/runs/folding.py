"""One project trained once for each fold of its data, so that a result does not hang on which rows it was validated on."""

from __future__ import annotations

import secrets

from builder.document import Fold, Project, Source
from builder.references import leading_source
from runtime.runs.errors import RunError

FEWEST, MOST, USUAL = 2, 20, 5


def list_folds(project: Project, count: int, name: str | None = None) -> tuple[list[tuple[Project, str]], str]:
    """The project once for each fold of its leading source, with the name of its run; and what all of them have in common.

    Raises:
        RunError: there are too few folds or too many, or the project has no data.
    """
    if not FEWEST <= count <= MOST:
        raise RunError(f"A project is cross-validated with {FEWEST} to {MOST} folds, not with {count}.")
    lead = leading_source(project)
    if lead is None:
        raise RunError("The project has no data that could be divided into folds.")
    folds = [
        (replace_source(project, lead, Fold(count=count, index=index)), f"{name or project.name} (fold {index + 1})")
        for index in range(count)
    ]
    return folds, secrets.token_hex(6)


def replace_source(project: Project, name: str, fold: Fold) -> Project:
    """The project with one of its sources divided by a fold."""
    source: Source = project.data[name]
    folded = source.model_copy(update={"split": source.split.model_copy(update={"fold": fold})})
    return project.model_copy(update={"data": {**project.data, name: folded}})


def find_fold(project: Project) -> Fold | None:
    """The fold that a project's leading source is divided by."""
    lead = leading_source(project)
    return project.data[lead].split.fold if lead else None
