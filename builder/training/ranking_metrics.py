"""Metrics of recommendations: whether what somebody likes stands at the top of their list."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from builder import kinds
from builder.document import FieldFacts
from builder.kinds import Construct, Port
from builder.layers.base import Specs
from builder.parts import ranking_metrics as parts
from builder.training.base import Metric
from builder.training.fitting import check_same_shape


class RankingMetric(Metric):
    """A metric of the order in which each user is offered what they have judged."""

    family = "Metrics"
    asks_truth = True
    shown = ("k",)
    part: ClassVar[type[parts.RankingMetric]]
    inputs = (
        Port("input", help="The score of each user and item."),
        Port("target", dtype="number", help="How much the user likes the item."),
        Port("user", dtype="integer", help="The number of the user."),
    )

    class Params(kinds.Params):
        """How long the list is, and what counts as liked."""

        k: int = Field(10, ge=1, le=10_000, description="How many items are offered.")
        liked: float = Field(
            4.0, description="The target from which on an item counts as liked, in the unit of the data."
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object for a target as it is in the data."""
        check_same_shape(specs[:2])
        return Construct(cls.part, kwargs=params.model_dump())

    @classmethod
    def construct_for_truth(cls, params: Any, specs: Specs, truth: FieldFacts) -> Construct:
        """Make the object; what counts as liked is scaled as the target is."""
        made, liked = cls.construct(params, specs), params.liked
        if truth.deviation and truth.mean:
            liked = (liked - truth.mean[0]) / truth.deviation[0]
        elif truth.high and truth.low:
            liked = (liked - truth.low[0]) / (truth.high[0] - truth.low[0])
        # A target that was scaled and rounded to float32 may come to lie just below.
        return Construct(made.target, kwargs={**made.kwargs, "liked": liked - 1e-5})


class HitRate(RankingMetric):
    """The part of the users who are offered something that they like: among the k items with the largest scores.

    Each user's list holds what they judged in this part of the data; users who like nothing there are left out.

    Shapes:
        input: (B) or (B, 1) scores. target: the same shape. user: (B).

    Formula:
        users with a liked item among the first k / users with a liked item
    """

    kind = "HitRate"
    title = "Hit rate"
    synonyms = ("recommendation", "top k", "hits", "items")
    part = parts.HitRate


class NDCG(RankingMetric):
    """How far up in each user's list what they like stands: 1 where it comes first of all.

    Each user's list holds what they judged in this part of the data; users who like nothing there are left out.

    Shapes:
        input: (B) or (B, 1) scores. target: the same shape. user: (B).

    Formula:
        sum(1 / log2(rank + 1)) over the liked items among the first k / the same for the best order

    Reference:
        Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, 2002.
    """

    kind = "NDCG"
    synonyms = ("recommendation", "ranking", "discounted cumulative gain", "items")
    part = parts.NDCG
