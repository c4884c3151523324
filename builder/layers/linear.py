"""Layers in which every output depends on every input feature."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from pydantic import Field
from torch import nn

from builder.kinds import Construct, Port
from builder.layers.axes import given, require_fixed
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import WeightStart
from builder.layers.parameters import Count, keywords


class Linear(Layer):
    """Every output is a weighted sum of all input features, plus a bias.

    The sum runs over the last axis; other axes are kept, so that a sequence is mapped step by step. With the weights of an
    Embedding it gives each word a score by the word's vector (tied embeddings); it then has no bias.

    Shapes:
        input: B × ... × D.
        output: B × ... × out_features.

    Formula:
        y = x·Wᵀ + b
    """

    kind = "Linear"
    family = "Linear"
    synonyms = ("dense", "fully connected", "affine", "perceptron", "projection", "neuron", "tied")
    shown = ("out_features",)
    inputs = (Port("input", ranks=(2, 3, 4, 5, 6)),)

    borrows_from = ("Embedding",)

    class Params(WeightStart):
        """How many outputs, and how the weights start."""

        out_features: Count = Field(64, description="Number of outputs (neurons).")
        bias: bool = Field(True, description="Add a learned constant to every output.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of input features is the size of the last axis."""
        in_features = require_fixed(given(specs), -1, "features")
        return Construct(nn.Linear, (in_features, params.out_features), keywords(params, "bias"))

    @classmethod
    def borrow(cls, params: Any, owner: Any, *inputs: Any) -> Any:
        """Multiply with the vectors of an Embedding: tied embeddings."""
        return F.linear(inputs[0], owner.weight)

    @classmethod
    def borrow_expression(cls, params: Any, owner: str, *names: str | None) -> str:
        """The same as source."""
        return f"F.linear({names[0]}, {owner}.weight)"

    @classmethod
    def find_misloan(cls, own: Construct, lent: Construct) -> str | None:
        """Every word has one vector, and gets one score: without a bias, which an Embedding does not have."""
        (features, outputs), (words, size) = own.args, lent.args
        if features != size:
            return f"whose vectors have {size} numbers, and here come {features}"
        if outputs != words:
            return f"which has {words} vectors, and here are {outputs} outputs"
        return "which has no bias" if own.kwargs.get("bias", True) else None


class Bilinear(Layer):
    """Every output is a weighted sum of all products of a feature of one input with a feature of the other.

    Shapes:
        input: B × ... × D.
        other: B × ... × E, equal to the input but for the last axis.
        output: B × ... × out_features.

    Formula:
        y = xᵀ·W·z + b
    """

    kind = "Bilinear"
    family = "Linear"
    synonyms = ("interaction", "pairwise", "factorisation")
    shown = ("out_features",)
    inputs = (Port("input", ranks=(2, 3, 4, 5, 6)), Port("other", ranks=(2, 3, 4, 5, 6)))

    class Params(WeightStart):
        """How many outputs, and how the weights start."""

        out_features: Count = Field(64, description="Number of outputs.")
        bias: bool = Field(True, description="Add a learned constant to every output.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Both numbers of input features are the sizes of the last axes."""
        first, second = given(specs), given(specs, 1)
        if first.shape[:-1] != second.shape[:-1]:
            reason = f"both inputs must be equal but for the last axis, got {first} and {second}"
            raise Misfit("sizes_differ", reason, port="other")
        sizes = require_fixed(first, -1, "features"), require_fixed(second, -1, "features", "other")
        return Construct(nn.Bilinear, (*sizes, params.out_features), keywords(params, "bias"))
