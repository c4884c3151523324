"""Lists of recommendations against scikit-learn, user by user."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import ndcg_score

from builder.parts.ranking_metrics import NDCG, HitRate, RankingMetric

BATCHES = (100, 100, 7, 93)


def draw() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    count = sum(BATCHES)
    ratings = torch.randint(1, 6, (count,), generator=generator).float()
    scores = torch.randn(count, generator=generator) + 0.4 * ratings
    return scores, ratings, torch.randint(0, 25, (count,), generator=generator)


def measure(metric: RankingMetric) -> float:
    for batch in zip(*(tensor.split(BATCHES) for tensor in draw()), strict=True):
        metric.update(batch[0][:, None], batch[1], batch[2])
    return metric.compute()


@pytest.mark.parametrize("k", [1, 3, 10, 100])
def test_ndcg_is_scikit_learns_for_each_user(k: int) -> None:
    scores, ratings, users = draw()
    expected = []
    for user in users.unique():
        own = users == user
        liked = (ratings[own] >= 4).numpy()
        if liked.any():
            expected.append(ndcg_score(liked[None], scores[own].numpy()[None], k=k) if len(liked) > 1 else 1.0)
    assert measure(NDCG(k, liked=4)) == pytest.approx(np.mean(expected))


@pytest.mark.parametrize("k", [1, 3, 10])
def test_the_hit_rate_counts_users_who_find_something(k: int) -> None:
    scores, ratings, users = draw()
    hits = []
    for user in users.unique():
        own = users == user
        liked = ratings[own][scores[own].argsort(descending=True)] >= 4
        hits += [bool(liked[:k].any())] if liked.any() else []
    assert sum(hits) > 0
    assert measure(HitRate(k, liked=4)) == pytest.approx(np.mean(hits))


@pytest.mark.parametrize("metric", [NDCG, HitRate])
def test_where_nobody_likes_anything_there_is_no_result(metric: type[RankingMetric]) -> None:
    assert math.isnan(measure(metric(5, liked=9)))
    assert math.isnan(metric().compute())


@pytest.mark.parametrize("metric", [NDCG, HitRate])
def test_a_list_goes_on_from_its_state_and_forgets_on_reset(metric: type[RankingMetric]) -> None:
    expected = measure(metric(5, liked=4))
    scores, ratings, users = draw()
    first, second = metric(5, liked=4), metric(5, liked=4)
    first.update(scores[:120], ratings[:120], users[:120])
    second.load_state_dict(first.state_dict())
    second.update(scores[120:], ratings[120:], users[120:])
    assert second.compute() == pytest.approx(expected)
    second.reset()
    assert math.isnan(second.compute())
