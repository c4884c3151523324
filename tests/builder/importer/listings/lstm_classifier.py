"""Sentences to classes: words become vectors, an LSTM reads them, its last state is classified."""

import torch
from torch import nn


class LSTMClassifier(nn.Module):
    def __init__(self, vocab_size, embedding_dim=100, hidden_dim=128, num_layers=2, num_classes=2, dropout=0.3):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=0)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, num_layers=num_layers, batch_first=True, dropout=dropout)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(hidden_dim, num_classes)

    def forward(self, text):
        embedded = self.dropout(self.embedding(text))
        output, (hidden, cell) = self.lstm(embedded)
        logits = self.fc(self.dropout(hidden[-1]))
        return logits


VOCABULARY = 5000
device = torch.device("cpu")
model = LSTMClassifier(VOCABULARY, embedding_dim=64).to(device)
