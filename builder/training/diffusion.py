"""Diffusion: noise that is added in steps, and a look at what a network makes of pure noise."""

from __future__ import annotations

from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor

from builder import kinds
from builder.kinds import Construct, Port
from builder.layers.base import Misfit, Specs
from builder.parts import diffusion as parts
from builder.training.answers import Facts, choose_field
from builder.training.base import Preview, TrainingKind
from builder.training.fitting import describe
from builder.training.previews import FIELD_HELP, encode_images, require

STEPS_HELP = "How many steps lead from a picture to pure noise."
SCHEDULE_HELP = "How fast pictures vanish: linear as in the first paper; cosine is slower, for small pictures."
Schedule = Literal["linear", "cosine"]


class AddNoise(TrainingKind):
    """Gives pictures as they are after some steps of noise, which a network then learns to find in them.

    Step 0 is almost the picture, the last step almost nothing but noise. The variance stays what it is, so pictures
    should have one of about 1.

    Shapes:
        input, noise: (B, ...), the same shape. step: (B), whole numbers from 0. output: as the input.

    Formula:
        sqrt(share) * input + sqrt(1 - share) * noise, with the share of the step

    Reference:
        Ho, Jain and Abbeel, Denoising Diffusion Probabilistic Models, 2020.
    """

    kind = "AddNoise"
    family = "Operations"
    role = "operation"
    title = "Add noise"
    synonyms = ("diffusion", "ddpm", "forward process", "noise schedule", "denoise")
    shown = ("steps", "schedule")
    inputs = (
        Port("input", help="Pictures."),
        Port("noise", help="As many numbers, of the normal distribution."),
        Port("step", ranks=(1,), dtype="integer", help="How many steps of noise each one gets."),
    )
    outputs = (Port("output"),)

    class Params(kinds.Params):
        """How many steps, and how fast."""

        steps: int = Field(1000, ge=2, le=100_000, description=STEPS_HELP)
        schedule: Schedule = Field("linear", description=SCHEDULE_HELP)

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the module. Raises Misfit where there is not a number of noise for each of the input."""
        one, other = specs[0], specs[1]
        if one is not None and other is not None and one.shape != other.shape:
            reason = f"got {describe(one)} and noise of {describe(other)}, needs the same shape on both sides"
            raise Misfit("target_shape", reason, port="noise", got=other, wants=one)
        return Construct(parts.AddNoise, kwargs=params.model_dump())


class DiffusionSamples(Preview):
    """Pictures that the network makes of noise, always of the same, so that one sees it getting better.

    The network is called again and again with a picture and a step, and says what of it is noise. What is drawn comes from
    a generator of its own. ``steps`` and ``schedule`` are those of the node that adds the noise.

    Shapes:
        image: (B, channels, height, width), for the shape alone.

    Reference:
        Song, Meng and Ermon, Denoising Diffusion Implicit Models, 2021.
    """

    kind = "DiffusionSamples"
    family = "Previews"
    title = "Diffusion samples"
    synonyms = ("ddpm", "ddim", "sampling", "generate", "denoise", "images")
    shown = ("network", "calls")
    asks_network = True
    inputs = (Port("image", ranks=(4,), help="Pictures of the data."),)

    class Params(kinds.Params):
        """Who is asked, how often, and how many pictures."""

        network: str = Field("model", max_length=80, description="The network that finds noise.")
        steps: int = Field(1000, ge=2, le=100_000, description=STEPS_HELP)
        schedule: Schedule = Field("linear", description=SCHEDULE_HELP)
        calls: int = Field(25, ge=1, le=1000, description="How often the network is asked for one picture.")
        randomness: float = Field(
            0.0, ge=0, le=1, description="0 adds no noise on the way (DDIM), 1 as much as was taken away (DDPM)."
        )
        low: float | None = Field(None, description="The lowest value of a picture, where it is known.")
        high: float | None = Field(None, description="The highest value of a picture, where it is known.")
        count: int = Field(16, ge=1, le=256, description="How many pictures it makes.")
        seed: int = Field(0, ge=0, le=2**32 - 1, description="Of what is drawn.")
        image_field: str | None = Field(None, max_length=80, description=FIELD_HELP)

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None, network: Any = None) -> dict[str, Any]:
        """An ``image_grid``."""
        like = require(inputs[0], "image")
        generator = torch.Generator().manual_seed(params.seed)
        noise = torch.randn(params.count, *like.shape[1:], generator=generator).to(like.device)
        shares = parts.list_shares(params.steps, params.schedule)
        bounds = None if params.low is None or params.high is None else (params.low, params.high)
        made = parts.remove_noise(network, noise, shares, params.calls, generator, params.randomness, bounds)
        return {"type": "image_grid", "images": encode_images(made, choose_field(facts, params.image_field, "image"))}
