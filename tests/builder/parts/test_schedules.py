"""Every schedule against the scheduler of that name in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import SGD, Optimizer, lr_scheduler

from builder.parts import schedules

STEPS = 60
LR = 0.3

Make = Callable[[Optimizer], Any]


def make_optimizer() -> SGD:
    return SGD([torch.nn.Parameter(torch.zeros(1))], lr=LR)


def list_reference(make: Make) -> list[float]:
    optimizer = make_optimizer()
    scheduler = make(optimizer)
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def list_rates(schedule: schedules.Schedule) -> list[float]:
    optimizer = make_optimizer()
    rates = []
    for at in range(STEPS):
        schedules.apply_scale(optimizer, schedule.scale(at, STEPS))
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


@pytest.mark.parametrize(
    ("schedule", "make"),
    [
        (schedules.StepDecay(7, 0.5), lambda o: lr_scheduler.StepLR(o, 7, 0.5)),
        (schedules.Cosine(), lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS)),
        (schedules.Cosine(floor=0.1), lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0.1 * LR)),
        (
            schedules.OneCycle(),
            lambda o: lr_scheduler.OneCycleLR(o, LR, total_steps=STEPS, cycle_momentum=False),
        ),
        (
            schedules.OneCycle(rise=0.5, start=10, end=100),
            lambda o: lr_scheduler.OneCycleLR(
                o, LR, total_steps=STEPS, pct_start=0.5, div_factor=10, final_div_factor=100, cycle_momentum=False
            ),
        ),
        (schedules.LinearWarmup(10, 0.25), lambda o: lr_scheduler.LinearLR(o, 0.25, total_iters=10)),
    ],
    ids=["step", "cosine", "cosine with a floor", "one cycle", "one cycle of other shape", "warm-up"],
)
def test_a_schedule_gives_pytorchs_rates(schedule: schedules.Schedule, make: Make) -> None:
    assert list_rates(schedule) == pytest.approx(list_reference(make), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("mode", ["min", "max"])
def test_plateau_gives_pytorchs_rates(mode: str) -> None:
    values = [5.0, 4.0, 4.0, 3.9999, 4.0, 4.1, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 2.0, 2.5, 2.5, 2.5, 2.5, 2.5]
    values = values if mode == "min" else [1 / value for value in values]
    ours, theirs = make_optimizer(), make_optimizer()
    schedule = schedules.Plateau(mode, factor=0.5, patience=2)
    reference = lr_scheduler.ReduceLROnPlateau(theirs, mode, factor=0.5, patience=2)
    for at, value in enumerate(values):
        schedule.observe(value)
        schedules.apply_scale(ours, schedule.scale(at, len(values)))
        reference.step(value)
        assert ours.param_groups[0]["lr"] == pytest.approx(theirs.param_groups[0]["lr"])
    assert ours.param_groups[0]["lr"] < LR


def test_plateau_goes_on_from_its_state() -> None:
    first, second = schedules.Plateau(patience=1), schedules.Plateau(patience=1)
    for value in (1.0, 2.0):
        first.observe(value)
    second.load_state_dict(first.state_dict())
    for schedule in (first, second):
        schedule.observe(2.0)
    assert first.scale(0, 1) == second.scale(0, 1) == pytest.approx(0.1)


def test_plateau_never_falls_below_its_floor() -> None:
    schedule = schedules.Plateau(patience=0, floor=0.05)
    for _ in range(10):
        schedule.observe(1.0)
    assert schedule.scale(0, 1) == 0.05


@pytest.mark.parametrize("schedule", [schedules.Cosine(warmup=4), schedules.StepDecay(100, warmup=4)])
def test_a_warm_up_rises_in_equal_steps_to_the_full_rate(schedule: schedules.Schedule) -> None:
    rates = [schedule.scale(at, STEPS) for at in range(5)]
    assert rates == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


@pytest.mark.parametrize(
    "schedule", [schedules.Cosine(warmup=3), schedules.OneCycle(), schedules.StepDecay(), schedules.LinearWarmup(3)]
)
@pytest.mark.parametrize("total", [1, 2, 3])
def test_a_run_of_very_few_steps_has_a_rate(schedule: schedules.Schedule, total: int) -> None:
    assert all(0 <= schedule.scale(at, total) <= 1 for at in range(total + 2))


def test_groups_keep_the_ratio_of_their_rates() -> None:
    optimizer = SGD([{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in (0.1, 0.01)])
    for scale in (0.5, 0.25, 1.0):
        schedules.apply_scale(optimizer, scale)
        assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.1 * scale, 0.01 * scale])
