"""A perceptron with two hidden layers for 28 x 28 images, written as one Sequential."""

from collections import OrderedDict

from torch import nn

hidden_sizes = [128, 64]

model = nn.Sequential(
    OrderedDict(
        [
            ("flatten", nn.Flatten()),
            ("fc1", nn.Linear(28 * 28, hidden_sizes[0])),
            ("relu1", nn.ReLU()),
            ("fc2", nn.Linear(hidden_sizes[0], hidden_sizes[1])),
            ("relu2", nn.ReLU()),
            ("output", nn.Linear(hidden_sizes[1], 10)),
            ("logsoftmax", nn.LogSoftmax(dim=1)),
        ]
    )
)
