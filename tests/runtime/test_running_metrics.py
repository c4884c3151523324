"""A metric that costs more the more it has seen is bounded while it trains, and exact where its result is final."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from sklearn.metrics import roc_auc_score

from runtime.data.prepare import prepare
from runtime.runs.project_file import change_project, read_project
from runtime.session import Session


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A neuron that tells two classes apart, before its first step."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    project = change_project(read_project("sigmoid_neuron"), ["run.epochs=1"])
    return Session.create(project, prepare(project), torch.device("cpu"))


def test_a_training_area_keeps_the_last_samples_and_a_validated_one_keeps_all(session: Session) -> None:
    scores = torch.rand(40_000, 1, generator=torch.Generator().manual_seed(1))
    target = (scores[:, 0] + torch.rand(40_000, generator=torch.Generator().manual_seed(2)) > 1).long()
    running, final = session.machinery.metrics["auroc"], session.evaluator.metrics["auroc"]
    for metric in (running, final):
        for start in range(0, 40_000, 100):
            metric.update(scores[start : start + 100], target[start : start + 100])
    expected: Any = roc_auc_score(target, scores[:, 0])
    assert final.compute() == pytest.approx(expected, rel=1e-12)
    assert running.compute() == pytest.approx(expected, abs=0.02)
    assert len(running.state_dict()["scores"]) < 20_000 < len(final.state_dict()["scores"])
    kept = session.tensors()
    assert sum(tensor.numel() for name, tensor in kept.items() if name.startswith("metric/auroc")) < 40_000
