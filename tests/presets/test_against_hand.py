"""VGG, DenseNet and U-Net, which transformers does not have, against the networks of their papers as one writes them by hand."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from builder.compiler import build_network
from runtime.weights.carrying import call_elsewhere
from runtime.weights.starting import name_tensors
from tests.builder.blocks_by_hand import convolve_twice
from tests.presets.architectures import load

pytestmark = pytest.mark.slow

SIDE = 64


class DenseLayer(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(channels), nn.Conv2d(channels, 128, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(128), nn.Conv2d(128, 32, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        new = self.conv1(torch.relu(self.norm1(x)))
        return torch.cat([x, self.conv2(torch.relu(self.norm2(new)))], 1)


class DenseNet(nn.Module):
    """With the names of torchvision's."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features, channels = nn.Sequential(), 64
        self.features.add_module("conv0", nn.Conv2d(3, 64, 7, 2, 3, bias=False))
        self.features.add_module("norm0", nn.BatchNorm2d(64))
        self.features.add_module("rest0", nn.Sequential(nn.ReLU(), nn.MaxPool2d(3, 2, 1)))
        for block, count in enumerate((6, 12, 24, 16), 1):
            layers = nn.Sequential()
            for layer in range(count):
                layers.add_module(f"denselayer{layer + 1}", DenseLayer(channels))
                channels += 32
            self.features.add_module(f"denseblock{block}", layers)
            if block < 4:
                half = nn.Sequential()
                half.add_module("norm", nn.BatchNorm2d(channels))
                half.add_module("relu", nn.ReLU())
                half.add_module("conv", nn.Conv2d(channels, channels // 2, 1, bias=False))
                half.add_module("pool", nn.AvgPool2d(2))
                self.features.add_module(f"transition{block}", half)
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(torch.relu(self.features(x)).mean((2, 3)))


class VGG(nn.Module):
    """With the names of torchvision's."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
            channels = width or channels
        self.features = nn.Sequential(*layers)
        hidden = [nn.Linear(512 * 49, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
        self.classifier = nn.Sequential(*hidden, nn.Linear(4096, classes))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(nn.functional.adaptive_avg_pool2d(self.features(x), 7).flatten(1))


class UNet(nn.Module):
    def __init__(self, base: int, levels: int) -> None:
        super().__init__()
        widths = [base * 2**level for level in range(levels + 1)]
        self.down = nn.ModuleList(convolve_twice(a, b) for a, b in zip([3, *widths], widths, strict=False))
        pairs = list(pairwise(widths))[::-1]
        self.large = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in pairs)
        self.up = nn.ModuleList(convolve_twice(b, a) for a, b in pairs)
        self.head = nn.Conv2d(base, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for number, step in enumerate(self.down):
            x = step(nn.functional.max_pool2d(x, 2) if number else x)
            skips.append(x)
        for large, step, skip in zip(self.large, self.up, skips[-2::-1], strict=True):
            x = step(torch.cat([skip, large(x)], 1))
        return self.head(x)

    def in_order(self) -> list[nn.Module]:
        """Its parts in the order of the drawing."""
        both = [part for pair in zip(self.large, self.up, strict=True) for part in pair]
        return [*self.down, *both, self.head]


def stir(network: nn.Module) -> None:
    """Give normalisations statistics and scales that are not those of the start."""
    torch.manual_seed(1)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if tensor.dim() == 1:
                tensor.normal_(0, 0.1) if name.endswith(("bias", "mean")) else tensor.uniform_(0.5, 1.5)


def assert_equal(ours: nn.Module, weights: Mapping[str, Tensor], theirs: nn.Module, image: Tensor) -> None:
    ours.load_state_dict(weights)
    with torch.no_grad():
        wanted = theirs.eval()(image)
        assert wanted.std() > 1e-4
        torch.testing.assert_close(ours.eval()(image), wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("name", "made"), [("densenet121", DenseNet), ("vgg11", VGG)])
def test_a_network_computes_what_its_paper_says(name: str, made: type[nn.Module]) -> None:
    theirs, project = made(10), load(name, 10, SIDE)
    stir(theirs)
    ours, given = build_network(project, "model"), theirs.state_dict()
    names = call_elsewhere(ours.state_dict(), name_tensors(project, "model"))
    assert set(names.values()) == given.keys()
    assert_equal(ours, {own: given[name] for own, name in names.items()}, theirs, torch.randn(2, 3, SIDE, SIDE))


def test_u_net_computes_what_its_paper_says() -> None:
    theirs = UNet(12, 3)
    stir(theirs)
    given = [tensor for part in theirs.in_order() for tensor in part.state_dict().values()]
    ours = build_network(load("unet_masks", side=48), "model")
    weights = dict(zip(ours.state_dict(), given, strict=True))
    assert_equal(ours, weights, theirs, torch.randn(2, 3, 48, 48))
