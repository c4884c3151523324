"""Layers for sequences: words become vectors, and all steps become one vector."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.axes import given
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import WeightStart
from builder.layers.parameters import Count, Whole, keywords
from builder.parts import pooling

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
