"""Metrics over a whole part of the data, exact whatever the sizes of the batches: what they share, and those of classes.

Each has ``update(input, target)``, which adds a batch on the device it is on and never waits for the device,
``compute()``, ``reset()``, and a ``state_dict`` of tensors. Sums are kept in double precision, counts as whole numbers.
Those of sequences take the ``lengths`` of their rows too: what lies behind the end of a row is padding and counts nowhere.
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

    def update(self, *inputs: Any, **named: Any) -> None:
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

    def ratio(self, part: str, whole: str) -> float:
        """One sum over another; not a number where there is nothing to divide by."""
        return (self.state[part].double() / self.state[whole]).item() if self.state else float("nan")


class KeepingMetric(Metric):
    """A metric that needs all samples at once: it keeps them, and is exact.

    Where it runs along it keeps the last ones, so that reading it costs the same after a million samples.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[dict[str, Tensor]] = []
        self.window: int | None = None

    def run_along(self) -> None:
        """Keep 16,384 numbers of the first tensor, and 250 samples at least."""
        self.window = 16_384

    def keep(self, **piece: Tensor) -> None:
        """Keep a batch: tensors with one row a sample."""
        self.pieces.append(piece)

    def state_dict(self) -> dict[str, Tensor]:
        """All samples in one piece.

        They are joined when they are read: joined at every batch, each would be copied once for every batch that follows.
        """
        if not self.pieces:
            return {}
        joined = {name: torch.cat([piece[name] for piece in self.pieces]) for name in self.pieces[0]}
        if self.window:
            first = next(iter(joined.values()))
            rows = max(250, self.window // max(1, first[:1].numel()))
            joined = {name: tensor[-rows:] for name, tensor in joined.items()}
        self.pieces = [joined]
        return dict(joined)

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Go on from there."""
        self.pieces = [dict(state)] if state else []

    def reset(self) -> None:
        """Forget all batches."""
        self.pieces = []


def is_binary(input: Tensor, target: Tensor) -> bool:
    """Whether there is one score for each truth and not one for each class."""
    return input.numel() == target.numel()


def find_classes(input: Tensor, target: Tensor, threshold: float, scores: str, axis: int) -> Tensor:
    """The predicted class of every truth, flat: the largest score, or whether a single one is above the threshold."""
    if not is_binary(input, target):
        return input.argmax(axis).reshape(-1)
    probabilities = input.sigmoid() if scores == "logits" else input
    return (probabilities > threshold).long().reshape(-1)


def fold_classes(input: Tensor, axis: int = 1) -> Tensor:
    """Scores as a table: one row a sample (and place), one column a class."""
    return input.movedim(axis, -1).reshape(-1, input.shape[axis])


def find_places(target: Tensor, lengths: Tensor | None) -> Tensor:
    """True for every truth that counts, flat: all of them, or those before the end of their row.

    Shapes:
        target (B, T, ...), lengths (B); the result (B * T * ...).
    """
    if lengths is None:
        return torch.ones(target.numel(), dtype=torch.bool, device=target.device)
    within = torch.arange(target.shape[1], device=target.device) < lengths.to(target.device)[:, None]
    return within.reshape(*within.shape, *[1] * (target.ndim - 2)).expand_as(target).reshape(-1)


def count(tensor: Tensor) -> Tensor:
    """The number of elements, on the same device."""
    return torch.full((), tensor.numel(), dtype=torch.int64, device=tensor.device)


def divide(part: Tensor, whole: Tensor) -> Tensor:
    """A ratio that is 0 where there is nothing to divide by."""
    return torch.where(whole > 0, part / whole.clamp(min=1), 0.0)


class Accuracy(Metric):
    """The part of all samples whose class was found.

    ``scores`` says whether a single score for each sample is a logit or a probability; several need no such word.
    ``axis`` is where the classes lie.
    """

    def __init__(self, threshold: float = 0.5, scores: str = "logits", axis: int = 1) -> None:
        super().__init__()
        self.threshold, self.scores, self.axis = threshold, scores, axis

    def update(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> None:
        """Add a batch of scores and true classes."""
        classes, places = (
            find_classes(input, target, self.threshold, self.scores, self.axis),
            find_places(target, lengths),
        )
        self.add(correct=((classes == target.reshape(-1)) & places).sum(), total=places.sum())

    def compute(self) -> float:
        """The accuracy, from 0 to 1."""
        return self.ratio("correct", "total")


class TopKAccuracy(Metric):
    """The part of all samples whose class is among the ``k`` with the largest scores."""

    def __init__(self, k: int = 5, axis: int = 1) -> None:
        super().__init__()
        self.k, self.axis = k, axis

    def update(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> None:
        """Add a batch of scores and true classes."""
        scores, places = fold_classes(input, self.axis), find_places(target, lengths)
        best = scores.topk(min(self.k, scores.shape[1]), dim=1).indices
        found = (best == target.reshape(-1, 1)).any(1)
        self.add(correct=(found & places).sum(), total=places.sum())

    def compute(self) -> float:
        """The accuracy, from 0 to 1."""
        return self.ratio("correct", "total")


class ConfusionMatrix(Metric):
    """How many samples of each true class (row) were taken for each class (column)."""

    def __init__(self, threshold: float = 0.5, scores: str = "logits", axis: int = 1) -> None:
        super().__init__()
        self.threshold, self.scores, self.axis = threshold, scores, axis

    def update(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> None:
        """Add a batch of scores and true classes."""
        self.tally(input, target, find_places(target, lengths))

    def tally(self, input: Tensor, target: Tensor, places: Tensor) -> None:
        """Add the truths that count: one of ``places`` for each, flat."""
        classes = 2 if is_binary(input, target) else input.shape[self.axis]
        found = find_classes(input, target, self.threshold, self.scores, self.axis)
        cells = target.reshape(-1).long() * classes + found
        matrix = torch.zeros(classes * classes, dtype=torch.int64, device=input.device)
        # index_add_ rather than bincount: bincount waits for the device to learn its own size.
        matrix.index_add_(0, cells, places.long())
        self.add(matrix=matrix.reshape(classes, classes))

    def compute(self) -> Any:
        """The matrix as a list of rows."""
        return self.state["matrix"].tolist() if self.state else []


class ClassScore(ConfusionMatrix):
    """A score of each class, then averaged.

    ``macro`` counts every class alike, ``weighted`` by its number of samples, ``micro`` every sample alike, ``binary``
    is the score of class 1 alone. Classes that neither occur nor are predicted are left out of the macro average.
    """

    def __init__(self, average: str = "macro", threshold: float = 0.5, scores: str = "logits", axis: int = 1) -> None:
        super().__init__(threshold, scores, axis)
        self.average = average

    def compute(self) -> float:
        """The averaged score, from 0 to 1."""
        if not self.state:
            return float("nan")
        hits, predicted, actual = self.find_counts()
        if self.average == "micro":
            return self.score(hits.sum(), predicted.sum(), actual.sum()).item()
        scores = self.score(hits, predicted, actual)
        if self.average == "binary":
            return scores[1].item()
        weights = actual if self.average == "weighted" else ((predicted + actual) > 0).double()
        return (scores * weights).sum().div(weights.sum()).item()

    def find_counts(self) -> tuple[Tensor, Tensor, Tensor]:
        """The hits, the predictions and the samples of each class."""
        matrix = self.state["matrix"].double()
        return matrix.diagonal(), matrix.sum(0), matrix.sum(1)

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
