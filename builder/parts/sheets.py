"""Several pictures as one. Needs only torch."""

from __future__ import annotations

import math

from torch import Tensor


def lay_out(pictures: Tensor) -> Tensor:
    """One picture with all of them in rows, as nearly square as they go; what is left over is as dark as the darkest pixel.

    Shapes:
        pictures (N, C, H, W); gives (C, rows * H, columns * W).
    """
    count, channels, height, width = pictures.shape
    columns = math.ceil(count**0.5)
    rows = math.ceil(count / columns)
    sheet = pictures.new_full((rows * columns, channels, height, width), float(pictures.min()))
    sheet[:count] = pictures
    return (
        sheet.reshape(rows, columns, channels, height, width)
        .permute(2, 0, 3, 1, 4)
        .reshape(channels, rows * height, columns * width)
    )
