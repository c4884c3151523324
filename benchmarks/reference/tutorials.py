"""Networks and the training loop as tutorials write them: a data set of single samples, ``.item()`` each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

CLASSES = 10


class Pictures(Dataset[tuple[Tensor, int]]):
    """Pictures as bytes, made a tensor when they are asked for, as the data sets of torchvision do."""

    def __init__(self, images: Tensor, labels: Tensor) -> None:
        self.images = (images * 255).byte().permute(0, 2, 3, 1).numpy()
        self.labels = labels.tolist()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, row: int) -> tuple[Tensor, int]:
        picture = Image.fromarray(self.images[row].squeeze())
        values = torch.from_numpy(np.array(picture)).float() / 255
        values = values.unsqueeze(0) if values.ndim == 2 else values.permute(2, 0, 1).contiguous()
        return (values - 0.5) / 0.5, self.labels[row]


def repeat(loader: DataLoader[tuple[Tensor, int]]) -> Iterator[tuple[Tensor, Tensor]]:
    """Epoch after epoch."""
    while True:
        yield from loader


def tutorial_loop(
    network: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor, batch: int
) -> Callable[[int], None]:
    """So many steps of the loop as it stands in tutorials."""
    batches = repeat(DataLoader(Pictures(images, labels), batch_size=batch, shuffle=True))
    criterion = nn.CrossEntropyLoss()
    network.train()

    def run(steps: int) -> None:
        running_loss, correct = 0.0, 0
        for _ in range(steps):
            inputs, targets = next(batches)
            optimizer.zero_grad()
            outputs = network(inputs)
            loss = criterion(outputs, targets)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
            correct += (outputs.argmax(1) == targets).sum().item()

    return run


def small_cnn() -> nn.Module:
    """One convolution for pictures of 28 by 28."""
    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(5408, CLASSES))


def cifar_cnn() -> nn.Module:
    """Two convolutions for coloured pictures of 32 by 32."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(4096, 128), nn.ReLU(), nn.Linear(128, CLASSES),
    )  # fmt: skip


class Residual(nn.Module):
    """Two convolutions with a way around them."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x: Tensor) -> Tensor:
        """B×C×H×W, as many or twice the channels."""
        inner = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(inner + self.shortcut(x))


def resnet18() -> nn.Module:
    """ResNet-18 for coloured pictures of 32 by 32."""
    sizes = [64, 64, 128, 256, 512]
    blocks = [
        block
        for before, after in pairwise(sizes)
        for block in (Residual(before, after, 1 if after == 64 else 2), Residual(after, after, 1))
    ]
    stem = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU()
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, CLASSES))
