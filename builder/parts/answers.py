"""From what a network says about one sample to words: a label with its confidence."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def name_answer(scores: Tensor, meaning: str, classes: tuple[str, ...]) -> dict[str, Any]:
    """Name the answer of a classifier.

    Args:
        scores: what the network says about one sample, shape (classes) or (1).
        meaning: ``logits``, ``log_probabilities``, ``logit`` or ``probability``.
        classes: their names, in the order of their numbers.

    Returns:
        ``label``, ``confidence`` and ``confidences``, a probability for every class.
    """
    scores = scores.detach().double().cpu().reshape(-1)
    if meaning in ("logit", "probability"):
        yes = scores[0].sigmoid() if meaning == "logit" else scores[0]
        probabilities = torch.stack([1 - yes, yes])
    else:
        probabilities = scores.softmax(0) if meaning == "logits" else scores.exp()
    best = int(probabilities.argmax())
    names = [classes[i] if i < len(classes) else str(i) for i in range(len(probabilities))]
    confidences = dict(zip(names, (float(value) for value in probabilities), strict=True))
    return {"label": names[best], "confidence": float(probabilities[best]), "confidences": confidences}
