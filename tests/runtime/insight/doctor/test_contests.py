"""Networks against each other: a real collapse and a judge that really has won are told, a healthy contest is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from builder.edits import apply_edits
from builder.step_planner import TrainingPlan
from runtime.data.prepare import prepare
from runtime.diversity import find_pairs, measure_diversity
from runtime.events import Look, Progress, Sample, Scalars
from runtime.insight.doctor import Doctor
from runtime.runs.folder import create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.reported import list_reported
from runtime.runs.worker import work
from runtime.session import Session
from tests.runtime.rival_algorithms import gan, wgan
from tests.runtime.test_loop import start

EVERY = 40


def watch(session: Session, steps: int) -> Doctor:
    """Train under the eyes of a doctor, who is shown losses, samples and looks without looking at the clock."""
    doctor = Doctor(session.project)
    doctor.hear(Progress(0, steps, 0.0, 1, 0.0, 0.0, None))
    for step in range(1, steps + 1):
        losses = {name: float(value) for name, value in session.run_step().items()}
        doctor.hear(Scalars(step, 0.0, 0.0, "train", losses))
        if step % EVERY == 0:
            for node, payload in session.evaluator.preview().items():
                doctor.hear(Sample(step, node, payload))
            doctor.hear(Look(step, []))
        if session.lead.position == session.lead.num_batches:
            session.end_epoch()
    return doctor


def drawing(preset: str, *settings: str) -> Session:
    project = change_project(read_project(preset), settings)
    return Session.create(project, prepare(project, lambda doing, done: None), torch.device("cpu"))


def list_codes(doctor: Doctor) -> dict[str, dict[str, Any]]:
    return {finding["code"]: finding for finding in doctor.open.values()}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))


@pytest.mark.slow
def test_a_generator_that_draws_one_thing_for_a_judge_who_seldom_learns_is_told() -> None:
    doctor = watch(drawing("gan", 'training.discriminator_adam.when={"every": 40}'), 360)
    finding = list_codes(doctor)["D014"]
    assert finding["node"] == "samples" and 'what "generator" makes of different noise differs by' in finding["message"]
    assert finding["repairs"][0]["edits"][0]["id"] == "generator_adam"


@pytest.mark.slow
def test_of_a_healthy_contest_nothing_is_said() -> None:
    doctor = watch(drawing("gan"), 360)
    made, real = doctor.patient.diversities["samples"][-1]
    assert 0.6 < made / real < 1.3 and not list_codes(doctor)


@pytest.mark.slow
def test_a_judge_that_a_hardly_learning_rival_cannot_keep_up_with_is_told() -> None:
    edit = {"op": "set_param", "graph": "training", "id": "g_adam", "name": "lr", "value": 1e-6}
    doctor = watch(start(apply_edits(gan(), [edit])), 880)
    finding = list_codes(doctor)["D015"]
    assert finding["node"] == "d_loss" and '"critic" tells real from made without effort' in finding["message"]
    assert finding["repairs"][0]["edits"][0]["id"] == "d_adam"


def test_a_wasserstein_loss_near_zero_is_no_victory() -> None:
    assert "D015" not in list_codes(watch(start(wgan()), 400))


def test_pictures_differ_within_their_class_where_classes_were_asked_for() -> None:
    classes = torch.arange(40) % 10
    same = classes.float().reshape(-1, 1, 1, 1).expand(40, 1, 4, 4)
    assert measure_diversity(same, torch.zeros(40)) == pytest.approx(2.9, abs=0.05)
    assert measure_diversity(same, classes) == 0.0
    assert measure_diversity(same[:7], torch.zeros(7)) is None


@pytest.mark.parametrize(
    ("preset", "previews"),
    [
        ("dcgan", ["samples"]),
        ("conditional_gan", ["samples"]),
        ("vae", ["samples"]),
        ("diffusion", []),
        ("pix2pix", []),
        ("cyclegan", []),
    ],
)
def test_only_what_is_made_of_noise_alone_is_measured(preset: str, previews: list[str]) -> None:
    assert list(find_pairs(TrainingPlan(read_project(preset)))) == previews


@pytest.mark.slow
def test_a_resumed_run_knows_how_much_its_samples_differed() -> None:
    folder = create_run(change_project(read_project("gan"), ["run.max_steps=2", "data.main.limit=100"]))
    assert work(folder).status == "finished"
    seen = [event for event in list_reported(folder, (), 2) if isinstance(event, Sample)]
    assert [event.step for event in seen] == sorted(event.step for event in seen) and len(seen) >= 2
    doctor = Doctor(folder.read_project())
    doctor.recall(seen)
    assert len(doctor.patient.diversities["samples"]) == len(seen)
