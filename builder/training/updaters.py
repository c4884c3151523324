"""Updaters that follow no loss: averages of networks, and weights kept within bounds."""

from __future__ import annotations

from pydantic import Field

from builder.training.base import Updater, UpdaterParams


class Average(Updater):
    """Lets a network follow another one slowly: its weights are the moving average of the other's.

    Both networks have the same layers. At the start of a run the follower is a copy. It is at rest unless a call says otherwise.

    Formula:
        w = decay * w + (1 - decay) * w_source

    Reference:
        Tarvainen and Valpola, Mean teachers are better role models, 2017.
    """

    kind = "Average"
    family = "Optimizers"
    synonyms = ("ema", "moving average", "mean teacher", "momentum encoder", "copy", "target network", "polyak")
    shown = ("decay", "networks", "network")

    class Params(UpdaterParams):
        """Who follows whom, and how slowly."""

        networks: tuple[str, ...] = Field((), description="The networks that follow.")
        network: str = Field("", max_length=80, description="The network that is followed.")
        decay: float = Field(
            0.999, ge=0, le=1, description="How much of the old weights is kept; 0 copies the other network."
        )


class ClipWeights(Updater):
    """Keeps every weight of networks between two bounds, as the critic of a Wasserstein GAN needs it.

    Formula:
        w = min(max(w, -limit), limit)

    Reference:
        Arjovsky, Chintala and Bottou, Wasserstein GAN, 2017.
    """

    kind = "ClipWeights"
    family = "Optimizers"
    synonyms = ("clamp", "wgan", "lipschitz", "bound", "constraint")
    shown = ("limit", "networks")

    class Params(UpdaterParams):
        """The bounds."""

        limit: float = Field(0.01, gt=0, description="The largest absolute value of a weight.")
