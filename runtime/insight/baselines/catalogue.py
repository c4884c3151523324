"""All baselines, in the order in which they are shown."""

from __future__ import annotations

from runtime.insight.baselines.base import Baseline
from runtime.insight.baselines.constant import CONSTANT
from runtime.insight.baselines.linear import LINEAR
from runtime.insight.baselines.nearest import NEAREST
from runtime.insight.baselines.ratings import BIASES
from runtime.insight.baselines.series import LAST, SEASON
from runtime.insight.baselines.tokens import TOKENS

BASELINES: tuple[Baseline, ...] = (CONSTANT, LAST, SEASON, LINEAR, BIASES, TOKENS, NEAREST)
