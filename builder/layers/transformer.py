"""Layers of Transformers: attention and a small network at every step, and where the steps are."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from builder.kinds import Construct, Params, Port
from builder.layers.attention import ASKED, CAUSAL, MASK, WEIGHTS, check_heads, check_mask
from builder.layers.axes import given, least, require_fixed
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import WeightStart
from builder.layers.parameters import Count, Epsilon, Rate, keywords
from builder.layers.sequence import LENGTHS, SEQUENCE
from builder.parts import attention
from builder.parts.positional_encoding import LearnedEncoding, SinusoidalEncoding


class TransformerParams(WeightStart):
    """What all layers of Transformers have."""

    nhead: Count = Field(4, description="Ways to look at once; must divide the number of features.")
    dim_feedforward: Count = Field(2048, description="Size of the hidden layer at every step; often 4 times D.")
    dropout: Rate = Field(0.1, description="Chance that a value is set to zero while training.")
    activation: Literal["relu", "gelu"] = Field("relu", description="The bend of the hidden layer.")
    layer_norm_eps: Epsilon = Field(1e-5, description="A small number that keeps the normalisation from zero.")
    norm_first: bool = Field(False, description="Normalise before each half instead of after it; deep stacks need it.")
    bias: bool = Field(True, description="Add learned constants.")


OPTIONS = ("dim_feedforward", "dropout", "activation", "layer_norm_eps", "norm_first", "bias", "is_causal")


class TransformerEncoderLayer(Layer):
    """Self-attention and then a small network at every step, each with a way around it and a normalisation.

    Several of them on top of each other are a Transformer encoder; with is_causal, what language models are made of.
    Order is not seen: put a PositionalEncoding before the first.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, how many steps count.
        mask: B × T, true where a step counts.
        output: B × T × D.
        weights: B × T × T, of attention, the mean of all heads; each row adds up to 1.

    Reference:
        Vaswani et al. 2017, Attention Is All You Need.
    """

    kind = "TransformerEncoderLayer"
    family = "Attention"
    synonyms = ("transformer", "encoder", "self-attention", "bert", "gpt", "decoder only")
    shown = ("nhead", "dim_feedforward", "is_causal")
    inputs = (SEQUENCE, LENGTHS, MASK)
    outputs = (Port("output", help="B × T × D"), WEIGHTS)
    on_demand = ASKED

    class Params(TransformerParams):
        """The two halves of the layer."""

        is_causal: bool = Field(False, description=CAUSAL)

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of features is the size of the last axis."""
        spec = given(specs)
        features = require_fixed(spec, -1, "features")
        check_heads(features, params.nhead, "nhead")
        check_mask(specs, spec.shape[1], 2)
        return Construct(attention.TransformerEncoderLayer, (features, params.nhead), keywords(params, *OPTIONS))


class TransformerDecoderLayer(Layer):
    """Self-attention that sees only what came before, attention to a memory, and a small network at every step.

    Several of them on top of each other are a Transformer decoder; the memory is what an encoder made of the other sentence.
    Order is not seen: put a PositionalEncoding before the first.

    Shapes:
        input: B × T × D, what was written so far.
        memory: B × S × D, what an encoder made.
        lengths: B whole numbers, how many steps of the input count.
        memory_lengths: B whole numbers, how many steps of the memory count.
        memory_mask: B × S, true where a step of the memory counts.
        output: B × T × D.
        weights: B × T × S, of attention to the memory, the mean of all heads; each row adds up to 1.

    Reference:
        Vaswani et al. 2017, Attention Is All You Need.
    """

    kind = "TransformerDecoderLayer"
    family = "Attention"
    synonyms = ("transformer", "decoder", "cross-attention", "translation", "seq2seq", "encoder-decoder")
    shown = ("nhead", "dim_feedforward")
    inputs = (
        SEQUENCE,
        Port("memory", ranks=(3,), help="What an encoder made, B × S × D"),
        LENGTHS,
        replace(LENGTHS, name="memory_lengths", help="Number of steps of each memory; all, without a link"),
        replace(MASK, name="memory_mask"),
    )
    outputs = (Port("output", help="B × T × D"), WEIGHTS)
    on_demand = ASKED

    class Params(TransformerParams):
        """The three parts of the layer."""

        is_causal: bool = Field(True, description=CAUSAL)

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of features is the size of the last axis, of input and memory alike."""
        memory = given(specs, 1)
        features = require_fixed(given(specs), -1, "features")
        check_heads(features, params.nhead, "nhead")
        if memory.shape[-1] != features:
            reason = f"the memory has {memory.shape[-1]} features, and the input {features}"
            raise Misfit("sizes_differ", reason, port="memory", wants=features, got=memory.shape[-1], axis=2)
        check_mask(specs, memory.shape[1], 4, "memory_mask")
        return Construct(attention.TransformerDecoderLayer, (features, params.nhead), keywords(params, *OPTIONS))


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
