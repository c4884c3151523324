"""Texts of a prepared source as they stand in its tables, before they became numbers."""

from __future__ import annotations

from builder.columns import Column
from runtime.data.timed_fields import read_texts as read_cells
from runtime.insight.baselines.asked import Asked


def read_texts(asked: Asked, column: Column, part: str, rows: slice) -> list[str]:
    """The texts of some rows of a part; a list of words is joined."""
    field = next(item for item in asked.prepared.fields if item.name == column.field)
    own, numbers = asked.prepared.rows[part]
    cells = read_cells(field, asked.prepared.tables[own], numbers[rows].numpy())
    return [cell if isinstance(cell, str) else " ".join(cell) for cell in cells]
