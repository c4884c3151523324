"""The types of parameters that many layers share, each with its bounds. A form draws them, so they stay simple."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

Count = Annotated[int, Field(ge=1, le=1_000_000)]
Whole = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Steps = Annotated[int, Field(ge=1, le=4096)]
Margin = Annotated[int, Field(ge=0, le=4096)]
Dim = Annotated[int, Field(ge=-8, le=7)]
Rate = Annotated[float, Field(ge=0, le=1)]
Epsilon = Annotated[float, Field(gt=0, le=1)]
Number = Annotated[float, Field(ge=-1e6, le=1e6)]

Single = Steps | tuple[Steps]
Pair = Steps | tuple[Steps, Steps]
Triple = Steps | tuple[Steps, Steps, Steps]
SingleMargin = Margin | tuple[Margin]
PairMargin = Margin | tuple[Margin, Margin]
TripleMargin = Margin | tuple[Margin, Margin, Margin]
PairCount = Count | tuple[Count, Count]
Dims = Dim | tuple[Dim, ...]


def everywhere(number: int) -> Any:
    """A default for parameters that take one number or one for each axis, whatever the number of axes."""
    return number


def spread(value: Any, length: int) -> tuple[int, ...]:
    """Give a parameter its value for each axis: one number holds for all of them."""
    return tuple(value) if isinstance(value, tuple) else (value,) * length


def keywords(params: BaseModel, *names: str) -> dict[str, Any]:
    """Take parameters whose names are PyTorch's as keyword arguments."""
    return {name: getattr(params, name) for name in names}
