"""Recurrent layers: they read a sequence step by step, and hand their state on."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Port
from builder.layers.axes import given, require_fixed
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import WeightStart
from builder.layers.parameters import Count, Rate, keywords
from builder.layers.sequence import LENGTHS, SEQUENCE
from builder.parts import recurrent

STATE = Port(
    "state",
    label="first state",
    ranks=(2,),
    optional=True,
    help="The state to start with, such as an encoder's; zero without a link",
)
ASKED = {"state": "return_state"}


class RecurrentParams(WeightStart):
    """What all recurrent layers have."""

    hidden_size: Count = Field(64, description="Size of the state.")
    num_layers: int = Field(
        1, ge=1, le=64, description="Layers on top of each other; each reads the states of the one below."
    )
    bias: bool = Field(True, description="Add learned constants.")
    dropout: Rate = Field(0.0, description="Chance that a state between two layers is set to zero; needs two layers.")
    bidirectional: bool = Field(
        False, description="Read from both ends, which doubles the number of features that come out."
    )


class Recurrent(Layer):
    """What recurrent layers share."""

    family = "Sequence"
    shown = ("hidden_size", "num_layers", "bidirectional")
    inputs = (SEQUENCE, LENGTHS, STATE)
    outputs = (
        Port("output", label="sequence", help="The state of the uppermost layer at every step, B × T × H"),
        Port("last", label="last state", help="One vector a sequence: where the uppermost layer ended, B × H"),
        Port("state", label="all states", help="Where all layers ended, for the first state of a decoder made alike"),
    )
    on_demand = ASKED
    target: ClassVar[type[nn.Module]]
    kept: ClassVar[int] = 1
    """How many numbers a unit keeps from step to step."""

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """The number of features is the size of the last axis. Dropout has no place where there is one layer."""
        features = require_fixed(given(specs), -1, "features")
        names = ("num_layers", "bias", "dropout", "bidirectional", *cls.own_names())
        options = keywords(params, *names)
        if params.num_layers == 1:
            options["dropout"] = 0.0
        cls.check_state(params, specs)
        return Construct(cls.target, (features, params.hidden_size), options)

    @classmethod
    def check_state(cls, params: Any, specs: Specs) -> None:
        """Raise Misfit where a first state has not one number for each unit of each layer and direction."""
        state = specs[2] if len(specs) > 2 else None
        if state is None:
            return
        units = params.hidden_size * params.num_layers * (2 if params.bidirectional else 1)
        size = require_fixed(state, -1, "features", "state")
        if size not in (units, cls.kept * units):
            reason = f"the first state has {size} numbers, and the layers here have {units} units"
            raise Misfit("state_size", reason, port="state", wants=units, got=size)

    @classmethod
    def own_names(cls) -> tuple[str, ...]:
        """Parameters that only this kind has."""
        return ()


class RNN(Recurrent):
    """Read a sequence step by step and keep a state. Simple, and forgetful: LSTM and GRU remember longer.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, for sequences of different lengths; what comes after the end is not read.
        state: B × (num_layers · hidden_size), what to start with; zero without a link.
        output: B × T × hidden_size, the sequence: the state of the uppermost layer at every step.
        last: B × hidden_size, its last state. If bidirectional the last ones of both directions, side by side; sequence and
        state are twice as wide then too.

    Formula:
        hₜ = tanh(W·xₜ + U·hₜ₋₁ + b)

    Reference:
        Elman 1990, Finding Structure in Time.
    """

    kind = "RNN"
    synonyms = ("recurrent", "elman", "sequence", "vanilla")
    target = recurrent.RNN

    class Params(RecurrentParams):
        """The state and how it is read."""

        nonlinearity: Literal["tanh", "relu"] = Field("tanh", description="The bend between two steps.")

    @classmethod
    def own_names(cls) -> tuple[str, ...]:
        """The bend."""
        return ("nonlinearity",)


class LSTM(Recurrent):
    """Read a sequence step by step with a memory whose gates learn what to keep, to forget and to tell.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, for sequences of different lengths; what comes after the end is not read.
        state: B × (2 · num_layers · hidden_size), what to start with, or half of it, with the memory at zero.
        output: B × T × hidden_size, the sequence: the state of the uppermost layer at every step.
        last: B × hidden_size, its last state. If bidirectional the last ones of both directions, side by side; sequence and
        state are twice as wide then too.

    Formula:
        cₜ = f·cₜ₋₁ + i·g, hₜ = o·tanh(cₜ), with gates i, f, o and news g from xₜ and hₜ₋₁

    Reference:
        Hochreiter and Schmidhuber 1997, Long Short-Term Memory.
    """

    kind = "LSTM"
    synonyms = ("long short-term memory", "recurrent", "sequence", "gates", "bilstm")
    target = recurrent.LSTM
    kept = 2

    class Params(RecurrentParams):
        """The state and how it is read."""


class GRU(Recurrent):
    """Read a sequence step by step with two gates: nearly an LSTM, with a quarter fewer weights.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, for sequences of different lengths; what comes after the end is not read.
        state: B × (num_layers · hidden_size), what to start with; zero without a link.
        output: B × T × hidden_size, the sequence: the state of the uppermost layer at every step.
        last: B × hidden_size, its last state. If bidirectional the last ones of both directions, side by side; sequence and
        state are twice as wide then too.

    Formula:
        hₜ = (1 - z)·n + z·hₜ₋₁, with gates r, z and news n from xₜ and r·hₜ₋₁

    Reference:
        Cho et al. 2014, Learning Phrase Representations using RNN Encoder-Decoder.
    """

    kind = "GRU"
    synonyms = ("gated recurrent unit", "recurrent", "sequence", "gates")
    target = recurrent.GRU

    class Params(RecurrentParams):
        """The state and how it is read."""
