"""Random numbers: drawn once a step, and shared by everything that is linked to them."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator
from torch import Tensor

from builder.document import Project
from builder.kinds import Construct, Params, Port
from builder.layers.base import Specs
from builder.layers.parameters import Count
from builder.parts import draws as parts
from builder.tensors import BATCH, TensorSpec
from builder.training.base import TrainingKind

LIKE = Port(
    "like", dtype="any", optional=True, help="As many samples as this has; those of the leading batch without a link."
)
SIZE = "Shape of one sample, without the batch axis; $shape takes that of the data."
REFERENCE: Any = (100,)


class Draw(TrainingKind):
    """What all draws share: a shape a sample, and as many samples as there are in the batch."""

    family = "Draws"
    role = "draw"
    inputs = (LIKE,)
    dtype = "float32"

    @classmethod
    def declare(cls, params: Any, project: Project) -> dict[str, TensorSpec]:
        """The shape given, behind the batch axis."""
        return {"output": TensorSpec((BATCH, *params.size), cls.dtype)}


class Noise(Draw):
    """Draws numbers from the normal distribution: what a generator makes its pictures of.

    Shapes:
        like: any, whose batch axis says how many samples are drawn.
        output: (B, size).
    """

    kind = "Noise"
    synonyms = ("random", "latent", "gaussian", "normal", "z", "gan")
    shown = ("size",)

    class Params(Params):
        """The shape and the spread."""

        size: tuple[Count, ...] = Field(REFERENCE, max_length=7, description=SIZE)
        deviation: float = Field(1.0, gt=0, description="The standard deviation; the mean is zero.")
        seed: int | None = Field(
            None,
            ge=0,
            le=2**32 - 1,
            description="With a seed the numbers are the same every time, to watch what becomes of them.",
        )

    @classmethod
    def apply(cls, params: Any, *inputs: Tensor) -> Tensor:
        """Draw."""
        return parts.draw_noise(inputs[0], params.size, params.deviation, params.seed)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """A call of the part."""
        spread = "" if params.deviation == 1.0 else f", {params.deviation!r}"
        seed = "" if params.seed is None else f", seed={params.seed!r}"
        return f"draw_noise({names[0]}, {tuple(params.size)!r}{spread}{seed})"

    part = parts.draw_noise


class Uniform(Draw):
    """Draws numbers that lie anywhere between two bounds, each as likely as any other.

    Shapes:
        like: any, whose batch axis says how many samples are drawn.
        output: (B, size).
    """

    kind = "Uniform"
    synonyms = ("random", "interpolation", "epsilon", "mix")
    shown = ("low", "high")

    class Params(Params):
        """The shape and the bounds."""

        size: tuple[Count, ...] = Field((1,), max_length=7, description=SIZE)
        low: float = Field(0.0, description="The lowest number.")
        high: float = Field(1.0, description="The number below which all lie.")

        @model_validator(mode="after")
        def check_bounds(self) -> Uniform.Params:
            """There is something between the bounds."""
            if self.low >= self.high:
                raise ValueError("high must lie above low")
            return self

    @classmethod
    def apply(cls, params: Any, *inputs: Tensor) -> Tensor:
        """Draw."""
        return parts.draw_uniform(inputs[0], params.size, params.low, params.high)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """A call of the part."""
        bounds = "" if (params.low, params.high) == (0.0, 1.0) else f", {params.low!r}, {params.high!r}"
        return f"draw_uniform({names[0]}, {tuple(params.size)!r}{bounds})"

    part = parts.draw_uniform


class Reparameterize(TrainingKind):
    """Draws from normal distributions in a way that their means and variances can be learned through.

    It draws while training only; validation takes the means.

    Shapes:
        mean, log_variance: (B, ...), the same shape. output: as the mean.

    Formula:
        mean + exp(log_variance / 2) * noise

    Reference:
        Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
    """

    kind = "Reparameterize"
    family = "Draws"
    role = "operation"
    rests_in_evaluation = True
    synonyms = ("sample", "vae", "variational", "latent", "gaussian")
    inputs = (
        Port("mean", help="Means of the distributions."),
        Port("log_variance", help="Logarithms of their variances."),
    )
    outputs = (Port("output"),)

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the module; it draws in training mode only."""
        return Construct(parts.Reparameterize)


class RandomInteger(Draw):
    """Draws whole numbers, such as classes to ask a generator for or steps of a diffusion.

    Shapes:
        like: any, whose batch axis says how many samples are drawn.
        output: (B, size) whole numbers; (B) without a size.
    """

    kind = "RandomInteger"
    synonyms = ("random", "class", "label", "timestep", "diffusion")
    shown = ("low", "high")
    dtype = "int64"

    class Params(Params):
        """The shape and the bounds."""

        size: tuple[Count, ...] = Field((), max_length=7, description="Shape of one sample, without the batch axis.")
        low: int = Field(0, description="The lowest number.")
        high: int = Field(10, description="The number below which all lie; $classes takes the data's.")

        @model_validator(mode="after")
        def check_bounds(self) -> RandomInteger.Params:
            """There is a number between the bounds."""
            if self.low >= self.high:
                raise ValueError("high must lie above low")
            return self

    @classmethod
    def apply(cls, params: Any, *inputs: Tensor) -> Tensor:
        """Draw."""
        return parts.draw_integers(inputs[0], params.size, params.high, params.low)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """A call of the part."""
        low = "" if params.low == 0 else f", {params.low!r}"
        return f"draw_integers({names[0]}, {tuple(params.size)!r}, {params.high!r}{low})"

    part = parts.draw_integers
