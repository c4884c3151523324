from __future__ import annotations

import torch

from builder.parts.draws import Reparameterize, draw_integers, draw_noise, draw_uniform, repeat_rows

LIKE = torch.zeros(4000, 3)


def test_noise_has_the_spread_that_is_asked_for() -> None:
    noise = draw_noise(LIKE, (5,), 2.0)
    assert noise.shape == (4000, 5)
    assert abs(noise.mean()) < 0.1 and abs(noise.std() - 2.0) < 0.1


def test_noise_with_a_seed_is_the_same_and_draws_nothing_from_others() -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = draw_noise(LIKE, (2, 2), seed=7)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first, draw_noise(LIKE, (2, 2), seed=7))
    assert not torch.equal(first, draw_noise(LIKE, (2, 2), seed=8))


def test_numbers_lie_between_their_bounds() -> None:
    share, whole = draw_uniform(LIKE, (1,), -2.0, 3.0), draw_integers(LIKE, (), 10, 4)
    assert -2 <= share.min() < -1.9 and 2.9 < share.max() < 3
    assert set(whole.tolist()) == set(range(4, 10)) and whole.shape == (4000,)


def test_means_and_variances_are_drawn_through_and_rest_outside_training() -> None:
    mean, log_variance = torch.full((4000, 1), 3.0, requires_grad=True), torch.zeros(4000, 1, requires_grad=True)
    drawn = Reparameterize().train()(mean, log_variance)
    drawn.sum().backward()
    assert abs(drawn.mean() - 3) < 0.1 and abs(drawn.std() - 1) < 0.1
    assert mean.grad is not None and log_variance.grad is not None and log_variance.grad.abs().sum() > 0
    assert Reparameterize().eval()(mean, log_variance) is mean


def test_rows_of_a_table_are_repeated_until_the_batch_is_full() -> None:
    assert repeat_rows(LIKE[:5], (0, 1, 2)).tolist() == [0, 1, 2, 0, 1]
    rows = repeat_rows(LIKE[:3], (0.5, 1.0, 2.0, 3.0), (2,))
    assert rows.tolist() == [[0.5, 1.0], [2.0, 3.0], [0.5, 1.0]]
