"""Channels that are weighed by what the whole image says: a block inside a small convolutional network."""

from torch import nn


class SELayer(nn.Module):
    def __init__(self, channel, reduction=16):
        super(SELayer, self).__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channel, channel // reduction, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(channel // reduction, channel, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.avg_pool(x).view(b, c)
        y = self.fc(y).view(b, c, 1, 1)
        return x * y.expand_as(x)


class SENet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU())
        self.se1 = SELayer(32, reduction=8)
        self.conv = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.se2 = SELayer(64)
        self.head = nn.Linear(64 * 14 * 14, 10)

    def forward(self, x):
        x = self.se1(self.stem(x))
        x = self.se2(self.conv(x).relu())
        return self.head(x.flatten(1))
