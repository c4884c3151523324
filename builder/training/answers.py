"""From what a network says to words and units of the data: class names, confidence, restored numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

Facts = Mapping[str, Mapping[str, Any]]
DIGITS = 6
ROUNDING = torch.finfo(torch.float32).eps


def choose_field(facts: Facts, name: str | None, kind: str | None = None, role: str | None = None) -> dict[str, Any]:
    """The facts of the named field, else of the first one of that kind and role; with its ``name``.

    Where nothing fits, there is nothing known but an empty name.
    """
    for field, known in facts.items():
        fits = kind in (None, known.get("kind")) and role in (None, known.get("role"))
        if field == name or (name is None and fits):
            return {"name": field, **known}
    return {"name": name or ""}


def restore_units(values: Tensor, facts: Mapping[str, Any], axes: tuple[int, ...] = (-1,)) -> Tensor:
    """Undo the scaling of prepared values. ``axes`` is the shape that one number a channel or column is given.

    What is nothing but the rounding of a float32 becomes 0, as it was in the data.
    """
    values = values.detach().double()
    if facts.get("mean") and facts.get("deviation"):
        step, start = (to_constant(facts[name], values, axes) for name in ("deviation", "mean"))
    elif facts.get("low") and facts.get("high"):
        start, high = (to_constant(facts[bound], values, axes) for bound in ("low", "high"))
        step = high - start
    else:
        return values
    restored = values * step + start
    return restored.masked_fill(restored.abs() <= ROUNDING * (step.abs() + start.abs()), 0.0)


def to_constant(numbers: Any, like: Tensor, axes: tuple[int, ...]) -> Tensor:
    """One number a channel or column as a tensor."""
    return torch.tensor(numbers, dtype=like.dtype, device=like.device).reshape(axes)


def round_number(value: float) -> float:
    """A number with as many digits as anybody reads."""
    return float(f"{value:.{DIGITS}g}")


def read_scores(scores: Tensor, meaning: str) -> tuple[Tensor, Tensor]:
    """The class of each row and the confidence in it, from logits or probabilities; one column means yes or no."""
    table = scores.detach().float()
    table = table.reshape(len(table), -1)
    if table.shape[1] == 1:
        yes = table[:, 0].sigmoid() if meaning == "logits" else table[:, 0]
        return (yes > 0.5).long(), torch.maximum(yes, 1 - yes)
    confidence, classes = (table.softmax(1) if meaning == "logits" else table).max(1)
    return classes, confidence


def name_classes(numbers: Tensor, classes: Any) -> list[str]:
    """Names of classes; their numbers where there are no names."""
    names = list(classes or ())
    whole = [int(number) for number in numbers.detach().reshape(len(numbers), -1)[:, 0].tolist()]
    return [str(names[number]) if 0 <= number < len(names) else str(number) for number in whole]


def name_answers(
    scores: Tensor | None, target: Tensor | None, facts: Mapping[str, Any], meaning: str
) -> dict[str, Any]:
    """``truth``, ``predicted``, ``confidence`` and ``wrong`` of each sample, as far as they are known."""
    classes = facts.get("classes")
    if not classes:
        return list_numbers(scores, target, facts)
    answers: dict[str, Any] = {}
    if target is not None:
        answers["truth"] = name_classes(target, classes)
    if scores is not None:
        predicted, confidence = read_scores(scores, meaning)
        answers["predicted"] = name_classes(predicted, classes)
        answers["confidence"] = [round_number(value) for value in confidence.tolist()]
    if scores is not None and target is not None:
        answers["wrong"] = [a != b for a, b in zip(answers["truth"], answers["predicted"], strict=True)]
    return answers


def list_numbers(values: Tensor | None, target: Tensor | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """``truth`` and ``predicted`` of a target that is a number, in the units of the data."""
    sides = {"truth": target, "predicted": values}
    return {name: list_first_column(side, facts) for name, side in sides.items() if side is not None}


def list_first_column(values: Tensor, facts: Mapping[str, Any]) -> list[float]:
    """The first number of each row, in the units of the data."""
    restored = restore_units(values.reshape(len(values), -1), facts)
    return [round_number(value) for value in restored[:, 0].tolist()]
