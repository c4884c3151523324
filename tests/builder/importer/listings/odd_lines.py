"""A network with lines that no layer stands for: each gets a sentence, and everything else is kept."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Odd(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(32, width, 3, padding=1)
        self.act = nn.Hardtanh(-2.0, 2.0)
        self.attention = nn.MultiheadAttention(32, 4)
        self.fc = nn.Linear(32, 10)
        for name, parameter in self.named_parameters():
            nn.init.uniform_(parameter)

    def forward(self, x, mask=None):
        x = x / 255.0
        x = self.act(self.conv1(x))
        if x.mean() > 0:
            x = -x
        x = self.conv2(x) * self.scale
        with torch.no_grad():
            peak = torch.einsum("bchw->bc", x)
        x = F.dropout(x, 0.5)
        if mask is not None:
            x = x * mask
        return self.fc(peak), x.squeeze()
