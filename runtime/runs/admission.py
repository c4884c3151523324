"""What is refused before it costs time: a project with errors is not trained."""

from __future__ import annotations

from builder.document import Project
from builder.rules import check
from runtime.runs.errors import RunRefused


def check_project(project: Project) -> None:
    """Raises RunRefused with the sentence of every error."""
    errors = [finding.message for finding in check(project) if finding.severity == "error"]
    if errors:
        count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        raise RunRefused(f"The project has {count}, so it cannot be trained: {' '.join(errors)}")


def admit(project: Project) -> None:
    """Check a project before its run exists, unless its data must be opened first: then its worker checks it.

    Raises:
        RunRefused: The project has errors.
    """
    if all(source.facts is not None for source in project.data.values()):
        check_project(project)
