"""What pictures with masks are learned and judged by: which pixels belong to a thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from builder.kinds import Construct, Params, Port
from builder.layers.base import Misfit, Specs
from builder.layers.parameters import Whole
from builder.parts import masks as parts
from builder.parts.mask_pictures import COVER, GROUND, choose_colour, write_colour
from builder.parts.preparation import IGNORED as NO_CLASS
from builder.training.answers import Facts, choose_field, restore_units
from builder.training.base import Loss, Preview
from builder.training.fitting import check_classes, check_same_shape, describe, holds_same_numbers, is_integer
from builder.training.metrics import ClassMetric, ScoreParams
from builder.training.picture_rows import list_lines, pile
from builder.training.previews import COUNT_HELP, FIELD_HELP, encode_images

WHITE = 1.0
MOST_NAMED = 12
"""Classes whose colours are told wherever masks are shown."""
IGNORED = "Of several classes one whose pixels count for nothing, or 255 where that stands for no class."


class DiceLoss(Loss):
    """How far the masks that a network finds are from covering the true ones, however small the things are.

    Cross-entropy counts pixels, so that a small thing hardly counts; this counts the share that is found. The sigmoid, of
    several classes the softmax, is part of this loss. It is often added to cross-entropy.

    Several classes count alike in every picture, the ground included. A class that is not in a picture costs nothing where
    none of it is found, and nearly as much as a missed one where much is, as in MONAI.

    Shapes:
        input: (B, 1, height, width), plain scores, or (B, classes, height, width).
        target: as many numbers from 0 to 1, or (B, height, width), the number of the true class.
        output: one number, the mean over the pictures, of several classes over these too.

    Formula:
        1 - (2 * sum(p * target) + smooth) / (sum(p) + sum(target) + smooth), with p = sigmoid(input)
        several classes: the mean of this over the classes, with p = softmax(input) and a target of 0 and 1 for each

    Reference:
        Milletari et al., V-Net, 2016.
    """

    kind = "DiceLoss"
    family = "Losses"
    synonyms = ("segmentation", "mask", "overlap", "f1", "soft dice")
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input", help="Scores: one a pixel, or one a class."),
        Port("target", dtype="number", help="The true masks."),
    )

    class Params(Params):
        """What keeps empty masks apart from wrong ones, and which pixels do not count."""

        smooth: float = Field(1.0, gt=0, description="Added above and below the line, so that two empty masks agree.")
        ignore_index: Whole = Field(-100, description=IGNORED)

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss."""
        if check_pixels(specs):
            return Construct(parts.ClassDiceLoss, kwargs=params.model_dump())
        return Construct(parts.DiceLoss, kwargs={"smooth": params.smooth})


def check_pixels(specs: Specs) -> bool:
    """Check that scores fit a mask; return whether it holds the numbers of classes, each of which has a score.

    Raises:
        Misfit: ``target_shape`` where they do not fit.
    """
    given, target = specs[0], specs[1] if len(specs) > 1 else None
    if given is None or target is None or not names_classes(specs):
        check_same_shape(specs)
        return False
    if check_classes(specs) != 1 or target.rank < 2 or given.shape[1] == 1:
        reason = f"got scores of {describe(given)} for the numbers of classes of {describe(target)}"
        wanted = "needs one score a class at every pixel"
        raise Misfit("target_shape", f"{reason}, {wanted}", port="input", got=given, wants=target)
    return True


class MaskParams(ScoreParams):
    """How the scores of the classes become one, and which pixels do not count."""

    average: Literal["macro", "micro", "weighted", "binary"] = Field(
        "binary",
        description="binary: class 1, the thing; macro: all classes alike, the ground included; weighted: by their pixels.",
    )
    ignore_index: Whole | None = Field(None, description=f"{IGNORED} As in the loss.")


class MaskMetric(ClassMetric):
    """A metric of masks that are found and true ones."""

    shown = ("average",)
    inputs = ClassMetric.inputs[:2]
    Params = MaskParams

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that counts; where there is one score a pixel no class can be left out."""
        ignored = params.ignore_index if names_classes(specs) else None
        return super().construct(params.model_copy(update={"ignore_index": ignored}), specs)


def names_classes(specs: Specs) -> bool:
    """Whether a mask holds the numbers of classes, and there is more than one score a pixel."""
    given, target = specs[0], specs[1] if len(specs) > 1 else None
    return given is not None and target is not None and is_integer(target) and not holds_same_numbers(given, target)


class IoU(MaskMetric):
    """How much the masks that are found and the true ones have in common: what both cover over what either covers.

    Shapes:
        input: (B, 1, height, width) scores for yes or no, or (B, classes, height, width).
        target: (B, 1, height, width) of 0 and 1, or (B, height, width), the number of the true class.

    Formula:
        pixels in both / pixels in either
    """

    kind = "IoU"
    title = "Intersection over union"
    synonyms = ("jaccard", "segmentation", "mask", "overlap")
    part = parts.IoU


class Dice(MaskMetric):
    """How much the masks that are found and the true ones have in common: twice what both cover over the sum of both.

    Shapes:
        input: (B, 1, height, width) scores for yes or no, or (B, classes, height, width).
        target: (B, 1, height, width) of 0 and 1, or (B, height, width), the number of the true class.

    Formula:
        2 * pixels in both / (pixels found + true pixels)
    """

    kind = "Dice"
    title = "Dice score"
    synonyms = ("f1", "segmentation", "mask", "overlap")
    part = parts.Dice


class MaskRows(Preview):
    """Pictures, below them what the network takes for the thing, and below that what really is: masks in colour over them.

    Shapes:
        image: (B, channels, height, width).
        input: (B, 1, height, width), scores for yes or no, or (B, classes, height, width).
        target: (B, 1, height, width) of 0 and 1, or (B, height, width), the number of the true class.
    """

    kind = "MaskRows"
    family = "Previews"
    title = "Masks over pictures"
    synonyms = ("segmentation", "overlay", "mask", "pixels")
    shown = ("count",)
    inputs = (
        Port("image", ranks=(4,), help="The pictures."),
        Port("input", ranks=(4,), help="The network's scores."),
        Port("target", ranks=(3, 4), dtype="number", optional=True, help="The true masks."),
    )

    class Params(ScoreParams):
        """How many columns are shown, and what is a yes."""

        count: int = Field(8, ge=1, le=64, description=COUNT_HELP)
        image_field: str | None = Field(None, max_length=80, description=FIELD_HELP)

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """An ``image_grid`` whose images are the columns, with the names of their rows and of the colours."""
        image, scores, target = (None if tensor is None else tensor[: params.count] for tensor in inputs)
        assert image is not None and scores is not None
        picture = show_picture(image, choose_field(facts, params.image_field, "image", "input"))
        masks = [find_numbers(params, scores), *([] if target is None else [target.round().long()])]
        known = choose_field(facts, None, role="target")
        return draw_rows(picture, masks, known.get("classes") or (GROUND, known["name"] or "thing"))


def draw_rows(picture: Tensor, masks: Sequence[Tensor], classes: Sequence[str]) -> dict[str, Any]:
    """An ``image_grid`` of pictures (B, 3, H, W) from 0 to 1, each above itself with the mask found, and with the true one."""
    rows = [picture, *(lay_over(picture, mask) for mask in masks)]
    images = encode_images(pile(rows, WHITE), {"scaling": "unit"})
    names = ["picture", "found", "true"][: len(rows)]
    return {"type": "image_grid", "images": images, "rows": names, "lines": list_lines(rows),
            "legend": list_colours(masks, classes)}  # fmt: skip


def list_colours(masks: Sequence[Tensor], classes: Sequence[str]) -> list[dict[str, str | None]]:
    """The classes and their colours as ``#rrggbb``, of many only those that occur; none of the ground, which is left as it is."""
    seen = set().union(*(torch.unique(mask).tolist() for mask in masks))
    shown = seen | set(range(len(classes))) if len(classes) <= MOST_NAMED else seen
    return [
        {"name": name_number(number, classes), "colour": write_colour(choose_colour(number)) if number else None}
        for number in sorted(shown)
    ]


def name_number(number: int, classes: Sequence[str]) -> str:
    """The name of a class, the number where it has none."""
    if number == NO_CLASS:
        return "no class"
    return classes[number] if number < len(classes) else str(number)


def show_picture(image: Tensor, meaning: dict[str, Any]) -> Tensor:
    """Pictures in red, green and blue from 0 to 1."""
    values = restore_units(image.detach().float(), meaning, axes=(-1, 1, 1)).float()
    shown = values / 255 if meaning.get("scaling") == "none" else values
    return shown.clamp(0, 1).expand(-1, 3, -1, -1)


def find_numbers(params: Any, scores: Tensor) -> Tensor:
    """The number of the class of each pixel (B, H, W)."""
    if scores.shape[1] > 1:
        return scores.argmax(1)
    chance = scores.sigmoid() if params.scores == "logits" else scores
    numbers: Tensor = (chance > params.threshold).long()[:, 0]
    return numbers


def lay_over(picture: Tensor, mask: Tensor) -> Tensor:
    """Pictures with the classes of a mask in colour; the ground, class 0, is left as it is."""
    numbers = mask.reshape(len(mask), 1, *mask.shape[-2:])
    most = int(numbers.max()) + 1 if numbers.numel() else 1
    colours = torch.tensor(
        [choose_colour(number) for number in range(most)], dtype=picture.dtype, device=picture.device
    )
    coloured = colours[numbers[:, 0]].permute(0, 3, 1, 2) / 255
    return torch.where(numbers > 0, picture * (1 - COVER) + coloured * COVER, picture)
