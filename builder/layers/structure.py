"""Nodes that give a network its structure, and tensors that do not follow from its input."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.base import Layer, Specs
from builder.layers.initialise import TensorStart
from builder.layers.parameters import Count, keywords
from builder.parts import learned


class Identity(Layer):
    """Hand the input on unchanged: a place for a name, or for a layer to come.

    Shapes:
        input, output: any.
    """

    kind = "Identity"
    family = "Structure"
    synonyms = ("pass through", "placeholder", "nothing", "no-op")
    inputs = (Port("input", dtype="any"),)
    outputs = (Port("output", dtype="any"),)

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """PyTorch's own."""
        return Construct(nn.Identity)


class Parameter(Layer):
    """Give every sample the same tensor, whose numbers are learned: a class token, positions, the scale of a branch.

    Link anything of the batch to it: only how many samples there are is looked at.

    Shapes:
        input: any.
        output: B × the shape given.

    Reference:
        Dosovitskiy et al. 2021, An Image is Worth 16x16 Words.
    """

    kind = "Parameter"
    family = "Structure"
    synonyms = ("learned tensor", "class token", "position embedding", "layer scale", "constant", "weight", "query")
    shown = ("shape",)
    inputs = (Port("input", dtype="any", help="Anything of the batch; only its number of samples counts"),)
    bypass = "never"

    class Params(TensorStart):
        """What is learned."""

        shape: tuple[Count, ...] = Field(
            (1,), min_length=1, max_length=6, description="Sizes of the tensor, without the batch axis."
        )
        batch_axis: bool = Field(
            False, description="Keep the weight with an axis of 1 for the batch, as weights made elsewhere may have it."
        )

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Nothing depends on sizes."""
        return Construct(learned.LearnedTensor, (params.shape,), keywords(params, "batch_axis"))


class Block(Layer):
    """Use another network of the project as one node, with weights of its own.

    A residual unit or an encoder is drawn once and used many times. Each use and each repetition has its own weights,
    unless the node shares those of another. To repeat it, each repetition's outputs become the first inputs of the next;
    inputs beyond those, such as the memory of a decoder, go to every repetition. The first repetition may be another
    network, or have other values, as the first block of a residual stage has a stride.

    Shapes:
        One port for each Input and Output of the network used.
    """

    kind = "Block"
    family = "Structure"
    synonyms = ("module", "subgraph", "group", "residual block", "repeat", "function", "stage")
    shown = ("repeat", "network")
    inputs = ()
    outputs = ()
    dynamic_ports = True
    calls = "own"

    class Params(Params):
        """Which network, how often, and with which values."""

        network: str = Field("", max_length=80, description="Name of the network that is used.")
        repeat: int = Field(
            1, ge=1, le=256, description="How many times one after the other, each with its own weights."
        )
        arguments: dict[str, Any] = Field(
            {},
            description="Values for the parameters of that network, such as channels.",
            json_schema_extra={"of": "network"},
        )
        first_network: str = Field(
            "",
            max_length=80,
            description="Name of the network that is used for the first repetition; empty where it is the same one.",
        )
        first_arguments: dict[str, Any] = Field(
            {},
            description="Values that only the first repetition gets, such as a stride; for all else it has those above.",
            json_schema_extra={"of": "first_network"},
        )
