"""Attention: every step looks at all others and takes what it needs."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from builder.kinds import Construct, Params, Port
from builder.layers.axes import given, least, require_fixed, require_multiple
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import WeightStart
from builder.layers.parameters import Count, Epsilon, Rate, keywords
from builder.layers.sequence import LENGTHS, SEQUENCE
from builder.parts import attention
from builder.parts.positional_encoding import LearnedEncoding, SinusoidalEncoding

MASK = Port("mask", ranks=(2,), dtype="bool", optional=True, help="B × S, true where a step counts")
CAUSAL = "Let no step look at later ones, as a language model needs it."


def check_heads(features: int, heads: int, param: str) -> None:
    """Raise Misfit where the features cannot be shared out among the heads."""
    require_multiple(features, heads, "features", "heads_do_not_divide", param=param, wants=heads)


class MultiheadAttention(Layer):
    """Let every step of a sequence gather what it needs from all steps, in several ways at once.

    With only the input linked it is self-attention; with key (and value) from another sequence, cross-attention.

    Shapes:
        input: B × T × D, what asks.
        key: B × S × K, what is looked at; the input itself without a link.
        value: B × S × V, what is taken; the key without a link.
        lengths: B whole numbers, how many steps of the key count.
        mask: B × S, true where a step of the key counts.
        output: B × T × D.

    Formula:
        softmax(Q·Kᵀ / √(D / num_heads)) · V for each head, joined and projected

    Reference:
        Vaswani et al. 2017, Attention Is All You Need.
    """

    kind = "MultiheadAttention"
    family = "Attention"
    synonyms = ("self-attention", "cross-attention", "transformer", "query key value", "scaled dot product")
    shown = ("num_heads", "is_causal")
    inputs = (
        SEQUENCE,
        Port("key", ranks=(3,), optional=True, help="B × S × K; the input itself without a link"),
        Port("value", ranks=(3,), optional=True, help="B × S × V; the key without a link"),
        LENGTHS,
        MASK,
    )

    class Params(WeightStart):
        """How attention is paid."""

        num_heads: Count = Field(4, description="Ways to look at once; must divide the number of features.")
        dropout: Rate = Field(0.0, description="Chance that a step is overlooked while training.")
        bias: bool = Field(True, description="Add learned constants to the projections.")
        is_causal: bool = Field(False, description=CAUSAL)

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """All numbers of features are sizes of last axes."""
        query = given(specs)
        key, value = (*specs[1:3], None, None)[:2]
        features = require_fixed(query, -1, "features")
        check_heads(features, params.num_heads, "num_heads")
        key = key or query
        value = value or key
        if key.shape[1] != value.shape[1]:
            reason = f"the key has {key.shape[1]} steps and the value {value.shape[1]}"
            raise Misfit("sizes_differ", reason, port="value", wants=key.shape[1], got=value.shape[1], axis=1)
        check_mask(specs, key.shape[1], 4)
        kdim, vdim = require_fixed(key, -1, "features", "key"), require_fixed(value, -1, "features", "value")
        options = keywords(params, "dropout", "bias", "is_causal")
        if (kdim, vdim) != (features, features):
            options |= {"kdim": kdim, "vdim": vdim}
        return Construct(attention.MultiheadAttention, (features, params.num_heads), options)


def check_mask(specs: Specs, steps: Any, index: int) -> None:
    """Raise Misfit where a mask is given that has another number of steps."""
    mask = specs[index] if len(specs) > index else None
    if mask is not None and mask.shape[1] != steps:
        reason = f"the mask has {mask.shape[1]} steps, and there are {steps}"
        raise Misfit("sizes_differ", reason, port="mask", wants=steps, got=mask.shape[1], axis=1)


class TransformerEncoderLayer(Layer):
    """Self-attention and then a small network at every step, each with a way around it and a normalisation.

    Several of them on top of each other are a Transformer encoder; with is_causal, what language models are made of.
    Order is not seen: put a PositionalEncoding before the first.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, how many steps count.
        mask: B × T, true where a step counts.
        output: B × T × D.

    Reference:
        Vaswani et al. 2017, Attention Is All You Need.
    """

    kind = "TransformerEncoderLayer"
    family = "Attention"
    synonyms = ("transformer", "encoder", "self-attention", "bert", "gpt", "decoder only")
    shown = ("nhead", "dim_feedforward", "is_causal")
    inputs = (SEQUENCE, LENGTHS, MASK)

    class Params(WeightStart):
        """The two halves of the layer."""

        nhead: Count = Field(4, description="Ways to look at once; must divide the number of features.")
        dim_feedforward: Count = Field(2048, description="Size of the hidden layer at every step; often 4 times D.")
        dropout: Rate = Field(0.1, description="Chance that a value is set to zero while training.")
        activation: Literal["relu", "gelu"] = Field("relu", description="The bend of the hidden layer.")
        layer_norm_eps: Epsilon = Field(1e-5, description="A small number that keeps the normalisation from zero.")
        norm_first: bool = Field(
            False, description="Normalise before each half instead of after it; deep stacks need it."
        )
        bias: bool = Field(True, description="Add learned constants.")
        is_causal: bool = Field(False, description=CAUSAL)

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of features is the size of the last axis."""
        spec = given(specs)
        features = require_fixed(spec, -1, "features")
        check_heads(features, params.nhead, "nhead")
        check_mask(specs, spec.shape[1], 2)
        names = ("dim_feedforward", "dropout", "activation", "layer_norm_eps", "norm_first", "bias", "is_causal")
        return Construct(attention.TransformerEncoderLayer, (features, params.nhead), keywords(params, *names))


class PositionalEncoding(Layer):
    """Add a pattern to every step that tells its place, since attention by itself does not see order.

    Shapes:
        input, output: B × T × D.

    Formula:
        PE(t, 2i) = sin(t / 10000^(2i / D)), PE(t, 2i + 1) = cos(t / 10000^(2i / D))

    Reference:
        Vaswani et al. 2017, Attention Is All You Need.
    """

    kind = "PositionalEncoding"
    family = "Attention"
    synonyms = ("position embedding", "sinusoidal", "order", "transformer")
    shown = ("encoding",)
    inputs = (SEQUENCE,)

    class Params(Params):
        """Where the patterns come from."""

        encoding: Literal["sinusoidal", "learned"] = Field(
            "sinusoidal", description="Waves of many lengths for any number of steps, or one learned vector a step."
        )
        max_length: int = Field(
            512,
            ge=1,
            le=100_000,
            description="Largest number of steps that a learned encoding knows.",
            json_schema_extra={"when": {"encoding": ["learned"]}},
        )
        dropout: Rate = Field(0.0, description="Chance that a value is set to zero while training.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of features is the size of the last axis."""
        spec = given(specs)
        features = require_fixed(spec, -1, "features")
        if params.encoding == "sinusoidal":
            return Construct(SinusoidalEncoding, (features,), keywords(params, "dropout"))
        if least(spec.shape[1]) > params.max_length:
            reason = f"there are {spec.shape[1]} steps, and only {params.max_length} are known"
            raise Misfit("too_many_steps", reason, param="max_length", wants=spec.shape[1], got=params.max_length)
        return Construct(LearnedEncoding, (features, params.max_length), keywords(params, "dropout"))
