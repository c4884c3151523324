"""How much each place of a picture speaks for a score: by maps of channels, by gradients, by covering it.

captum is imported where it is needed: it takes a second, and nobody else needs it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from builder.compiler import PlannedNetwork, Trail, watching
from builder.plan import Call, NetworkPlan

CONVOLUTIONS = ("Conv2d", "ConvTranspose2d")
STEPS = 48
"""Pictures between the blank one and the real one; with fewer the parts of a deep network do not add up to the whole."""
WINDOWS = 6
"""Squares beside each other along a square picture; the next one covers half of each."""
MOST_AT_ONCE = 32
MOST_NUMBERS = 800_000
"""In a batch, so that large pictures need no more memory than small ones."""


@dataclass(frozen=True)
class Map:
    """A node that gives a map for every channel: how it is addressed, how it is called, its size (height, width)."""

    key: str
    title: str
    size: tuple[int, int]


class Tapped(nn.Module):
    """A network as a function of pictures alone, with a tap at one of its nodes.

    Args:
        network: at rest; nobody else may use it meanwhile.
        inputs: a batch of one for each input.
        place: which of them is the picture.
        read: makes scores (B, classes) of what the network gives.
    """

    def __init__(
        self, network: PlannedNetwork, inputs: Sequence[Tensor], place: int, read: Callable[[Any], Tensor]
    ) -> None:
        super().__init__()
        self.network, self.inputs, self.place, self.read = network, inputs, place, read
        self.tap, self.key = nn.Identity(), ""

    def forward(self, pictures: Tensor) -> Tensor:
        """Scores (B, classes) of pictures (B, C, H, W)."""
        batch = [value.expand(len(pictures), *value.shape[1:]) for value in self.inputs]
        batch[self.place] = pictures
        if not self.key:
            return self.read(self.network(*batch))
        with watching(self.network, self._tell):
            return self.read(self.network(*batch))

    def _tell(self, trail: Trail, plan: NetworkPlan, call: Call, value: Any) -> None:
        """Let what comes out of the tapped node go through the tap, where it is seen."""
        if address(trail, call.node) == self.key:
            self.tap(value)


def address(trail: Trail, node: str) -> str:
    """The address of a node in the blocks that lead to it."""
    return "/".join([*(f"{block}.{turn + 1}" if turn else block for _, block, turn in trail), node])


def list_maps(network: PlannedNetwork, inputs: Sequence[Tensor]) -> list[Map]:
    """The nodes with a map for every channel from the first convolution on, in the order of their computation."""
    found: list[Map] = []
    convolved = False

    def tell(trail: Trail, plan: NetworkPlan, call: Call, value: Any) -> None:
        nonlocal convolved
        convolved = convolved or call.layer.kind in CONVOLUTIONS
        if convolved and isinstance(value, Tensor) and is_map(value):
            key = address(trail, call.node)
            found.append(Map(key, key.replace("/", " › "), (int(value.shape[-2]), int(value.shape[-1]))))

    with torch.no_grad(), watching(network, tell):
        network(*inputs)
    return found


def is_map(value: Tensor) -> bool:
    """Whether it holds a map (1, C, H, W) of one picture for every channel: not of several pieces or frames of it."""
    return value.dim() == 4 and len(value) == 1 and value.shape[-2] * value.shape[-1] > 1


def light_maps(model: Tapped, key: str, picture: Tensor, label: int) -> Tensor:
    """Grad-CAM: the channels of a node, weighted by how much each would raise the score; what lowers it is left out.

    Shapes:
        picture: (1, C, H, W). The result is (H, W), not below 0.

    Reference:
        Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, 2017.
    """
    from captum.attr import LayerAttribution, LayerGradCam

    model.key = key
    try:
        lit = LayerGradCam(model, model.tap).attribute(need_gradient(picture), label, relu_attributions=True)
    finally:
        model.key = ""
    large: Tensor = LayerAttribution.interpolate(lit, tuple(picture.shape[-2:]), "bilinear")
    return large.detach()[0, 0]


def integrate_gradients(model: Tapped, picture: Tensor, label: int) -> Tensor:
    """Integrated gradients from a blank picture; all parts add up to the difference of both scores.

    Shapes:
        picture: (1, C, H, W). The result is (H, W), summed over channels.

    Reference:
        Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks, 2017.
    """
    from captum.attr import IntegratedGradients

    parts: Tensor = IntegratedGradients(model).attribute(
        need_gradient(picture),
        make_blank(picture),
        label,
        n_steps=STEPS,
        internal_batch_size=choose_batch(picture),
    )
    return parts.detach()[0].sum(0).to(picture.dtype)


def cover(score: Callable[[Tensor], Tensor], picture: Tensor, label: int) -> Tensor:
    """Occlusion: how much is lost where a square is covered with the colour of the blank picture.

    Shapes:
        picture: (1, C, H, W). The result is (H, W), the mean over the squares that cover a place.

    Reference:
        Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2014.
    """
    from captum.attr import Occlusion

    channels, (height, width) = picture.shape[1], window_of(picture)
    with torch.no_grad():
        lost: Tensor = Occlusion(score).attribute(
            picture,
            (channels, height, width),
            (channels, max(1, height // 2), max(1, width // 2)),
            baselines=make_blank(picture),
            target=label,
            perturbations_per_eval=choose_batch(picture),
        )
    return lost[0, 0]


def window_of(picture: Tensor) -> tuple[int, int]:
    """Height and width of the square that covers a picture, in pixels; narrower where the picture is."""
    height, width = picture.shape[-2:]
    side = max(2, round(math.sqrt(height * width) / WINDOWS))
    return min(height, side), min(width, side)


def make_blank(picture: Tensor) -> Tensor:
    """A picture of one colour: the mean of the given one's edge, so that an empty ground stays what it is.

    Shapes:
        picture: (1, C, H, W), as the result.
    """
    edge = [picture[..., 0, :], picture[..., -1, :], picture[..., 1:-1, 0], picture[..., 1:-1, -1]]
    colour = torch.cat([side.reshape(*picture.shape[:2], -1) for side in edge], -1).mean(-1)
    return colour[..., None, None].expand_as(picture).contiguous()


def need_gradient(picture: Tensor) -> Tensor:
    """The picture as a leaf that gradients are taken for."""
    return picture.detach().clone().requires_grad_()


def choose_batch(picture: Tensor) -> int:
    """How many pictures of this size are computed at once."""
    return max(1, min(MOST_AT_ONCE, MOST_NUMBERS // picture.numel()))
