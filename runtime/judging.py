"""What validations decide: whose weights are kept, and when a run that no longer improves ends."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from builder.document import KeepBest, Run
from builder.parts.judging import Judge

KEEP, STOP = "keep_best", "early_stopping"


class Judgement:
    """A judge for each of the run's two questions; each follows a metric of its own."""

    def __init__(self, run: Run) -> None:
        wanted = {KEEP: run.keep_best, STOP: run.early_stopping}
        self.rules: dict[str, KeepBest] = {name: rule for name, rule in wanted.items() if rule is not None}
        self.judges = {name: Judge(rule.mode, getattr(rule, "min_delta", 0.0)) for name, rule in self.rules.items()}
        self.patience = run.early_stopping.patience if run.early_stopping else math.inf
        self.best: dict[str, Any] = {}

    def observe(self, values: Mapping[str, float], step: int) -> bool:
        """Take note of a validation; returns whether the weights of this step are the ones to keep."""
        better = {
            name: self.judges[name].observe(values[rule.metric])
            for name, rule in self.rules.items()
            if rule.metric in values
        }
        if not better.get(KEEP):
            return False
        metric = self.rules[KEEP].metric
        self.best = {"value": values[metric], "step": step, "metric": metric}
        return True

    @property
    def is_over(self) -> bool:
        """Whether the run ends because nothing improved for as many validations as its patience is."""
        return STOP in self.judges and self.judges[STOP].waited >= self.patience

    def state(self) -> dict[str, Any]:
        """What an exact resume needs, as JSON."""
        return {name: {"best": judge.best, "waited": judge.waited} for name, judge in self.judges.items()}

    def restore(self, best: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self.best = dict(best)
        for name, judge in self.judges.items():
            judge.best, judge.waited = state[name]["best"], state[name]["waited"]
