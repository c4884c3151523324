"""The arithmetic of windows that slide over an input, shared by convolutions and pooling."""

from __future__ import annotations

from builder.layers.axes import least
from builder.layers.base import Misfit
from builder.layers.parameters import spread
from builder.tensors import TensorSpec

WindowSize = int | tuple[int, ...]


def check_window(spec: TensorSpec, kernel: WindowSize, padding: WindowSize | str, dilation: WindowSize = 1) -> None:
    """Raise Misfit where a window is larger than its padded input. The windows slide over the last axes."""
    if padding == "same":
        return
    axes = spec.rank - 2
    kernels, dilations = spread(kernel, axes), spread(dilation, axes)
    margins = (0,) * axes if isinstance(padding, str) else spread(padding, axes)
    for axis, (k, d, margin) in enumerate(zip(kernels, dilations, margins, strict=True), start=2):
        size = least(spec.shape[axis])
        reach, room = d * (k - 1) + 1, size + 2 * margin
        if reach > room:
            padded = f" with padding {margin}" if margin else ""
            reason = f"the window covers {reach}, and axis {axis} of the input has only {size}{padded}"
            raise Misfit("kernel_too_large", reason, param="kernel_size", axis=axis, wants=room, got=reach)


def check_half_padding(kernel: WindowSize, padding: WindowSize, axes: int) -> None:
    """Raise Misfit where pooling would look at windows of nothing but padding."""
    for k, margin in zip(spread(kernel, axes), spread(padding, axes), strict=True):
        if 2 * margin > k:
            reason = f"padding {margin} is more than half of the window's {k}"
            raise Misfit("padding_too_large", reason, param="padding", wants=k // 2, got=margin)
