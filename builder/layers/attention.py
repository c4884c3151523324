"""Attention: every step, or every state of a decoder, looks at many steps and takes what it needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from builder.kinds import Construct, Params, Port
from builder.layers.axes import given, require_fixed, require_multiple
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import WeightStart
from builder.layers.parameters import Count, Rate, keywords
from builder.layers.sequence import LENGTHS, SEQUENCE
from builder.parts import attention

MASK = Port("mask", ranks=(2,), dtype="bool", optional=True, help="B × S, true where a step counts")
WEIGHTS = Port("weights", help="How much each step was looked at; computed only where something is linked here")
ASKED = {"weights": "need_weights"}
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
        weights: B × T × S, the mean of all heads; each row adds up to 1.

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
    outputs = (Port("output", help="What each step gathered, B × T × D"), WEIGHTS)
    on_demand = ASKED

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


def check_mask(specs: Specs, steps: Any, index: int, port: str = "mask") -> None:
    """Raise Misfit where a mask is given that has another number of steps."""
    mask = specs[index] if len(specs) > index else None
    if mask is not None and mask.shape[1] != steps:
        reason = f"the mask has {mask.shape[1]} steps, and there are {steps}"
        raise Misfit("sizes_differ", reason, port=port, wants=steps, got=mask.shape[1], axis=1)


SCORE = (
    "How a step is judged: by a small network (Bahdanau), by a product (Luong), or by a product with learned weights."
)


class Attention(Layer):
    """Let the states of a decoder look over the steps of a memory, such as an encoder's, and take what they need.

    This is attention for recurrent networks: join what it gives with the states, then score the words. The weights show
    which step was looked at for which. For layers of a Transformer there is MultiheadAttention.

    Shapes:
        input: B × T × Q, the states that ask, or B × Q, one vector.
        memory: B × S × M, what is looked at.
        lengths: B whole numbers, how many steps of the memory count.
        mask: B × S, true where a step of the memory counts.
        output: B × T × M, or B × M for one vector.
        weights: B × T × S, or B × S; each row adds up to 1.

    Formula:
        weights = softmax(v·tanh(W·query + U·memory)), output = weights · memory

    Reference:
        Bahdanau et al. 2015, Neural Machine Translation by Jointly Learning to Align and Translate.
    """

    kind = "Attention"
    family = "Attention"
    synonyms = ("bahdanau", "luong", "additive", "alignment", "cross-attention", "seq2seq", "encoder-decoder")
    shown = ("score",)
    inputs = (
        Port("input", ranks=(2, 3), help="What asks, B × T × Q or B × Q"),
        Port("memory", ranks=(3,), help="What is looked at, B × S × M"),
        replace(LENGTHS, help="Number of steps of each memory; all, without a link"),
        MASK,
    )
    outputs = (Port("output", help="What was gathered from the memory, B × T × M"), WEIGHTS)
    on_demand = ASKED

    class Params(WeightStart):
        """How steps are judged."""

        score: Literal["additive", "dot", "general"] = Field("additive", description=SCORE)
        hidden_size: Count = Field(
            64,
            description="Size of the small network of an additive score.",
            json_schema_extra={"when": {"score": ["additive"]}},
        )

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Sizes are those of the last axes; a plain product needs them equal."""
        memory = given(specs, 1)
        asked = require_fixed(given(specs), -1, "features")
        looked_at = require_fixed(memory, -1, "features", "memory")
        if params.score == "dot" and asked != looked_at:
            reason = f"a dot score multiplies what asks with each step, and they have {asked} and {looked_at} features"
            raise Misfit("score_sizes", reason, port="memory", param="score", wants=asked, got=looked_at)
        check_mask(specs, memory.shape[1], 3)
        options = keywords(params, "score", *(("hidden_size",) if params.score == "additive" else ()))
        return Construct(attention.Attention, (asked, looked_at), options)


class AttentionPool(Layer):
    """Make one vector of a sequence: the mean of its steps by weights that are learned, so that what matters counts more.

    Behind a recurrent layer this is attention over time: the weights show which words decided.

    Shapes:
        input: B × T × D.
        lengths: B whole numbers, for sequences of different lengths; what comes after the end weighs nothing.
        mask: B × T, true where a step counts.
        output: B × D.
        weights: B × T; each row adds up to 1.

    Formula:
        weights = softmax(v·tanh(W·input + b)), output = weights · input

    Reference:
        Yang et al. 2016, Hierarchical Attention Networks for Document Classification.
    """

    kind = "AttentionPool"
    family = "Attention"
    synonyms = ("attention over time", "weighted mean", "additive", "bahdanau", "global pooling")
    shown = ("score",)
    inputs = (SEQUENCE, LENGTHS, MASK)
    outputs = (Port("output", help="One vector a sequence, B × D"), WEIGHTS)
    on_demand = ASKED

    class Params(WeightStart):
        """How steps are judged."""

        score: Literal["additive", "dot"] = Field(
            "additive", description="How a step is judged: by a small network, or by a product with one learned vector."
        )
        hidden_size: Count = Field(
            64,
            description="Size of the small network of an additive score.",
            json_schema_extra={"when": {"score": ["additive"]}},
        )

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of features is the size of the last axis."""
        spec = given(specs)
        check_mask(specs, spec.shape[1], 2)
        options = keywords(params, "score", *(("hidden_size",) if params.score == "additive" else ()))
        return Construct(attention.AttentionPool, (require_fixed(spec, -1, "features"),), options)
