"""What feeds a training step: batches of a source, and the calls of the networks they pass through."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from builder import kinds
from builder.columns import describe_columns
from builder.document import Project
from builder.kinds import Construct, Port
from builder.layers.base import Misfit, Specs
from builder.parts import augment as parts
from builder.tensors import TensorSpec
from builder.training.base import TrainingKind

USUAL_BATCH = 32
FEW_STEPS = 4
"""An epoch of batches that are chosen for a few samples has no fewer steps."""


class Data(TrainingKind):
    """Takes one batch of a source at every step, one output for each of its fields.

    One source leads: an epoch ends when every sample of it was seen once. The others start over when they are used up.
    Texts and sequences of different lengths are filled up with zeros to the longest of the batch; the output
    ``<field>_lengths`` says how long each is, and ``<field>_next`` what comes after its steps.

    Shapes:
        Each output has the shape of its field's samples with the batch axis B before it; lengths are (B).
    """

    kind = "Data"
    family = "Data"
    role = "data"
    synonyms = ("source", "dataset", "batch", "loader", "input")
    shown = ("source", "batch_size")
    inputs = ()
    outputs = ()
    dynamic_ports = True

    class Params(kinds.Params):
        """Which source, and how its batches are made."""

        source: str = Field("main", max_length=80, description="The source that the batches come from.")
        batch_size: int = Field(USUAL_BATCH, ge=1, le=1_000_000, description="How many samples a batch holds.")
        leads: bool = Field(True, description="Whether an epoch is one pass over this source.")
        shuffle: bool = Field(True, description="Whether every epoch has an order of its own, drawn from the seed.")
        drop_last: bool = Field(False, description="Whether a last batch with fewer samples is left out.")
        batching: Literal["any", "by_length"] = Field(
            "any",
            description="by_length puts texts of like length into a batch, so that there is little padding to compute.",
        )
        sampling: Literal["all", "balanced"] = Field(
            "all",
            description="balanced draws all classes of the target equally often: rare ones again, frequent ones not all.",
        )

    @classmethod
    def declare(cls, params: Any, project: Project) -> dict[str, TensorSpec]:
        """The fields of the source, from its facts; none until the source was opened."""
        source = project.data.get(params.source)
        return describe_columns(source) if source else {}


def choose_batch(count: int) -> int:
    """The largest power of two that makes an epoch of so many samples some steps; 0 where they are too few for that."""
    return 1 << (count // FEW_STEPS).bit_length() - 1 if count >= 2 * FEW_STEPS else 0


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
    calls = "shared"

    class Params(kinds.Params):
        """Which network, and how it is called."""

        network: str = Field("model", max_length=80, description="The network that is called.")
        mode: Literal["auto", "train", "eval"] = Field(
            "auto", description="Whether dropout and batch statistics are active; auto: while it is being trained."
        )


class Augment(TrainingKind):
    """Changes the images of each batch a little, at random: never seeing the same image twice, a network learns better.

    It works while training only; validation sees the images as they are. Colours and noise are changed in units of the
    prepared images, whose deviation is about 1 where they are scaled to that.

    Shapes:
        image: (B, channels, height, width), as the input.

    Reference:
        Shorten and Khoshgoftaar, A survey on image data augmentation for deep learning, 2019.
        Cubuk et al., RandAugment, 2020. DeVries and Taylor, Improved regularization with Cutout, 2017.
    """

    kind = "Augment"
    family = "Data"
    role = "operation"
    rests_in_evaluation = True
    synonyms: ClassVar[tuple[str, ...]] = (
        *("flip", "crop", "shift", "rotate", "random", "transform", "augmentation"),
        *("colour jitter", "brightness", "contrast", "noise", "cutout", "erase", "randaugment"),
    )
    shown = ("flip", "crop_padding", "rotate")
    part: ClassVar[type[parts.Augment]] = parts.Augment
    inputs: ClassVar[tuple[Port, ...]] = (Port("image", ranks=(4,), help="Images."),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("image", ranks=(4,)),)

    class Params(kinds.Params):
        """Which changes, and how large they may be."""

        flip: bool = Field(False, description="Mirror left and right, every second image.")
        flip_vertical: bool = Field(False, description="Mirror top and bottom, every second image.")
        crop_padding: int = Field(
            0,
            ge=0,
            le=512,
            description="Added on each side before a random crop of the old size.",
            json_schema_extra={"unit": "pixels"},
        )
        shift: float = Field(
            0.0, ge=0, le=1, description="The largest shift.", json_schema_extra={"unit": "of the side"}
        )
        rotate: float = Field(
            0.0, ge=0, le=180, description="The largest turn to either side.", json_schema_extra={"unit": "degrees"}
        )
        fill: float = Field(0.0, description="The value of pixels from outside the image.")
        brightness: float = Field(0.0, ge=0, le=10, description="The largest number added to all pixels or taken off.")
        contrast: float = Field(0.0, ge=0, le=1, description="How far pixels move from their mean or towards it.")
        saturation: float = Field(0.0, ge=0, le=1, description="How far colours move from grey or towards it.")
        noise: float = Field(0.0, ge=0, le=10, description="The deviation of noise on every pixel.")
        erase: float = Field(
            0.0,
            ge=0,
            le=1,
            description="The side of a square that is blanked out in every image.",
            json_schema_extra={"unit": "of the side"},
        )
        random: int = Field(
            0, ge=0, le=8, description="How many more changes each image gets, each drawn out of all of these kinds."
        )
        strength: float = Field(0.3, ge=0, le=1, description="How large those drawn changes are.")

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the module; it changes images in training mode only."""
        defaults = cls.Params.model_validate({})
        kwargs = {name: value for name, value in params.model_dump().items() if value != getattr(defaults, name)}
        return Construct(cls.part, kwargs=kwargs)


class AugmentMasks(Augment):
    """Changes the images of each batch a little, at random, and moves their masks along with them.

    Link both outputs to where pictures and masks went. Flips, crops, shifts and turns move a mask as they move its image,
    without mixing classes; colours and noise leave it alone. What comes in from outside, and what is blanked out, is ground in
    the mask, or of the class that mask_fill says. It works while training only.

    Shapes:
        image: (B, channels, height, width), as the input. mask: (B, 1, height, width) or (B, height, width), as the input.

    Reference:
        Shorten and Khoshgoftaar, A survey on image data augmentation for deep learning, 2019.
    """

    kind = "AugmentMasks"
    title = "Augment with masks"
    bypass = "never"
    part = parts.AugmentMasks
    synonyms = ("segmentation", "mask", *Augment.synonyms)
    inputs = (*Augment.inputs, Port("mask", ranks=(3, 4), dtype="any", help="The mask of each."))
    outputs = (*Augment.outputs, Port("mask", ranks=(3, 4), dtype="any"))

    class Params(Augment.Params):
        """Which changes, how large they may be, and what is outside."""

        mask_fill: int = Field(
            0,
            ge=0,
            le=255,
            description="The class of pixels from outside: 0 is the ground, 255 often stands for no class.",
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the module. Raises Misfit where masks are not as large as their images."""
        image, mask = specs[0], specs[1] if len(specs) > 1 else None
        if image is not None and mask is not None and image.shape[-2:] != mask.shape[-2:]:
            raise Misfit("mask_size", "a mask has to be as large as its image", port="mask")
        return super().construct(params, specs)
