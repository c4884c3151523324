"""How good a list of recommendations is: whether what somebody likes stands at its top."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.parts.metrics import KeepingMetric


class RankingMetric(KeepingMetric):
    """The mean over all users of how good the ``k`` items with the largest scores are.

    A row is a user and an item. An item is liked where its truth is ``liked`` or more; users who like none of theirs say
    nothing. Only the items of a user that are in this part of the data are put in order.
    """

    def __init__(self, k: int = 10, liked: float = 0.5) -> None:
        super().__init__()
        self.k, self.liked = k, liked

    def update(self, input: Tensor, target: Tensor, user: Tensor) -> None:
        """Add a batch of scores, truths and users."""
        is_liked = target.reshape(-1) >= self.liked
        self.keep(scores=input.detach().reshape(-1), liked=is_liked, user=user.reshape(-1))

    def compute(self) -> float:
        """The mean, from 0 to 1; not a number where nobody likes anything."""
        state = self.state_dict()
        if not state:
            return float("nan")
        best = state["scores"].argsort(descending=True, stable=True)
        order = best[state["user"][best].argsort(stable=True)]
        liked, users = state["liked"][order], state["user"][order]
        _, rows, sizes = torch.unique_consecutive(users, return_inverse=True, return_counts=True)
        ranks = torch.arange(len(users), device=users.device) - (sizes.cumsum(0) - sizes)[rows]
        totals = torch.zeros(len(sizes), dtype=torch.int64, device=users.device).index_add_(0, rows, liked.long())
        gains = torch.zeros(len(sizes), dtype=torch.float64, device=users.device)
        gains.index_add_(0, rows, torch.where(liked & (ranks < self.k), self.weigh(ranks), 0.0))
        known = totals > 0
        return self.judge(gains[known], totals[known]).mean().item()

    def weigh(self, ranks: Tensor) -> Tensor:
        """What a liked item counts at its rank, from 0."""
        raise NotImplementedError

    def judge(self, gains: Tensor, totals: Tensor) -> Tensor:
        """How good each user's list is, from what is gained by it and how many items they like."""
        raise NotImplementedError


class HitRate(RankingMetric):
    """The part of the users who find an item that they like among the first ``k``."""

    def weigh(self, ranks: Tensor) -> Tensor:
        """Each the same."""
        return torch.ones_like(ranks, dtype=torch.float64)

    def judge(self, gains: Tensor, totals: Tensor) -> Tensor:
        """Whether there is any."""
        return (gains > 0).double()


class NDCG(RankingMetric):
    """The gain of the first ``k`` items, less the further down each stands, as a part of what the best order gains.

    Reference:
        Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, 2002.
    """

    def weigh(self, ranks: Tensor) -> Tensor:
        """One over the logarithm of the rank from 2 on."""
        return 1 / (ranks.double() + 2).log2()

    def judge(self, gains: Tensor, totals: Tensor) -> Tensor:
        """The gain over that of the order that has all liked items first."""
        best = self.weigh(torch.arange(self.k, device=totals.device)).cumsum(0)
        return gains / best[totals.clamp(max=self.k) - 1]
