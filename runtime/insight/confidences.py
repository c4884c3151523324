"""What a batch of a network's outputs says of each class: a score, and how sure it is."""

from __future__ import annotations

from torch import Tensor

from builder.parts.answers import read_probabilities

YES_OR_NO = ("logit", "probability")


def read_confidences(output: Tensor, meaning: str) -> Tensor:
    """A probability for every class; where one score stands for yes or no, one for no and one for yes.

    Shapes:
        output: (B, classes), or (B) or (B, 1) for yes or no. The result is (B, classes), float64.
    """
    scores = output.double().reshape(len(output), -1)
    return read_probabilities(scores.T, meaning).T if meaning in YES_OR_NO else read_probabilities(scores, meaning)


def read_scores(output: Tensor, meaning: str) -> Tensor:
    """The score of every class; where one stands for yes or no, it is that of yes, and its opposite is that of no.

    Shapes:
        output: (B, scores), or (B) or (B, 1) for yes or no. The result is (B, classes).
    """
    scores = output.reshape(len(output), -1)
    return scores[:, :1] * scores.new_tensor([-1.0, 1.0]) if meaning in YES_OR_NO else scores
