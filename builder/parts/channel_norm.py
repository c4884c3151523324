"""Layer normalisation of images: the channels of each pixel by themselves."""

from __future__ import annotations

from torch import Tensor, nn


class LayerNorm2d(nn.LayerNorm):
    """Normalises the channels at each pixel, with a scale and a shift for each channel.

    Shapes:
        (B, C, H, W) to (B, C, H, W).

    Reference:
        Liu et al. 2022, A ConvNet for the 2020s.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Normalise with the channels last, where they lie side by side in memory."""
        return super().forward(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
