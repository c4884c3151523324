"""Networks that learn with others, from others or from two kinds of input.

Every ``train_*`` takes the training part of each source by field and gives the networks that it trained, by name.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.reference.common import draw_batches, repeat, take_step
from builder.parts.augment import Augment

Fields = Mapping[str, Tensor]
Networks = dict[str, nn.Module]


class TwoInputs(nn.Module):
    """A branch for the picture, one for the row, and one for both."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = nn.Sequential(
            nn.Conv2d(1, 24, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(24, 32, 3, 1, 1), nn.ReLU(),
            nn.Flatten(), nn.Linear(512, 32), nn.ReLU(),
        )  # fmt: skip
        self.row = nn.Sequential(nn.Linear(3, 32), nn.ReLU())
        self.both = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 3)
        )

    def forward(self, pieces: Tensor, row: Tensor) -> Tensor:
        """Scores of the outcomes."""
        return self.both(torch.cat([self.picture(pieces), self.row(row)], dim=1))  # type: ignore[no-any-return]


def train_two_inputs(main: Fields, epochs: int) -> Networks:
    """Plain supervised learning from a picture and a row, at a rate that falls along a cosine from epoch to epoch."""
    model = TwoInputs()
    adam = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, epochs)
    for _ in range(epochs):
        for pieces, row, outcome in draw_batches(1, 32, main["pieces"], main["row"], main["outcome"]):
            take_step(adam, functional.cross_entropy(model(pieces, row), outcome))
        schedule.step()
    return {"model": model}


class FilmReader(nn.Module):
    """Convolutions over each frame, and an LSTM over time."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 24, 3, 2, 1), nn.ReLU(), nn.Flatten()
        )
        self.lstm = nn.LSTM(384, 64, batch_first=True)
        self.linear = nn.Linear(64, 8)

    def forward(self, film: Tensor) -> Tensor:
        """Scores of the directions for films (B, 1, 16, 6 * 16)."""
        frames = film.reshape(len(film), 16, 6, 16).transpose(1, 2).reshape(-1, 1, 16, 16)
        steps, _ = self.lstm(self.frame(frames).reshape(len(film), 6, -1))
        return self.linear(steps[:, -1])  # type: ignore[no-any-return]


def train_cnn_rnn(main: Fields, epochs: int) -> Networks:
    """Plain supervised learning from films."""
    model = FilmReader()
    adam = torch.optim.Adam(model.parameters(), lr=2e-3)
    for film, direction in draw_batches(epochs, 32, main["film"], main["direction"]):
        take_step(adam, functional.cross_entropy(model(film), direction))
    return {"model": model}


def make_teacher() -> nn.Module:
    """A convolutional network for digits of 16×16 pixels."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, 1, 1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, 1, 1),
        nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.3), nn.Linear(1024, 10),
    )  # fmt: skip


def make_student() -> nn.Module:
    """Sixteen units between picture and classes."""
    return nn.Sequential(nn.Flatten(), nn.Linear(256, 16), nn.ReLU(), nn.Linear(16, 10))


def train_distillation(labelled: Fields, unlabelled: Fields, epochs: int) -> Networks:
    """Hinton et al. 2015, on pictures without labels, from a teacher that learns in the same steps."""
    student, teacher, augment = make_student(), make_teacher(), Augment(shift=0.08, rotate=10).train()
    teacher_adam = torch.optim.Adam(teacher.parameters(), lr=1e-3)
    student_adam = torch.optim.Adam(student.parameters(), lr=2e-3)
    others = repeat(unlabelled["image"], 64)
    for image, label in draw_batches(epochs, 32, labelled["image"], labelled["label"]):
        take_step(teacher_adam, functional.cross_entropy(teacher.train()(augment(image)), label))
        other = next(others)
        with torch.no_grad():
            wished = functional.log_softmax(teacher.eval()(other) / 2.0, dim=1)
        said = functional.log_softmax(student(other) / 2.0, dim=1)
        soft = functional.kl_div(said, wished, reduction="batchmean", log_target=True) * 4.0
        take_step(student_adam, functional.cross_entropy(student(image), label) + soft)
    return {"student": student, "teacher": teacher}


def make_encoder() -> nn.Module:
    """From pictures to twelve features."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 1, 1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, 1, 1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 12, 3, 1, 1), nn.BatchNorm2d(12), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    )  # fmt: skip


def train_simclr(main: Fields, epochs: int) -> Networks:
    """Chen et al. 2020, without labels."""
    encoder, augment = make_encoder(), Augment(shift=0.15, rotate=25).train()
    head = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 32))
    adam = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=2e-3)
    for (image,) in draw_batches(epochs, 128, main["image"]):
        if len(image) == 128:
            views = torch.cat([head(encoder(augment(image))), head(encoder(augment(image)))])
            views = functional.normalize(views, dim=1)
            likeness = (views @ views.T / 0.3).masked_fill(torch.eye(256, dtype=torch.bool), float("-inf"))
            take_step(adam, functional.cross_entropy(likeness, torch.arange(256).roll(128)))
    return {"encoder": encoder}


class Enlarger(nn.Module):
    """What bicubic enlargement leaves out."""

    def __init__(self) -> None:
        super().__init__()
        self.details = nn.Sequential(
            nn.Conv2d(3, 48, 3, 1, 1), nn.LeakyReLU(0.1), nn.Conv2d(48, 48, 3, 1, 1), nn.LeakyReLU(0.1),
            nn.Conv2d(48, 48, 3, 1, 1), nn.LeakyReLU(0.1), nn.Conv2d(48, 12, 3, 1, 1), nn.PixelShuffle(2),
        )  # fmt: skip
        last = self.details[6]
        nn.init.normal_(last.weight, 0.0, 0.001)
        nn.init.zeros_(last.bias)

    def forward(self, low: Tensor) -> Tensor:
        """Pictures twice as large."""
        return self.details(low) + functional.interpolate(low, scale_factor=2.0, mode="bicubic")  # type: ignore[no-any-return]


def train_super_resolution(main: Fields, epochs: int) -> Networks:
    """The distance to the truth, with a rate that falls along a cosine from epoch to epoch."""
    enlarge = Enlarger()
    adam = torch.optim.Adam(enlarge.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, epochs)
    for _ in range(epochs):
        for (high,) in draw_batches(1, 16, main["image"]):
            take_step(adam, functional.l1_loss(enlarge(functional.avg_pool2d(high, 2)), high))
        schedule.step()
    return {"enlarge": enlarge}
