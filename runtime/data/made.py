"""What the preparation of a source hands on: facts, tensors, and which rows they are of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor

from builder.document import FieldFacts
from runtime.data.splits import Part
from runtime.data.tables import Array

Rows = dict[Part, tuple[str, Array]]
"""For every part the table of the origin that it is of, and the numbers of its rows."""
Log = Callable[[str, float], None]


@dataclass(frozen=True)
class Made:
    """A prepared source.

    Attributes:
        facts: what is known of each field.
        tensors: by ``<part>.<column>``; of windows the rows that they are cut from.
        rows: of the tensors' rows.
        counts: samples of each part.
        notices: sentences to show.
    """

    facts: dict[str, FieldFacts]
    tensors: dict[str, Tensor]
    rows: Rows
    counts: dict[Part, int]
    notices: list[str] = field(default_factory=list)
