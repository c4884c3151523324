"""From what a network says about one sample to words: a label with its confidence, or one at every step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def name_answer(scores: Tensor, meaning: str, classes: tuple[str, ...]) -> dict[str, Any]:
    """Name the answer of a classifier.

    Args:
        scores: what the network says about one sample, shape (classes) or (1); of a sequence (T, classes) or (classes, T).
        meaning: ``logits``, ``log_probabilities``, ``logit`` or ``probability``.
        classes: their names, in the order of their numbers.

    Returns:
        ``label`` and ``confidence``, of a sequence lists of one for each step; else also ``confidences``, a probability for
        every class.
    """
    scores = scores.detach().double().cpu()
    if scores.dim() == 2 and len(classes) in scores.shape and meaning in ("logits", "log_probabilities"):
        return name_steps(scores if scores.shape[1] == len(classes) else scores.T, meaning, classes)
    probabilities = read_probabilities(scores.reshape(-1), meaning)
    best = int(probabilities.argmax())
    names = [classes[i] if i < len(classes) else str(i) for i in range(len(probabilities))]
    confidences = dict(zip(names, (float(value) for value in probabilities), strict=True))
    return {"label": names[best], "confidence": float(probabilities[best]), "confidences": confidences}


def name_steps(scores: Tensor, meaning: str, classes: tuple[str, ...]) -> dict[str, Any]:
    """The class of each step of a sequence, from scores (T, classes)."""
    confidence, best = read_probabilities(scores, meaning).max(1)
    return {"label": [classes[number] for number in best.tolist()], "confidence": confidence.tolist()}


def read_probabilities(scores: Tensor, meaning: str) -> Tensor:
    """A probability for every class along the last axis; a single score is that of yes."""
    if meaning in ("logit", "probability"):
        yes = scores[0].sigmoid() if meaning == "logit" else scores[0]
        return torch.stack([1 - yes, yes])
    return scores.softmax(-1) if meaning == "logits" else scores.exp()
