"""Images to a few numbers and back."""

import torch.nn as nn


class Autoencoder(nn.Module):
    def __init__(self, latent_dim=3):
        super().__init__()
        sizes = [784, 128, 64, 12]
        layers = []
        for before, after in zip(sizes[:-1], sizes[1:]):
            layers += [nn.Linear(before, after), nn.ReLU(inplace=True)]
        self.encoder = nn.Sequential(*layers, nn.Linear(sizes[-1], latent_dim))
        self.decoder = nn.Sequential(
            nn.Linear(latent_dim, 12),
            nn.ReLU(True),
            nn.Linear(12, 64),
            nn.ReLU(True),
            nn.Linear(64, 128),
            nn.ReLU(True),
            nn.Linear(128, 28 * 28),
            nn.Sigmoid(),
        )

    def forward(self, x):
        z = self.encoder(x)
        x_hat = self.decoder(z)
        return x_hat, z
