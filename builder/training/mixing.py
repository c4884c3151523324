"""Pictures that are mixed with each other, and their classes with them."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from builder import kinds
from builder.kinds import Construct, Port
from builder.layers.base import Specs
from builder.parts import mixing as parts
from builder.training.base import TrainingKind


class Mix(TrainingKind):
    """Mixes pictures of a batch with each other, and the truth by the same share: a network learns not to be too sure.

    Link both outputs to where pictures and classes went: the truth becomes a share for every class, which CrossEntropyLoss
    takes. It works while training only; validation sees the pictures as they are.

    Shapes:
        image: (B, channels, height, width), as the input. label: (B) classes; the output is (B, classes), adding up to 1.

    Formula:
        share * image + (1 - share) * another image, and the same for the truth

    Reference:
        Zhang et al., mixup: beyond empirical risk minimization, 2018. Yun et al., CutMix, 2019.
    """

    kind = "Mix"
    family = "Data"
    role = "operation"
    rests_in_evaluation = True
    bypass = "never"
    title = "Mix pictures"
    synonyms = ("mixup", "cutmix", "augmentation", "blend", "soft labels")
    shown = ("mixup", "cutmix")
    inputs = (
        Port("image", ranks=(4,), help="Pictures."),
        Port("label", ranks=(1,), dtype="integer", help="The class of each."),
    )
    outputs = (Port("image", ranks=(4,)), Port("label", ranks=(2,)))

    class Params(kinds.Params):
        """How pictures are mixed."""

        classes: int = Field(
            10, ge=1, le=1_000_000, description="How many classes there are; $classes takes the data's."
        )
        mixup: float = Field(0.2, ge=0, le=100, description="Pictures shine through each other; larger is more evenly.")
        cutmix: float = Field(0.0, ge=0, le=100, description="A box of one picture is put into the other; 1 is usual.")

        @model_validator(mode="after")
        def check_ways(self) -> Mix.Params:
            """There is a way of mixing."""
            if not (self.mixup or self.cutmix):
                raise ValueError("mixup or cutmix must be above 0")
            return self

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the module; it mixes in training mode only."""
        return Construct(parts.Mix, (params.classes,), {"mixup": params.mixup, "cutmix": params.cutmix})
