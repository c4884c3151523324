"""Layers that read sequences: words become vectors, steps become states."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.axes import given, require_fixed
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import WeightStart
from builder.layers.parameters import Count, Rate, Whole, keywords
from builder.parts import pooling, recurrent

LENGTHS = Port(
    "lengths", ranks=(1,), dtype="integer", optional=True, help="Number of steps of each sequence; all, without a link"
)
SEQUENCE = Port("input", ranks=(3,), help="B × T × D")


class Embedding(Layer):
    """Look up a learned vector for every number: words, letters, users, products.

    Shapes:
        input: B × T whole numbers from 0 to num_embeddings - 1, or any other shape.
        output: B × T × embedding_dim.

    Reference:
        Bengio et al. 2003, A Neural Probabilistic Language Model.
    """

    kind = "Embedding"
    family = "Sequence"
    synonyms = ("lookup table", "word vectors", "tokens", "vocabulary", "categorical")
    shown = ("num_embeddings", "embedding_dim")
    inputs = (Port("input", ranks=(1, 2, 3, 4, 5), dtype="integer", help="Whole numbers"),)

    class Params(WeightStart):
        """How many vectors of which size."""

        num_embeddings: int = Field(
            10_000,
            ge=1,
            le=10_000_000,
            description="How many different numbers there are; $vocabulary takes the data's.",
        )
        embedding_dim: Count = Field(64, description="Size of a vector.")
        padding_idx: Whole | None = Field(
            None, description="The number that stands for padding; its vector stays as it is."
        )

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Check that the padding is one of the numbers."""
        given(specs)
        size = params.num_embeddings
        if params.padding_idx is not None and not -size <= params.padding_idx < size:
            reason = f"{params.padding_idx} is none of the numbers from 0 to {size - 1}"
            raise Misfit("padding_out_of_range", reason, param="padding_idx", wants=size - 1, got=params.padding_idx)
        return Construct(nn.Embedding, (size, params.embedding_dim), keywords(params, "padding_idx"))


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
    inputs = (SEQUENCE, LENGTHS)
    outputs = (
        Port("output", help="The state at every step, B × T × H"),
        Port("last", help="The last state of every sequence, B × H"),
    )
    target: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """The number of features is the size of the last axis. Dropout has no place where there is one layer."""
        features = require_fixed(given(specs), -1, "features")
        names = ("num_layers", "bias", "dropout", "bidirectional", *cls.own_names())
        options = keywords(params, *names)
        if params.num_layers == 1:
            options["dropout"] = 0.0
        return Construct(cls.target, (features, params.hidden_size), options)

    @classmethod
    def own_names(cls) -> tuple[str, ...]:
        """Parameters that only this kind has."""
        return ()


class RNN(Recurrent):
    """Read a sequence step by step and keep a state. Simple, and forgetful: LSTM and GRU remember longer.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, for sequences of different lengths; what comes after the end is not read.
        output: B × T × hidden_size, the state at every step.
        last: B × hidden_size, the last state; both are twice as wide if bidirectional.

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
        output: B × T × hidden_size, the state at every step.
        last: B × hidden_size, the last state; both are twice as wide if bidirectional.

    Formula:
        cₜ = f·cₜ₋₁ + i·g, hₜ = o·tanh(cₜ), with gates i, f, o and news g from xₜ and hₜ₋₁

    Reference:
        Hochreiter and Schmidhuber 1997, Long Short-Term Memory.
    """

    kind = "LSTM"
    synonyms = ("long short-term memory", "recurrent", "sequence", "gates", "bilstm")
    target = recurrent.LSTM

    class Params(RecurrentParams):
        """The state and how it is read."""


class GRU(Recurrent):
    """Read a sequence step by step with two gates: nearly an LSTM, with a quarter fewer weights.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, for sequences of different lengths; what comes after the end is not read.
        output: B × T × hidden_size, the state at every step.
        last: B × hidden_size, the last state; both are twice as wide if bidirectional.

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


class SequencePool(Layer):
    """Make one vector of a sequence: the mean, the largest or the sum of its steps, or the last one.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, for sequences of different lengths; what comes after the end does not count.
        output: B × D.
    """

    kind = "SequencePool"
    family = "Sequence"
    synonyms = ("masked mean", "global pooling", "average over time", "last step")
    shown = ("mode",)
    inputs = (SEQUENCE, LENGTHS)

    class Params(Params):
        """What becomes of the steps."""

        mode: Literal["mean", "max", "sum", "last"] = Field("mean", description="What becomes of the steps.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Nothing depends on sizes."""
        return Construct(pooling.SequencePool, (), keywords(params, "mode"))
