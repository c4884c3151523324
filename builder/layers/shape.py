"""Layers that lay the same values out in other axes."""

from __future__ import annotations

from math import prod
from typing import Any, Literal

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.axes import given, locate_inner_axis
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.parameters import Count, Dim, keywords
from builder.tensors import BATCH, Size

Part = Count | Literal[-1]

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


def check_product(sizes: tuple[Size, ...], parts: tuple[int, ...], param: str) -> None:
    """Raise Misfit where axes cannot be laid out anew in these parts; one part may be -1, which is what is left."""
    if parts.count(-1) > 1:
        raise Misfit("several_open_sizes", "only one size can be -1, which stands for what is left", param=param)
    known = prod(part for part in parts if part != -1)
    for probe in (0, 1):
        total = prod(size if isinstance(size, int) else size.sizes[probe] for size in sizes)
        if (total % known if -1 in parts else total != known) != 0:
            names = "·".join(str(size) for size in sizes) or "1"
            got = str(total) if all(isinstance(size, int) for size in sizes) else names
            reason = f"{got} values do not fit into {'×'.join(str(part) for part in parts) or '1'}"
            raise Misfit("product_differs", reason, param=param, wants=total, got=known)


class Unflatten(Layer):
    """Split one axis into several: from features back to channels, height and width.

    Shapes:
        input: B × D.
        output: B × C × H × W with C · H · W = D.
    """

    kind = "Unflatten"
    family = "Shape"
    synonyms = ("split axis", "view", "fold", "decoder")
    shown = ("unflattened_size",)
    inputs = (Port("input", ranks=FROM_TWO, dtype="any"),)
    outputs = (Port("output", dtype="any"),)

    class Params(Params):
        """Which axis is split, and into what."""

        dim: Dim = Field(1, description="The axis that is split; 0 is the batch and cannot be it.")
        unflattened_size: tuple[Part, ...] = Field(
            (1, -1),
            min_length=1,
            max_length=6,
            description="Sizes of the new axes; one of them may be -1: what is left.",
        )

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Check that the sizes multiply to that of the axis."""
        spec = given(specs)
        axis = locate_inner_axis(params.dim, spec.rank)
        check_product((spec.shape[axis],), params.unflattened_size, "unflattened_size")
        return Construct(nn.Unflatten, (params.dim, params.unflattened_size))


class Reshape(Layer):
    """Lay the values of each sample out anew. The order of the values stays; use Permute to swap axes.

    Shapes:
        input: B × any.
        output: B × shape, with as many values as before.
    """

    kind = "Reshape"
    family = "Shape"
    synonyms = ("view", "resize", "layout")
    shown = ("shape",)
    inputs = (Port("input", dtype="any"),)
    outputs = (Port("output", dtype="any"),)
    stateless = True

    class Params(Params):
        """The new shape."""

        shape: tuple[Part, ...] = Field(
            (-1,), max_length=6, description="New shape of a sample, without the batch axis; one size may be -1."
        )

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> None:
        """Check that no value is lost and that samples stay apart."""
        spec = given(specs)
        if spec.shape[:1] != (BATCH,):
            raise Misfit("batch_lost", "axis 0 of the input is not the batch any more", port="input")
        check_product(spec.shape[1:], params.shape, "shape")

    @classmethod
    def apply(cls, params: Params, *inputs: Any) -> Any:
        """The same values in another layout."""
        return inputs[0].reshape(inputs[0].shape[0], *params.shape)

    @classmethod
    def expression(cls, params: Params, *names: str | None) -> str:
        """The same in source."""
        return f"{names[0]}.reshape({', '.join([f'{names[0]}.shape[0]', *map(str, params.shape)])})"
