"""Layers that reorder, add, drop and cut axes."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field

from builder.kinds import Params, Port
from builder.layers.axes import given, locate_axis, locate_inner_axis
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.parameters import Dim, Steps, Whole


class Layout(Layer):
    """What layers share that move values about and compute nothing."""

    family = "Shape"
    outputs = (Port("output", dtype="any"),)
    stateless = True


class Permute(Layout):
    """Put the axes in another order, such as B × T × D to B × D × T before a Conv1d.

    Shapes:
        input: any; axis 0 is the batch and stays first.
        output: the same axes in the order of dims.
    """

    kind = "Permute"
    synonyms = ("transpose", "swap axes", "reorder", "channels first", "channels last")
    shown = ("dims",)
    inputs = (Port("input", ranks=(2, 3, 4, 5, 6), dtype="any"),)

    class Params(Params):
        """The new order."""

        dims: tuple[Dim, ...] = Field(
            (0, 2, 1), min_length=2, max_length=6, description="The old axes in their new order, 0 (the batch) first."
        )

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> None:
        """Check that every axis is named once and the batch stays first."""
        rank = given(specs).rank
        if len(params.dims) != rank:
            reason = f"{len(params.dims)} axes are given and the input has {rank}"
            raise Misfit("axes_differ", reason, param="dims", wants=rank, got=len(params.dims))
        order = [locate_axis(dim, rank, "dims") for dim in params.dims]
        if len(set(order)) < rank:
            raise Misfit("axis_twice", "an axis is given twice", param="dims")
        if order[0] != 0:
            raise Misfit("batch_lost", f"axis {order[0]} would take the place of the batch", param="dims")

    @classmethod
    def apply(cls, params: Params, *inputs: Any) -> Any:
        """The axes in their new order."""
        return torch.permute(inputs[0], params.dims)

    @classmethod
    def expression(cls, params: Params, *names: str | None) -> str:
        """The same in source."""
        return f"torch.permute({names[0]}, {params.dims})"


class Squeeze(Layout):
    """Drop an axis of size 1.

    Shapes:
        input: B × ... × 1 × ...
        output: without that axis.
    """

    kind = "Squeeze"
    synonyms = ("drop axis", "remove dimension")
    shown = ("dim",)
    inputs = (Port("input", ranks=(2, 3, 4, 5, 6), dtype="any"),)

    class Params(Params):
        """Which axis goes."""

        dim: Dim = Field(-1, description="The axis that goes; -1 is the last one. Its size must be 1.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> None:
        """Check that the axis holds one value."""
        spec = given(specs)
        axis = locate_inner_axis(params.dim, spec.rank)
        if spec.shape[axis] != 1:
            reason = f"axis {axis} has the size {spec.shape[axis]}, and only an axis of size 1 can be dropped"
            raise Misfit("axis_not_one", reason, param="dim", axis=axis, got=spec.shape[axis])

    @classmethod
    def apply(cls, params: Params, *inputs: Any) -> Any:
        """Without the axis."""
        return torch.squeeze(inputs[0], dim=params.dim)

    @classmethod
    def expression(cls, params: Params, *names: str | None) -> str:
        """The same in source."""
        return f"torch.squeeze({names[0]}, dim={params.dim})"


class Unsqueeze(Layout):
    """Add an axis of size 1, such as the one channel that Conv1d wants of a plain series.

    Shapes:
        input: B × T.
        output: B × 1 × T with dim 1.
    """

    kind = "Unsqueeze"
    synonyms = ("add axis", "expand dims", "new dimension", "channel")
    shown = ("dim",)
    inputs = (Port("input", ranks=(1, 2, 3, 4, 5), dtype="any"),)

    class Params(Params):
        """Where the axis goes."""

        dim: Dim = Field(1, description="Where the new axis goes; -1 makes it the last one.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> None:
        """Check that there is such a place behind the batch."""
        locate_inner_axis(params.dim, given(specs).rank + 1)

    @classmethod
    def apply(cls, params: Params, *inputs: Any) -> Any:
        """With the axis."""
        return torch.unsqueeze(inputs[0], dim=params.dim)

    @classmethod
    def expression(cls, params: Params, *names: str | None) -> str:
        """The same in source."""
        return f"torch.unsqueeze({names[0]}, dim={params.dim})"


class Slice(Layout):
    """Take a piece along one axis: some channels, the first steps, every other column.

    Counts from 0; the end itself is left out. Negative numbers count from the end.

    Shapes:
        input: any of two axes or more.
        output: the same, with fewer along dim.
    """

    kind = "Slice"
    synonyms = ("crop", "narrow", "select", "split", "chunk", "index")
    shown = ("dim", "start", "end")
    inputs = (Port("input", ranks=(2, 3, 4, 5, 6), dtype="any"),)

    class Params(Params):
        """Which piece."""

        dim: Dim = Field(1, description="The axis that is cut; 0 is the batch and cannot be it.")
        start: Whole = Field(0, description="The first that is taken; -1 is the last one.")
        end: Whole | None = Field(None, description="The first that is not taken any more; empty takes all to the end.")
        step: Steps = Field(1, description="2 takes every other.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> None:
        """Check that something is left, also of the shortest sequence looked at."""
        spec = given(specs)
        axis = locate_inner_axis(params.dim, spec.rank)
        size = spec.shape[axis]
        for number in (size,) if isinstance(size, int) else size.sizes:
            if not range(*cls.cut(params).indices(number)):
                reason = f"nothing is left of axis {axis}, which has the size {size}"
                raise Misfit("nothing_left", reason, param="start", axis=axis, got=size)

    @classmethod
    def cut(cls, params: Params) -> slice:
        """The piece as Python writes it."""
        return slice(params.start, params.end, params.step)

    @classmethod
    def apply(cls, params: Params, *inputs: Any) -> Any:
        """The piece."""
        axis = params.dim % inputs[0].dim()
        return inputs[0][(slice(None),) * axis + (cls.cut(params),)]

    @classmethod
    def expression(cls, params: Params, *names: str | None) -> str:
        """The same in source, from the front or from the back."""
        piece = f"{params.start or ''}:{'' if params.end is None else params.end}"
        piece += f":{params.step}" if params.step != 1 else ""
        if params.dim >= 0:
            return f"{names[0]}[{', '.join([':'] * params.dim + [piece])}]"
        return f"{names[0]}[{', '.join(['...', piece] + [':'] * (-params.dim - 1))}]"
