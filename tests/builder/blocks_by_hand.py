"""The shipped blocks as one would write them in PyTorch by hand."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def convolve(inputs: int, outputs: int, size: int = 3, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(outputs)]


class Around(nn.Module):
    """A branch, a way around it, and a ReLU on their sum."""

    def __init__(self, branch: list[nn.Module], shortcut: list[nn.Module] | None = None, relu: bool = True) -> None:
        super().__init__()
        self.branch, self.shortcut = nn.Sequential(*branch), nn.Sequential(*(shortcut or ()))
        self.end = nn.ReLU() if relu else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.end(self.branch(x) + self.shortcut(x))


def basic(channels: int) -> nn.Module:
    return Around([*convolve(channels, channels), nn.ReLU(), *convolve(channels, channels)])


def basic_downsampling(inputs: int, channels: int, stride: int) -> nn.Module:
    branch = [*convolve(inputs, channels, stride=stride), nn.ReLU(), *convolve(channels, channels)]
    return Around(branch, convolve(inputs, channels, 1, stride))


def bottleneck(inputs: int, width: int, expansion: int, stride: int = 1) -> nn.Module:
    outputs = width * expansion
    branch = [*convolve(inputs, width, 1), nn.ReLU(), *convolve(width, width, stride=stride), nn.ReLU()]
    shortcut = convolve(inputs, outputs, 1, stride) if inputs != outputs else None
    return Around([*branch, *convolve(width, outputs, 1)], shortcut)


def inverted(inputs: int, outputs: int, expansion: int, stride: int) -> nn.Module:
    wide = inputs * expansion
    depthwise = convolve(wide, wide, stride=stride, groups=wide)
    branch = [*convolve(inputs, wide, 1), nn.Hardswish(), *depthwise, nn.Hardswish(), *convolve(wide, outputs, 1)]
    return Around(branch, relu=False) if inputs == outputs and stride == 1 else nn.Sequential(*branch)


class SqueezeExcitation(nn.Module):
    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, channels // reduction, 1)
        self.restore = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        weights = torch.sigmoid(self.restore(torch.relu(self.reduce(x.mean((2, 3), keepdim=True)))))
        return x * weights


def convolve_twice(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(*convolve(inputs, outputs), nn.ReLU(), *convolve(outputs, outputs), nn.ReLU())


class Down(nn.Module):
    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.both = convolve_twice(inputs, channels)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        skip = self.both(x)
        return nn.functional.max_pool2d(skip, 2), skip


class Up(nn.Module):
    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, channels, 2, 2)
        self.both = convolve_twice(2 * channels, channels)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return self.both(torch.cat([skip, self.up(x)], 1))


class Encoder(nn.Module):
    """PyTorch's own layer, its parts in the order in which they are drawn."""

    def __init__(self, features: int, heads: int, expansion: int) -> None:
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            features, heads, features * expansion, 0.0, "gelu", batch_first=True, norm_first=True
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


class Decoder(nn.Module):
    """PyTorch's own layer, with the mask that hides what is to come."""

    def __init__(self, features: int, heads: int, expansion: int) -> None:
        super().__init__()
        self.layer = nn.TransformerDecoderLayer(
            features, heads, features * expansion, 0.0, "gelu", batch_first=True, norm_first=True
        )

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.layer(x, memory, tgt_mask=mask, tgt_is_causal=True)


class GPTBlock(nn.Module):
    """PyTorch's own encoder layer, with the mask that hides what is to come."""

    def __init__(self, features: int, heads: int, expansion: int) -> None:
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            features, heads, features * expansion, 0.0, "gelu", batch_first=True, norm_first=True
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x, nn.Transformer.generate_square_subsequent_mask(x.shape[1]), is_causal=True)


class RecurrentEncoder(nn.Module):
    """One sentence at a time, as long as it is."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.gru = nn.GRU(features, hidden, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * hidden, hidden)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        read = [self.gru(row[:length].unsqueeze(0)) for row, length in zip(x, lengths.tolist(), strict=True)]
        memory = [nn.functional.pad(states[0], (0, 0, 0, x.shape[1] - states.shape[1])) for states, _ in read]
        return torch.stack(memory), torch.cat([torch.tanh(self.linear(torch.cat([*last], 1))) for _, last in read])


class AttentionDecoder(nn.Module):
    """One word at a time, as in the paper, with the additive score."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.gru = nn.GRU(features, hidden, batch_first=True)
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.memory = nn.Linear(2 * hidden, hidden)
        self.score = nn.Linear(hidden, 1, bias=False)
        self.linear = nn.Linear(3 * hidden, hidden)

    def forward(self, x: Tensor, state: Tensor, memory: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        outputs, alignment = [], []
        for step in x.unbind(1):
            state = self.gru(step.unsqueeze(1), state.unsqueeze(0))[1][0]
            scores = self.score(torch.tanh(self.query(state).unsqueeze(1) + self.memory(memory)))
            ended = torch.arange(memory.shape[1]) >= lengths.unsqueeze(1)
            weights = scores.masked_fill(ended.unsqueeze(2), float("-inf")).softmax(dim=1)
            outputs.append(torch.tanh(self.linear(torch.cat([state, (weights * memory).sum(1)], 1))))
            alignment.append(weights.squeeze(2))
        return torch.stack(outputs, 1), torch.stack(alignment, 1)


class Head(nn.Module):
    def __init__(self, features: int, hidden: int, layers: int, classes: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(features, hidden, layers, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * hidden, classes)

    def forward(self, x: Tensor) -> Tensor:
        _, (last, _) = self.lstm(x)
        return self.linear(torch.cat([last[-2], last[-1]], 1))
