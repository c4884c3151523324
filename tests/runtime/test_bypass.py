"""What is switched off in the training graph has no part in a step."""

from __future__ import annotations

import pytest
import torch

from tests.builder.test_bypass import PLAIN, SWITCHED_OFF
from tests.runtime.random_running import run_steps


@pytest.mark.parametrize("name", SWITCHED_OFF)
def test_a_step_computes_what_it_does_without_what_is_switched_off(name):
    logs = []
    for project in (SWITCHED_OFF[name], PLAIN):
        torch.manual_seed(1)
        logs.append(run_steps(project))
    assert [list(log) for log in logs[0]] == [list(log) for log in logs[1]]
    assert all(torch.equal(a["loss"], b["loss"]) for a, b in zip(*logs, strict=True))
