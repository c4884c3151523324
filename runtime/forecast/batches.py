"""The batches of a project, all of its data together: they grow and shrink in step."""

from __future__ import annotations

from builder.document import Project
from runtime.runs.batch_advice import read_batch_sizes, tell_sizes, with_batch_sizes

OTHERWISE = "Make the network or its input smaller."


def count_rows(project: Project) -> int:
    """The rows of the largest batch."""
    return max(read_batch_sizes(project).values(), default=1)


def count_most(project: Project) -> int:
    """The rows of the largest training part, as far as that is known."""
    return max((source.facts.counts.get("train", 0) for source in project.data.values() if source.facts), default=1)


def choose_sizes(project: Project, rows: int) -> dict[str, int]:
    """The batch size of every Data node where the largest batch has so many rows."""
    largest = count_rows(project)
    return {id: max(1, size * rows // largest) for id, size in read_batch_sizes(project).items()}


def with_rows(project: Project, rows: int) -> Project:
    """The project with so many rows in its largest batch."""
    return with_batch_sizes(project, choose_sizes(project, rows))


def advise_rows(project: Project, rows: int, because: str) -> str:
    """What to do about a batch that does not fit: take one of so many rows, where one row fits at all."""
    return f"{tell_sizes(choose_sizes(project, rows))}: {because}." if rows else OTHERWISE
