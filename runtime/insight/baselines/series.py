"""Forecasts that need no learning: the last value goes on, or that of one season ago comes again."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.document import Windows
from runtime.insight.baselines.asked import Asked, Unfit
from runtime.insight.baselines.base import Baseline, Fitted

SEASONAL = "MeanAbsoluteScaledError"
NEARLY = 0.1
"""Two seasons are as good as one but for chance, and one is meant."""


def suits(asked: Asked) -> bool:
    """It answers how a series of numbers goes on."""
    return asked.source.windows is not None and asked.target.is_next and asked.classes is None


def fit_last(asked: Asked) -> Fitted:
    """The last value that was seen."""
    return Fitted(
        "Says the last known value again; nothing is fitted.", lambda part, some: repeat(asked, part, some, 1)
    )


def fit_seasonal(asked: Asked) -> Fitted:
    """The value of one season ago."""
    season, how = find_season(asked)
    windows = asked.source.windows or Windows()
    if season < 2:
        raise Unfit("the training part shows no season")
    if not windows.each and season > windows.length:
        raise Unfit(f"a season of {season} steps is longer than the {windows.length} steps that are seen")
    if windows.each:
        raise Unfit("a value is forecast at every step, and the first ones have no season before them")
    about = f"Says the value of one season, {season} steps, ago again; the season is {how}."
    return Fitted(about, lambda part, some: repeat(asked, part, some, season))


def find_season(asked: Asked) -> tuple[int, str]:
    """How long a season is: as a metric of the project says, else where the training part is most like itself."""
    for id, node in asked.plan.nodes.items():
        if node.kind == SEASONAL and asked.plan.params(id).season > 1:
            return int(asked.plan.params(id).season), f"that of “{id}”"
    errors = dict(enumerate(asked.facts(asked.target).naive_errors or (), start=1))
    around = {step: min(errors[step - 1], errors[step + 1], errors[1]) for step in range(2, len(errors))}
    valleys = [step for step, others in around.items() if errors[step] < others]
    least = min((errors[step] for step in valleys), default=0.0)
    season = next((step for step in valleys if errors[step] - least <= NEARLY * (errors[1] - least)), 1)
    return season, "the shortest after which the training part is most like itself"


def repeat(asked: Asked, part: str, rows: slice, season: int) -> Tensor:
    """The newest values that lie whole seasons before those that are asked for."""
    windows = asked.source.windows or Windows()
    past = asked.prepared.parts[part][asked.target.field][rows]
    if windows.each:
        return past
    ahead = torch.arange(windows.horizon)
    return past[:, windows.length + ahead - season * (ahead // season + 1)]


LAST = Baseline("last", "Last value", suits, fit_last)
SEASON = Baseline("seasonal", "Same as a season ago", suits, fit_seasonal)
