"""Layers that change how a tensor is laid out and leave its values as they are."""

from __future__ import annotations

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.axes import given, locate_inner_axis
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.parameters import Dim, keywords

FROM_TWO = (2, 3, 4, 5, 6)


class Flatten(Layer):
    """Lay all axes after the batch out in one row: from an image to features for a Linear.

    Shapes:
        input: B × C × H × W, or any of two axes or more.
        output: B × D with D = C · H · W.
    """

    kind = "Flatten"
    family = "Shape"
    synonyms = ("ravel", "vector", "unroll")
    inputs = (Port("input", ranks=FROM_TWO, dtype="any"),)
    outputs = (Port("output", dtype="any"),)

    class Params(Params):
        """Which axes are joined."""

        start_dim: Dim = Field(1, description="The first axis that is joined; 0 is the batch and cannot be it.")
        end_dim: Dim = Field(-1, description="The last axis that is joined; -1 is the last one.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Check that both axes are there, in order and behind the batch."""
        rank = given(specs).rank
        first = locate_inner_axis(params.start_dim, rank, "start_dim")
        last = locate_inner_axis(params.end_dim, rank, "end_dim")
        if first > last:
            raise Misfit("axes_out_of_order", f"axis {first} comes after axis {last}", param="start_dim")
        return Construct(nn.Flatten, (), keywords(params, "start_dim", "end_dim"))
