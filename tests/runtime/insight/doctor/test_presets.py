"""The presets are healthy: the doctor has nothing to say of their first steps, and they differ enough to be a fair sample."""

from __future__ import annotations

import pytest
import torch

from runtime.data.prepare import prepare
from runtime.events import Look
from runtime.insight.doctor import Doctor
from runtime.loop import train
from runtime.runs.project_file import change_project, read_project
from runtime.session import Session
from tests.runtime.insight.doctor.test_doctor import EveryFew

EMBEDDED = {
    "linear_regression": 2000,
    "sigmoid_neuron": 600,
    "mlp_iris": 480,
    "mlp_spiral": 600,
    "diabetes_regression": 600,
    "mnist_mlp": 510,
    "mnist_cnn": 120,
    "mnist_cnn_deep": 40,
}
"""Presets whose data come along, and after how many steps they are left."""


@pytest.mark.slow
@pytest.mark.parametrize("name", EMBEDDED)
def test_the_doctor_has_nothing_to_say_of_a_preset(name: str) -> None:
    project = change_project(read_project(name), [f"run.max_steps={EMBEDDED[name]}"])
    session = Session.create(project, prepare(project, lambda doing, done: None), torch.device("cpu"))
    session.looker.pace = EveryFew()
    doctor = Doctor(session.project)
    looks, told = 0, []
    for event in train(session, lambda: "run"):
        looks += isinstance(event, Look)
        told += doctor.hear(event)
    assert looks >= 4 and [each.finding["message"] for each in told] == []
