"""Values of earlier steps that come again."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from builder import kinds
from builder.kinds import Construct, Port
from builder.layers.axes import given, require_fixed
from builder.layers.base import Specs
from builder.parts import buffers as parts
from builder.training.base import TrainingKind


class Buffer(TrainingKind):
    """Keeps values of earlier steps and gives some of them again, so that a critic does not only see the latest pictures.

    It is asked once a step, keeps what it is given, and stops gradients. Until it is full everything goes through;
    outside training everything does, and nothing is kept. What it holds is part of a checkpoint.

    Shapes:
        input: (B, ...). output: as the input.

    Reference:
        Zhu et al., Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, 2017.
    """

    kind = "Buffer"
    family = "Operations"
    role = "operation"
    cuts_gradient = True
    rests_in_evaluation = True
    remembers = True
    synonyms = ("image pool", "history", "queue", "replay", "memory", "cyclegan")
    shown = ("size", "probability")
    inputs = (Port("input", help="The new values."),)
    outputs = (Port("output"),)

    class Params(kinds.Params):
        """How many are kept, and how often an old one is given."""

        size: int = Field(50, ge=1, le=100_000, description="How many samples are kept.")
        probability: float = Field(
            0.5, ge=0, le=1, description="How likely a sample is exchanged for one that was kept before."
        )
        gives: Literal["any", "oldest"] = Field(
            "any", description="Which one is given: any of them, or the one kept longest, as from a queue."
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the module. Raises Misfit where samples are not all of one shape."""
        spec = given(specs)
        shape = tuple(require_fixed(spec, axis, "values along every axis") for axis in range(1, spec.rank))
        return Construct(parts.Buffer, (params.size, shape), {"probability": params.probability, "gives": params.gives})
