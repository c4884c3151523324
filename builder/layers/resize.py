"""Layers that make images and sequences larger or smaller without weights."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator
from torch import nn
from torch.nn import functional as F

from builder.kinds import Construct, Params, Port
from builder.layers.axes import CHANNELS, given, least, require_fixed, require_multiple
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.parameters import Number, Steps, keywords
from builder.tensors import TensorSpec

UPSAMPLE_RANKS = {"linear": (3,), "bilinear": (4,), "bicubic": (4,)}
ALIGNABLE = ("linear", "bilinear", "bicubic")


class Pad(Layer):
    """Put a border around images or sequences; negative widths cut one off.

    Shapes:
        input: B × C × H × W.
        output: B × C × (H + top + bottom) × (W + left + right).
    """

    kind = "Pad"
    family = "Shape"
    synonyms = ("padding", "border", "margin", "crop", "zero pad")
    shown = ("pad", "mode")
    inputs = (Port("input", ranks=(2, 3, 4, 5)),)
    stateless = True

    class Params(Params):
        """How wide the border is and what it is filled with."""

        pad: tuple[int, ...] = Field(
            (1, 1, 1, 1),
            min_length=2,
            max_length=6,
            description="Widths from the last axis on: left, right, then top, bottom.",
        )
        mode: Literal["constant", "reflect", "replicate", "circular"] = Field(
            "constant", description="Fill with a value, the mirror image, the edge, or the other side."
        )
        value: Number = Field(0.0, description="What a constant border is filled with.")

        @field_validator("pad")
        @classmethod
        def check_pad(cls, pad: tuple[int, ...]) -> tuple[int, ...]:
            """Two widths for each axis, none of them beyond reason."""
            if len(pad) % 2:
                raise ValueError("needs two widths for each axis")
            if any(abs(width) > 4096 for width in pad):
                raise ValueError("must be at most 4096 wide")
            return pad

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> None:
        """Check that there are such axes behind the batch, and that something is left of them."""
        spec = given(specs)
        axes = len(params.pad) // 2
        if axes >= spec.rank:
            reason = f"{axes} axes are padded, and the input has only {spec.rank - 1} behind the batch"
            raise Misfit("batch_lost", reason, param="pad", rank=spec.rank)
        if params.mode != "constant" and axes != spec.rank - 2:
            reason = (
                f"{params.mode} pads all axes behind the channels: {2 * (spec.rank - 2)} widths, got {len(params.pad)}"
            )
            raise Misfit("axes_differ", reason, param="pad", wants=2 * (spec.rank - 2), got=len(params.pad))
        for index in range(axes):
            check_widths(spec, index, params.pad[2 * index : 2 * index + 2], params.mode)

    @classmethod
    def apply(cls, params: Params, *inputs: Any) -> Any:
        """With the border."""
        if params.mode == "constant":
            return F.pad(inputs[0], params.pad, value=params.value)
        return F.pad(inputs[0], params.pad, mode=params.mode)

    @classmethod
    def expression(cls, params: Params, *names: str | None) -> str:
        """The same in source."""
        more = f"value={params.value!r}" if params.mode == "constant" else f"mode={params.mode!r}"
        return f"F.pad({names[0]}, {params.pad}, {more})"


def check_widths(spec: TensorSpec, index: int, widths: tuple[int, ...], mode: str) -> None:
    """Raise Misfit where nothing is left of an axis, or its border needs more than is there to fill it."""
    axis = spec.rank - 1 - index
    size = least(spec.shape[axis])
    if size + sum(widths) < 1:
        reason = f"{-sum(widths)} are cut from axis {axis}, which has only {size}"
        raise Misfit("nothing_left", reason, param="pad", axis=axis)
    room = {"reflect": size - 1, "circular": size}.get(mode)
    if room is not None and max(widths) > room:
        reason = f"a border of {max(widths)} cannot be filled from {size} by {mode}, at most {room}"
        raise Misfit("padding_too_large", reason, param="pad", axis=axis, wants=room, got=max(widths))


class Upsample(Layer):
    """Make an image or a sequence larger by repeating or blending its values.

    Shapes:
        input: B × C × T, B × C × H × W or B × C × T × H × W.
        output: B × C × H · scale_factor × W · scale_factor.

    Reference:
        Odena et al. 2016, Deconvolution and Checkerboard Artifacts.
    """

    kind = "Upsample"
    family = "Shape"
    synonyms = ("resize", "interpolate", "enlarge", "zoom", "decoder", "unet")
    shown = ("scale_factor", "mode")
    inputs = (Port("input", ranks=(3, 4, 5)),)

    class Params(Params):
        """To which size, and how values between are found."""

        size: Steps | tuple[Steps, ...] | None = Field(
            None, description="Size of the output; takes the place of scale_factor. One number, or one for each axis."
        )
        scale_factor: float | None = Field(2.0, gt=0, le=64, description="How many times larger; 0.5 halves the size.")
        mode: Literal["nearest", "nearest-exact", "linear", "bilinear", "bicubic"] = Field(
            "nearest", description="Repeat, or blend: linear for sequences, bilinear and bicubic for images."
        )
        align_corners: bool = Field(False, description="When blending, let the corners of input and output meet.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Check that the way of blending fits the number of axes, and that something is left."""
        spec = given(specs)
        if spec.rank not in UPSAMPLE_RANKS.get(params.mode, (3, 4, 5)):
            wanted = UPSAMPLE_RANKS[params.mode][0] - 2
            reason = f"{params.mode} blends along {wanted} axes behind the channels, and the input has {spec.rank - 2}"
            raise Misfit("mode_does_not_fit", reason, param="mode", rank=spec.rank)
        return Construct(nn.Upsample, (), {**read_size(params, spec), **read_mode(params)})


def read_size(params: Upsample.Params, spec: TensorSpec) -> dict[str, Any]:
    """The size or the factor, whichever counts. Raises Misfit."""
    if params.size is not None:
        if isinstance(params.size, tuple) and len(params.size) != spec.rank - 2:
            reason = f"{len(params.size)} sizes are given for {spec.rank - 2} axes"
            raise Misfit("axes_differ", reason, param="size", wants=spec.rank - 2, got=len(params.size))
        return keywords(params, "size")
    if params.scale_factor is None:
        raise Misfit("no_size", "neither a size nor a factor is given", param="scale_factor")
    if any(int(least(size) * params.scale_factor) < 1 for size in spec.shape[2:]):
        raise Misfit("nothing_left", "nothing is left at this factor", param="scale_factor")
    return keywords(params, "scale_factor")


def read_mode(params: Upsample.Params) -> dict[str, Any]:
    """How values between are found; corners have a meaning only where values are blended."""
    aligned = params.align_corners and params.mode in ALIGNABLE
    return {"mode": params.mode, **({"align_corners": True} if aligned else {})}


class PixelShuffle(Layer):
    """Trade channels for pixels: r² channels become one that is r times as high and wide.

    Shapes:
        input: B × C · r² × H × W with r = upscale_factor.
        output: B × C × H · r × W · r.

    Reference:
        Shi et al. 2016, Real-Time Single Image and Video Super-Resolution Using a Sub-Pixel Convolutional Network.
    """

    kind = "PixelShuffle"
    family = "Shape"
    synonyms = ("sub-pixel", "depth to space", "super-resolution", "upsample")
    shown = ("upscale_factor",)
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)

    class Params(Params):
        """How many times larger."""

        upscale_factor: int = Field(2, ge=1, le=64, description="How many times higher and wider.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Check that the channels can be shared out."""
        channels = require_fixed(given(specs), CHANNELS, "channels")
        square = params.upscale_factor**2
        facts = {"port": "input", "param": "upscale_factor", "wants": square}
        require_multiple(channels, square, "channels", "channels_do_not_divide", **facts)
        return Construct(nn.PixelShuffle, (params.upscale_factor,))
