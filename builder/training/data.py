"""What feeds a training step: batches of a source, and the calls of the networks they pass through."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from builder.kinds import Params
from builder.training.base import TrainingKind


class Data(TrainingKind):
    """Takes one batch of a source at every step, one output for each of its fields.

    One source leads: an epoch ends when every sample of it was seen once. The others start over when they are used up.

    Shapes:
        Each output has the shape of its field's samples with the batch axis B before it.
    """

    kind = "Data"
    family = "Data"
    role = "data"
    synonyms = ("source", "dataset", "batch", "loader", "input")
    shown = ("source", "batch_size")
    inputs = ()
    outputs = ()
    dynamic_ports = True

    class Params(Params):
        """Which source, and how its batches are made."""

        source: str = Field("main", max_length=80, description="The source that the batches come from.")
        batch_size: int = Field(32, ge=1, le=1_000_000, description="How many samples a batch holds.")
        leads: bool = Field(True, description="Whether an epoch is one pass over this source.")
        shuffle: bool = Field(True, description="Whether every epoch has an order of its own, drawn from the seed.")
        drop_last: bool = Field(False, description="Whether a last batch with fewer samples is left out.")


class Network(TrainingKind):
    """Calls a network of this project: one input for each of its Inputs, one output for each of its Outputs.

    All calls of a name share the same weights. With mode `auto` dropout and batch statistics are active while an
    optimizer trains the network, and at rest otherwise; validation always uses them at rest.

    Shapes:
        Those of the network's Input and Output nodes.
    """

    kind = "Network"
    family = "Networks"
    role = "network"
    synonyms = ("model", "call", "forward", "predict")
    shown = ("network",)
    inputs = ()
    outputs = ()
    dynamic_ports = True

    class Params(Params):
        """Which network, and how it is called."""

        network: str = Field("model", max_length=80, description="The network that is called.")
        mode: Literal["auto", "train", "eval"] = Field(
            "auto", description="Whether dropout and batch statistics are active; auto: while it is being trained."
        )
