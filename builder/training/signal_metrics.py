"""Metrics of pictures and other signals that are to come out as they were."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from builder import kinds
from builder.kinds import Construct, Port
from builder.layers.base import Specs
from builder.parts import signal_metrics as parts
from builder.training.base import Metric
from builder.training.fitting import check_same_shape


class PSNR(Metric):
    """How well pictures come out, in decibels: 3 more mean half the squared error.

    It is the mean over all pictures, each judged by itself.

    Shapes:
        input and target: (B, ...), the same shape.

    Formula:
        10 * log10(range ** 2 / mean((input - target) ** 2))

    Reference:
        Hore and Ziou, Image quality metrics: PSNR vs. SSIM, 2010.
    """

    kind = "PSNR"
    family = "Metrics"
    title = "Peak signal-to-noise ratio"
    synonyms = ("decibel", "super-resolution", "denoising", "reconstruction", "image quality")
    shown = ("range",)
    inputs = (Port("input", help="What came out."), Port("target", help="What should have come out."))

    class Params(kinds.Params):
        """How far apart black and white are."""

        range: float = Field(
            1.0, gt=0, description="The distance between the lowest and the highest value there can be."
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that adds up."""
        check_same_shape(specs)
        return Construct(parts.PSNR, kwargs=params.model_dump())
