"""Steps that are timed: how often, what each part took, and that nobody waits for a GPU."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.effort.clock import PAUSE_SECONDS, StepClock


class Device:
    """A device that works through what it is given in a time of its own, as a GPU does beside the program."""

    def __init__(self) -> None:
        self.ordered, self.reached = 0.0, 0.0

    def take(self) -> float:
        return self.ordered

    def between(self, first: float, last: float) -> float:
        assert last <= self.reached, "what has not passed cannot be read without waiting"
        return last - first

    def has_passed(self, moment: float) -> bool:
        return moment <= self.reached


def take_step(clock: StepClock, device: Device, *parts: tuple[Any, float]) -> bool:
    if not clock.begin():
        return False
    for part, seconds in parts:
        clock.enter(part)
        device.ordered += seconds
    clock.end()
    return True


def test_parts_are_added_up_over_all_timed_steps() -> None:
    device, at = Device(), iter(range(100))
    clock = StepClock(device, lambda: next(at))
    device.reached = 1e9
    for _ in range(2):
        assert take_step(clock, device, ("data", 1.0), ("computing", 4.0), ("optimizer", 2.0), ("computing", 1.0))
    clock.read()
    assert clock.seconds == {"data": 2.0, "computing": 10.0, "optimizer": 4.0} and clock.step == 8.0


def test_between_two_timed_steps_there_is_a_pause_so_that_short_ones_are_seldom_timed() -> None:
    now = 0.0
    clock = StepClock(Device(), lambda: now)
    timed = 0
    for _ in range(1000):
        timed += take_step(clock, Device())
        now += PAUSE_SECONDS / 100
    assert timed == pytest.approx(10, abs=1)


def test_the_step_after_a_fresh_start_is_timed_however_soon_it_comes() -> None:
    clock = StepClock(Device(), lambda: 1.0)
    assert take_step(clock, Device()) and not take_step(clock, Device())
    clock.restart()
    assert take_step(clock, Device())


def test_a_step_is_read_only_once_the_device_is_through_with_it() -> None:
    device, at = Device(), iter(range(100))
    clock = StepClock(device, lambda: next(at))
    take_step(clock, device, ("computing", 3.0))
    take_step(clock, device, ("computing", 5.0))
    clock.read()
    assert clock.step == 0
    device.reached = 3.0
    clock.read()
    assert clock.step == 3.0
    device.reached = 8.0
    clock.read()
    assert clock.step == 4.0 and not clock.waiting


@pytest.mark.parametrize("lag", (True, False))
def test_a_device_that_has_not_begun_with_a_step_when_the_next_is_ordered_is_never_idle(lag: bool) -> None:
    device, at = Device(), iter(range(100))
    clock = StepClock(device, lambda: next(at))
    for _ in range(4):
        device.ordered += 1.0
        device.reached = device.ordered - (0.5 if lag else 0.0)
        take_step(clock, device, ("computing", 1.0))
    assert clock.is_behind is lag
