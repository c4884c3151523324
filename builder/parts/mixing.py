"""Mixing of pictures and their classes: two pictures become one, and what is on it is so much of each. Needs only torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Mix(nn.Module):
    """Mixes every picture of a batch with another one while training, and the truth by the same share.

    Where both ways are wanted, each picture gets one of them. Outside training pictures stay as they are, and the truth
    says 1 for the class and 0 for all others.

    Shapes:
        image (B, C, H, W) and label (B); gives the images and the truth (B, classes), which adds up to 1.

    Args:
        classes: how many classes there are.
        mixup: pictures shine through each other; the shares are drawn from a beta distribution of this, 0 for not at all.
        cutmix: a box of one picture is put into the other; its area is drawn likewise, 0 for not at all.

    Reference:
        Zhang et al. 2018, mixup; Yun et al. 2019, CutMix.
    """

    def __init__(self, classes: int, mixup: float = 0.2, cutmix: float = 0.0) -> None:
        super().__init__()
        self.classes, self.mixup, self.cutmix = classes, mixup, cutmix

    def forward(self, image: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        """Mix pictures and truth, with one draw for both."""
        truth = F.one_hot(label.long(), self.classes).to(image.dtype)
        if not self.training or not (self.mixup or self.cutmix):
            return image, truth
        order = torch.randperm(len(image), device=image.device)
        masks = [shine(image, self.mixup)] if self.mixup else []
        masks += [cut_box(image, self.cutmix)] if self.cutmix else []
        kept = masks[0]
        if len(masks) > 1:
            chosen = torch.rand(len(image), 1, 1, 1, device=image.device) < 0.5
            kept = torch.where(chosen, masks[0], masks[1])
        share = kept.mean((1, 2, 3))[:, None]
        return image * kept + image[order] * (1 - kept), truth * share + truth[order] * (1 - share)


def draw_shares(image: Tensor, alpha: float) -> Tensor:
    """A share for each picture from a beta distribution, whose both parameters are alpha."""
    both = torch.full((len(image), 2), alpha, device=image.device)
    shares: Tensor = torch._sample_dirichlet(both)
    return shares[:, 0].to(image.dtype)


def shine(image: Tensor, alpha: float) -> Tensor:
    """How much is kept of each pixel (B, 1, H, W): all of a picture alike."""
    shares = draw_shares(image, alpha).view(-1, 1, 1, 1)
    return shares.expand(-1, 1, *image.shape[2:])


def cut_box(image: Tensor, alpha: float) -> Tensor:
    """How much is kept of each pixel (B, 1, H, W): nothing in a box somewhere, of which the edge may cut off a part."""
    batch, _, height, width = image.shape
    side = (1 - draw_shares(image, alpha)).sqrt()[:, None]
    middle = torch.rand(2, batch, 1, device=image.device)
    rows = (torch.arange(height, device=image.device) + 0.5) / height
    columns = (torch.arange(width, device=image.device) + 0.5) / width
    inside = [(places - at).abs() * 2 < side for places, at in zip((rows, columns), middle, strict=True)]
    outside: Tensor = ~(inside[0][:, :, None] & inside[1][:, None, :])
    return outside[:, None].to(image.dtype)
