"""Constants: rows that are the same at every step, beside batches that are not."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import Field, model_validator
from torch import Tensor

from builder import kinds
from builder.document import Project
from builder.layers.parameters import Count
from builder.parts.draws import repeat_rows
from builder.tensors import BATCH, TensorSpec
from builder.training.draws import Draw


class Table(Draw):
    """Gives the rows of a table that you write, over and over until the batch is full: classes to ask a generator for.

    Shapes:
        like: any, whose batch axis says how many rows are given.
        output: (B, size); (B) without a size.
    """

    kind = "Table"
    family = "Data"
    synonyms = ("constant", "fixed", "rows", "values", "labels", "classes")
    shown = ("values",)
    part = repeat_rows

    class Params(kinds.Params):
        """The numbers, and how many of them make a row."""

        values: tuple[float, ...] = Field(
            (0.0, 1.0), min_length=1, max_length=10_000, description="The numbers, one row after the other."
        )
        size: tuple[Count, ...] = Field((), max_length=7, description="Shape of one row; empty for one number a row.")
        dtype: Literal["int64", "float32"] = Field(
            "int64", description="int64 for whole numbers such as classes, float32 for real ones."
        )

        @model_validator(mode="after")
        def check_values(self) -> Table.Params:
            """The numbers fill whole rows and are of the type that is asked for."""
            if len(self.values) % math.prod(self.size):
                raise ValueError(f"{len(self.values)} values do not fill rows of {math.prod(self.size)}")
            if not all(map(math.isfinite, self.values)):
                raise ValueError("all values must be finite numbers")
            if self.dtype == "int64" and any(value != int(value) for value in self.values):
                raise ValueError("whole numbers are needed, or the dtype float32")
            return self

    @classmethod
    def declare(cls, params: Any, project: Project) -> dict[str, TensorSpec]:
        """The shape given, behind the batch axis, and the type given."""
        return {"output": TensorSpec((BATCH, *params.size), params.dtype)}

    @classmethod
    def numbers(cls, params: Any) -> tuple[float, ...]:
        """The values as numbers of their type."""
        return tuple(map(int, params.values)) if params.dtype == "int64" else params.values

    @classmethod
    def apply(cls, params: Any, *inputs: Tensor) -> Tensor:
        """Give the rows."""
        return repeat_rows(inputs[0], cls.numbers(params), params.size)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """A call of the part."""
        size = f", {tuple(params.size)!r}" if params.size else ""
        return f"repeat_rows({names[0]}, {cls.numbers(params)!r}{size})"
