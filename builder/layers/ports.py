"""Where tensors enter a network and where they leave it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from builder.document import Project
from builder.kinds import Params, Port
from builder.layers.axes import given
from builder.layers.base import Layer, Specs
from builder.layers.parameters import Count
from builder.tensors import BATCH, TIMES, Dtype, Size, TensorSpec, TimeAxis

REFERENCE: Any = "$shape"


class Input(Layer):
    """A tensor that enters the network.

    The batch axis is always there and is left out of the shape. ``$shape`` takes the shape of one sample from the data,
    so that the network fits the next data set by itself; ``"T"`` in a shape is an axis that may be of another length in
    every batch, such as the words of a sentence, and ``"S"`` a second one, such as those of its translation.

    Shapes:
        output: B × the shape given.
    """

    kind = "Input"
    family = "Input and output"
    synonyms = ("source", "placeholder", "entry")
    shown = ("shape",)
    inputs = ()
    outputs = (Port("output", dtype="any"),)
    bypass = "never"

    class Params(Params):
        """What enters."""

        shape: tuple[Count | TimeAxis, ...] = Field(
            REFERENCE,
            max_length=7,
            description="Shape of one sample, without the batch axis: channels, height, width for an image.",
        )
        dtype: Dtype = Field(
            "float32", description="Type of the numbers: float32 for measurements and pixels, int64 for classes."
        )

    @classmethod
    def declare(cls, params: Any, project: Project) -> dict[str, TensorSpec]:
        """The shape given, behind the batch axis; letters are time axes."""
        sizes: list[Size] = [TIMES[size] if size in TIMES else int(size) for size in params.shape]
        return {"output": TensorSpec((BATCH, *sizes), params.dtype)}


class Output(Layer):
    """A tensor that leaves the network: what it answers.

    Shapes:
        input: any. The output has the same shape.
    """

    kind = "Output"
    family = "Input and output"
    synonyms = ("result", "prediction", "head")
    inputs = (Port("input", dtype="any"),)
    outputs = ()
    bypass = "never"

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> None:
        """Nothing is made; the tensor only has to be there."""
        given(specs)

    @classmethod
    def apply(cls, params: Any, *inputs: Any) -> Any:
        """Hand the tensor on."""
        return inputs[0]

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The name itself."""
        return str(names[0])
