"""A deep residual perceptron whose hidden layers lie in a list, each followed by its own normalisation."""

import torch.nn as nn
import torch.nn.functional as F


class DeepPerceptron(nn.Module):
    def __init__(self, in_features=20, hidden=32, depth=3, classes=4):
        super().__init__()
        self.first = nn.Linear(in_features, hidden)
        self.layers = nn.ModuleList([nn.Linear(hidden, hidden) for _ in range(depth)])
        self.norms = nn.ModuleList()
        for _ in range(depth):
            self.norms.append(nn.LayerNorm(hidden))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x):
        x = F.gelu(self.first(x))
        for layer, norm in zip(self.layers, self.norms):
            x = x + self.drop(F.gelu(layer(norm(x))))
        return self.head(x)
