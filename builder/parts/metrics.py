"""Metrics over a whole part of the data, exact whatever the sizes of the batches.

Each has ``update(input, target)``, which adds a batch on the device it is on and never waits for the device,
``compute()``, ``reset()``, and a ``state_dict`` of tensors. Sums are kept in double precision, counts as whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


class Metric:
    """Named tensors that grow with every batch."""

    def __init__(self) -> None:
        self.state: dict[str, Tensor] = {}

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch."""
        raise NotImplementedError

    def compute(self) -> Any:
        """The result for all batches since the last reset; not a number where there were none."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget all batches."""
        self.state = {}

    def run_along(self) -> None:
        """Be read again and again while batches come: what costs more the more there is may keep to the last samples."""

    def add(self, **amounts: Tensor) -> None:
        """Add to the sums of these names."""
        for name, amount in amounts.items():
            self.state[name] = self.state[name] + amount if name in self.state else amount

    def state_dict(self) -> dict[str, Tensor]:
        """The tensors that hold everything seen so far."""
        return dict(self.state)

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Go on from there."""
        self.state = dict(state)


def is_binary(input: Tensor) -> bool:
    """Whether there is one score for each sample and not one for each class."""
    return input.ndim == 1 or input.shape[1] == 1


def find_classes(input: Tensor, threshold: float, scores: str) -> Tensor:
    """The predicted class of every sample, flat: the largest score, or whether a single one is above the threshold."""
    if not is_binary(input):
        return input.argmax(1).reshape(-1)
    probabilities = input.sigmoid() if scores == "logits" else input
    return (probabilities > threshold).long().reshape(-1)


def fold_classes(input: Tensor) -> Tensor:
    """Scores as a table: one row a sample (and place), one column a class."""
    return input.movedim(1, -1).reshape(-1, input.shape[1])


def count(tensor: Tensor) -> Tensor:
    """The number of elements, on the same device."""
    return torch.full((), tensor.numel(), dtype=torch.int64, device=tensor.device)


def divide(part: Tensor, whole: Tensor) -> Tensor:
    """A ratio that is 0 where there is nothing to divide by."""
    return torch.where(whole > 0, part / whole.clamp(min=1), 0.0)


class Accuracy(Metric):
    """The part of all samples whose class was found.

    ``scores`` says whether a single score for each sample is a logit or a probability; several need no such word.
    """

    def __init__(self, threshold: float = 0.5, scores: str = "logits") -> None:
        super().__init__()
        self.threshold, self.scores = threshold, scores

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of scores and true classes."""
        found = find_classes(input, self.threshold, self.scores) == target.reshape(-1)
        self.add(correct=found.sum(), total=count(found))

    def compute(self) -> float:
        """The accuracy, from 0 to 1."""
        return (self.state["correct"].double() / self.state["total"]).item() if self.state else float("nan")


class TopKAccuracy(Metric):
    """The part of all samples whose class is among the ``k`` with the largest scores."""

    def __init__(self, k: int = 5) -> None:
        super().__init__()
        self.k = k

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of scores and true classes."""
        scores = fold_classes(input)
        best = scores.topk(min(self.k, scores.shape[1]), dim=1).indices
        found = (best == target.reshape(-1, 1)).any(1)
        self.add(correct=found.sum(), total=count(found))

    def compute(self) -> float:
        """The accuracy, from 0 to 1."""
        return (self.state["correct"].double() / self.state["total"]).item() if self.state else float("nan")


class ConfusionMatrix(Metric):
    """How many samples of each true class (row) were taken for each class (column)."""

    def __init__(self, threshold: float = 0.5, scores: str = "logits") -> None:
        super().__init__()
        self.threshold, self.scores = threshold, scores

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of scores and true classes."""
        classes = 2 if is_binary(input) else input.shape[1]
        places = target.reshape(-1).long() * classes + find_classes(input, self.threshold, self.scores)
        matrix = torch.zeros(classes * classes, dtype=torch.int64, device=input.device)
        # index_add_ rather than bincount: bincount waits for the device to learn its own size.
        matrix.index_add_(0, places, torch.ones_like(places))
        self.add(matrix=matrix.reshape(classes, classes))

    def compute(self) -> Any:
        """The matrix as a list of rows."""
        return self.state["matrix"].tolist() if self.state else []


class ClassScore(ConfusionMatrix):
    """A score of each class, then averaged.

    ``macro`` counts every class alike, ``weighted`` by its number of samples, ``micro`` every sample alike, ``binary``
    is the score of class 1 alone. Classes that neither occur nor are predicted are left out of the macro average.
    """

    def __init__(self, average: str = "macro", threshold: float = 0.5, scores: str = "logits") -> None:
        super().__init__(threshold, scores)
        self.average = average

    def compute(self) -> float:
        """The averaged score, from 0 to 1."""
        if not self.state:
            return float("nan")
        matrix = self.state["matrix"].double()
        hits, predicted, actual = matrix.diagonal(), matrix.sum(0), matrix.sum(1)
        if self.average == "micro":
            return self.score(hits.sum(), predicted.sum(), actual.sum()).item()
        scores = self.score(hits, predicted, actual)
        if self.average == "binary":
            return scores[1].item()
        weights = actual if self.average == "weighted" else ((predicted + actual) > 0).double()
        return (scores * weights).sum().div(weights.sum()).item()

    def score(self, hits: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """The score from the counts of hits, of predictions and of samples."""
        raise NotImplementedError


class Precision(ClassScore):
    """Of the samples taken for a class, the part that are of it."""

    def score(self, hits: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """Hits over predictions."""
        return divide(hits, predicted)


class Recall(ClassScore):
    """Of the samples of a class, the part that were found."""

    def score(self, hits: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """Hits over samples."""
        return divide(hits, actual)


class F1(ClassScore):
    """The harmonic mean of precision and recall."""

    def score(self, hits: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """Twice the hits over predictions and samples together."""
        return divide(2 * hits, predicted + actual)


AT_ONCE = 2**22
"""How many scores are sorted at once: classes one by one take ten times as long where there are many of them."""


class AUROC(Metric):
    """The probability that a sample of a class gets a larger score for it than a sample of another class.

    For several classes the mean over them, each against all others, on probabilities. It keeps all scores and is exact;
    where it runs along it keeps the last samples, so that reading it costs the same after a million samples.
    """

    def __init__(self, scores: str = "logits") -> None:
        super().__init__()
        self.scores = scores
        self.pieces: list[dict[str, Tensor]] = []
        self.window: int | None = None

    def run_along(self) -> None:
        """Keep 16,384 scores, and 250 samples at least."""
        self.window = 16_384

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of scores and true classes."""
        table = input.detach().reshape(-1, 1) if is_binary(input) else fold_classes(input.detach()).double()
        if table.shape[1] > 1 and self.scores == "logits":
            table = table.softmax(1)
        self.pieces.append({"scores": table.double(), "target": target.reshape(-1).long()})

    def state_dict(self) -> dict[str, Tensor]:
        """Scores and true classes in one piece.

        They are joined when they are read: joined at every batch, each would be copied once for every batch that follows.
        """
        if not self.pieces:
            return {}
        joined = {name: torch.cat([piece[name] for piece in self.pieces]) for name in self.pieces[0]}
        if self.window:
            rows = max(250, self.window // joined["scores"].shape[1])
            joined = {name: tensor[-rows:] for name, tensor in joined.items()}
        self.pieces = [joined]
        return dict(joined)

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Go on from there."""
        self.pieces = [dict(state)] if state else []

    def reset(self) -> None:
        """Forget all batches."""
        self.pieces = []

    def compute(self) -> float:
        """The area, from 0 to 1; classes of which there is no sample, or nothing else, are left out."""
        state = self.state_dict()
        if not state:
            return float("nan")
        table, target = state["scores"], state["target"]
        if table.shape[1] <= 2:  # two classes share one curve
            return measure_areas(table[:, -1:].T, target == 1).item()
        classes = torch.arange(table.shape[1], device=table.device)
        some = max(1, AT_ONCE // len(table))
        areas = [measure_areas(table[:, part].T, target == part[:, None]) for part in torch.split(classes, some)]
        return torch.cat(areas).nanmean().item()


def measure_areas(scores: Tensor, positive: Tensor) -> Tensor:
    """The areas under curves from the ranks of their positive samples; equal scores share their rank.

    Shapes:
        Both (curves, samples), and the result (curves).
    """
    scores = scores.contiguous()
    ordered = scores.sort(1).values
    below, up_to = torch.searchsorted(ordered, scores), torch.searchsorted(ordered, scores, right=True)
    ranks = (below + up_to + 1).double() / 2
    positives = positive.sum(-1).double()
    negatives = scores.shape[1] - positives
    area: Tensor = ((ranks * positive).sum(1) - positives * (positives + 1) / 2) / (positives * negatives)
    return area


class MeanSquaredError(Metric):
    """The mean of the squared differences."""

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of predictions and truths."""
        difference = input - target.view_as(input)
        self.add(error=difference.square().sum(dtype=torch.float64), total=count(difference))

    def compute(self) -> float:
        """The error, 0 or more."""
        return (self.state["error"] / self.state["total"]).item() if self.state else float("nan")


class MeanAbsoluteError(Metric):
    """The mean of the absolute differences."""

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of predictions and truths."""
        difference = input - target.view_as(input)
        self.add(error=difference.abs().sum(dtype=torch.float64), total=count(difference))

    def compute(self) -> float:
        """The error, 0 or more."""
        return (self.state["error"] / self.state["total"]).item() if self.state else float("nan")


class R2Score(Metric):
    """The part of the target's variance that is predicted: 1 is perfect, 0 no better than the mean, below it worse.

    Several columns count alike.
    """

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of predictions and truths."""
        truth = target.view_as(input).reshape(len(input), -1).double()
        predicted = input.reshape(len(input), -1).double()
        rows = torch.full((), len(truth), dtype=torch.int64, device=truth.device)
        self.add(total=rows, sum=truth.sum(0), square=truth.square().sum(0), error=(truth - predicted).square().sum(0))

    def compute(self) -> float:
        """The score; not a number for fewer than two samples."""
        if not self.state or self.state["total"] < 2:
            return float("nan")
        variation = self.state["square"] - self.state["sum"].square() / self.state["total"]
        scores = 1 - self.state["error"] / variation
        constant = torch.where(self.state["error"] == 0, 1.0, 0.0)
        return torch.where(variation > 0, scores, constant).mean().item()
