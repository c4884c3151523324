"""A network as it looks while somebody works on it: prints, checks, logging, a layer and a method that are left over."""

import logging

import torch
import torch.nn as nn
import torch.nn.functional as F

logger = logging.getLogger(__name__)


class ChattyNet(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        logger.info("building for %d classes", classes)
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1)  # for later
        self.unused_act = nn.ELU()
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(16 * 7 * 7, classes)

    def forward(self, x):
        import math

        assert x.dim() == 4, "a batch of images"
        if x.shape[1] != 1:
            raise ValueError("grey images only")
        print("input", x.shape)
        x = self.pool(F.relu(self.conv1(x)))
        x.relu_()
        logging.debug("after the first block: %s", x)
        scale = int(math.sqrt(4))
        x = F.max_pool2d(torch.tanh(self.conv2(x)), scale)
        shape = x.shape
        del shape
        x = x.view(-1, 16 * 7 * 7)
        return self.fc(x)

    def count(self):
        return sum(p.numel() for p in self.parameters())
