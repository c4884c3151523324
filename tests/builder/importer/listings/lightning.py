"""A module with its training in it, as Lightning's users write it. The stand-in keeps this file free of the package."""

import torch
from torch import nn
from torch.nn import functional as F

try:
    import lightning as L

    Base = L.LightningModule
except ImportError:
    Base = nn.Module


class LitDigits(Base):
    def __init__(self, hidden_size: int = 64, learning_rate: float = 2e-4):
        super().__init__()
        self.learning_rate = learning_rate
        self.layer_1 = nn.Linear(28 * 28, hidden_size)
        self.layer_2 = nn.Linear(hidden_size, hidden_size * 2)
        self.layer_3 = nn.Linear(hidden_size * 2, 10)

    def forward(self, x):
        batch_size, channels, height, width = x.size()
        x = x.view(batch_size, -1)
        x = F.relu(self.layer_1(x))
        x = F.dropout(x, 0.25, training=self.training)
        x = F.relu(self.layer_2(x))
        return F.log_softmax(self.layer_3(x), dim=1)

    def training_step(self, batch, batch_idx):
        x, y = batch
        return F.nll_loss(self(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.learning_rate)
