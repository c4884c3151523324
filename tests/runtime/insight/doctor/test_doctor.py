"""The doctor: what is sick is named with its node and a cure that fits, and healthy networks are left in peace."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import torch

from builder.document import Project
from builder.edits import apply_edits
from runtime.events import Diagnosis, Look, Progress, Scalars
from runtime.insight.doctor import Doctor
from runtime.insight.doctor.base import SeenFinding
from runtime.insight.doctor.doctor import DIAGNOSES, is_explained
from runtime.looks.pace import Pace
from runtime.loop import Session, train
from runtime.session import Session as RunSession
from tests.builder.drawn import chain, classifier, node
from tests.runtime.test_loop import start

STEPS = 900
SGD = {"networks": ["model"]}


class EveryFew(Pace):
    """Looks at every tenth step, whatever it costs."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def is_due(self) -> bool:
        self.asked += 1
        return self.asked % 10 == 1


def network(*hidden: Any) -> Any:
    """Flatten, some layers, and the scores."""
    return chain(
        node("x", "Input", shape="$shape"),
        node("flatten1", "Flatten"),
        *hidden,
        node("out", "Linear", out_features="$classes"),
        node("scores", "Output"),
    )


def deep(kind: str, layers: int, width: int = 16) -> Any:
    """Many equal layers with an activation behind each."""
    hidden = [
        each
        for number in range(1, layers + 1)
        for each in (node(f"linear{number}", "Linear", out_features=width), node(f"act{number}", kind))
    ]
    return network(*hidden)


def watch(project: Project, steps: int = STEPS, prepare: Any = None) -> tuple[Doctor, list[Diagnosis]]:
    """Train a project under the eyes of a doctor."""
    run = project.run.model_copy(update={"epochs": 10_000, "max_steps": steps})
    project = project.model_copy(update={"run": run})
    session: Session = start(project, validation=0)
    session.looker.pace = EveryFew()
    if prepare:
        prepare(session)
    doctor = Doctor(session.project)
    doctor.hear(Progress(0, session.steps, 0.0, 1, 0.0, 0.0, None))
    told = [told for event in train(session, lambda: "run") for told in doctor.hear(event)]
    return doctor, told


def find(doctor: Doctor, code: str) -> dict[str, Any]:
    """What the doctor says of a code."""
    found = [finding for finding in doctor.open.values() if finding["code"] == code]
    assert found, [finding["message"] for finding in doctor.open.values()]
    json.dumps(found, allow_nan=False)
    return found[0]


def cure(project: Project, finding: dict[str, Any], repair: int = 0) -> Project:
    """The project with one of the repairs applied."""
    return apply_edits(project, finding["repairs"][repair]["edits"])


def test_a_network_that_a_learning_rate_of_ten_killed_is_named_and_its_button_cures_it() -> None:
    project = classifier(deep("ReLU", 2), node("adam", "Adam", **SGD, lr=10.0))
    doctor, told = watch(project)
    finding = find(doctor, "D001")
    assert finding["node"] in ("linear1", "linear2") and finding["graph"] == "networks.model"
    assert 'units never fire behind ReLU "act' in finding["message"] and "LeakyReLU" in finding["message"]
    assert told[0].step < STEPS / 2
    cured = cure(project, finding)
    assert cured.training.node("adam").params["lr"] <= 1.0
    assert watch(cured)[0].open == {}
    bent = cure(project, finding, 1)
    assert [each.kind for each in bent.networks["model"].nodes].count("LeakyReLU") == 1


def test_a_gradient_that_vanishes_in_a_deep_sigmoid_network_is_named_at_the_first_layer_and_relu_cures_it() -> None:
    project = classifier(deep("Sigmoid", 8), node("sgd", "SGD", **SGD, lr=0.1))
    doctor, _ = watch(project, 200)
    finding = find(doctor, "D002")
    assert finding["node"] == "linear1" and "times smaller than that of" in finding["message"]
    cured, _ = watch(cure(project, finding), 200)
    assert not [each for each in cured.open.values() if each["code"] == "D002"]
    normalised = cure(project, finding, 1)
    assert any(each.kind == "BatchNorm1d" for each in normalised.networks["model"].nodes)
    watch(normalised, 20)


def test_steps_that_are_too_large_are_said_of_the_optimizer() -> None:
    project = classifier(deep("GELU", 2), node("adam", "AdamW", **SGD, lr=0.9, weight_decay=1.0))
    doctor, _ = watch(project, 60)
    finding = find(doctor, "D004")
    assert finding["node"] == "adam" and cure(project, finding).training.node("adam").params["lr"] < 0.1


@pytest.mark.parametrize(
    ("optimizer", "rate", "usual"), [("Adam", 1e6, 1e-3), ("RMSprop", 1e5, 1e-2), ("Adagrad", 1e7, 1e-2)]
)
def test_an_absurd_rate_is_said_of_the_first_step_and_its_button_sets_the_usual_one(
    optimizer: str, rate: float, usual: float
) -> None:
    project = classifier(deep("ReLU", 1), node("opt", optimizer, **SGD, lr=rate))
    doctor, told = watch(project, 60)
    finding = find(doctor, "D004")
    assert told[0].step == 1 and "step 1 changed the weights by" in finding["message"]
    cured = cure(project, finding)
    assert cured.training.node("opt").params["lr"] == usual
    assert watch(cured, 60)[0].open == {}


def test_a_loss_that_explodes_is_said_from_its_curve_alone_and_explains_that_it_does_not_fall() -> None:
    project = classifier(deep("ReLU", 1), node("adam", "Adam", **SGD, lr=1e4))
    doctor = Doctor(project)
    told = []
    for step, loss in enumerate((2.3, 9e9, 4e8, 6e6, 5e6, 7e6), 1):
        doctor.hear(Scalars(step, 0.0, 0.0, "train", {"loss": loss}))
        told += doctor.hear(Look(step, []))
    finding = find(doctor, "D013")
    assert told[0].step == 4 and finding["node"] == "loss" and "began with 2.3" in finding["message"]
    assert cure(project, finding).training.node("adam").params["lr"] == 1e-3
    assert [each["code"] for each in doctor.open.values()] == ["D013"]


def test_weights_that_begin_near_zero_may_grow_at_once() -> None:
    def shrink(session: RunSession) -> None:
        with torch.no_grad():
            for parameter in session.networks["model"].parameters():
                parameter.mul_(1e-9)

    assert watch(classifier(deep("Tanh", 1), node("adam", "Adam", **SGD, lr=1e-3)), 30, shrink)[1] == []


def test_a_tanh_that_is_driven_to_its_ends_is_named_and_explains_the_gradient_that_is_lost_before_it() -> None:
    project = classifier(deep("Tanh", 2), node("sgd", "SGD", **SGD, lr=50.0))
    doctor, _ = watch(project, 300)
    finding = find(doctor, "D006")
    assert finding["node"].startswith("act") and "lies at its ends" in finding["message"]
    assert not [each for each in doctor.open.values() if each["code"] == "D002"]
    assert watch(cure(project, finding), 300)[0].open == {}


def test_steps_that_are_too_small_are_said_with_a_rate_that_learns() -> None:
    project = classifier(deep("ReLU", 1), node("sgd", "SGD", **SGD, lr=1e-9))
    doctor, _ = watch(project, 300)
    finding = find(doctor, "D005")
    assert cure(project, finding).training.node("sgd").params["lr"] > 1e-7
    assert not [each for each in doctor.open.values() if each["code"] == "D007"]


def test_a_loss_that_does_not_fall_is_said_after_a_good_part_of_the_run() -> None:
    project = classifier(deep("ReLU", 1), node("sgd", "SGD", **SGD, lr=2e-6))
    doctor, told = watch(project)
    finding = find(doctor, "D007")
    assert (
        finding["graph"] == "training"
        and finding["node"] == "loss"
        and "Raise the learning rate." in finding["message"]
    )
    assert min(each.step for each in told) >= 300
    assert cure(project, finding).training.node("sgd").params["lr"] > 2e-6


def kill_output(session: RunSession) -> None:
    """Weights that see nothing of what goes in."""
    with torch.no_grad():
        out: Any = session.networks["model"]
        out.out.weight.zero_()
        out.out.bias.copy_(torch.tensor([5.0, 0.0, -5.0]))


def test_a_network_that_answers_all_with_the_same_class_is_told() -> None:
    project = classifier(deep("Tanh", 1), node("sgd", "SGD", **SGD, lr=1e-7))
    doctor, _ = watch(project, 300, kill_output)
    finding = find(doctor, "D008")
    assert finding["node"] == "out" and "the same class" in finding["message"]


def test_a_number_that_is_none_is_traced_to_the_node_and_step_where_it_came_first() -> None:
    project = classifier(deep("ReLU", 2), node("sgd", "SGD", **SGD, lr=1e18))
    doctor, told = watch(project)
    finding = find(doctor, "D011")
    assert finding["severity"] == "error" and finding["graph"] == "networks.model"
    assert "became infinite or not a number, before anything else did" in finding["message"]
    assert [each["code"] for each in doctor.open.values()] == ["D011"] and told[0].is_open
    assert cure(project, finding).training.node("sgd").params["lr"] == 1e-3


def test_the_node_is_found_by_taking_the_last_steps_again_where_no_look_saw_it() -> None:
    project = classifier(deep("ReLU", 1), node("sgd", "SGD", **SGD, lr=0.01))
    run = project.run.model_copy(update={"epochs": 100})
    session = start(project.model_copy(update={"run": run}))
    session.looker.pace = OnlyOnce()
    doctor = Doctor(session.project)
    poisoned: Any = session.feeds["data"]
    take = poisoned.next_batch
    served = []

    def next_batch() -> Any:
        features, labels = take()
        served.append((poisoned.epoch, poisoned.position))
        return (features * (math.inf if served[-1] == POISONED else 1.0), labels)

    poisoned.next_batch = next_batch
    told = [told for event in train(session, lambda: "run") for told in doctor.hear(event)]
    fault = next(each.finding for each in told if each.finding["code"] == "D011")
    assert fault["node"] == "flatten1"
    assert f"in step {3 * POISONED[0] + POISONED[1]:,} " in fault["message"]


POISONED = (7, 2)


class OnlyOnce(Pace):
    """Looks at the first step."""

    def is_due(self) -> bool:
        return self.due == 0.0

    def add(self, cost: float) -> None:
        self.due = math.inf


def test_batch_statistics_without_variance_are_told() -> None:
    project = classifier(
        network(node("linear1", "Linear", out_features=8), node("bend", "ReLU"), node("norm1", "BatchNorm1d"))
    )

    def silence(session: RunSession) -> None:
        with torch.no_grad():
            model: Any = session.networks["model"]
            model.linear1.bias.fill_(-1e3)

    finding = find(watch(project, 600, silence)[0], "D012")
    assert finding["node"] == "norm1" and "100% of its channels" in finding["message"]


def look(step: int, norm: float = 1.0) -> Look:
    """A look at one layer by hand."""
    seen = {"network": "model", "name": "out", "graph": "networks.model", "node": "out", "trail": [], "kind": "Linear"}
    parts = {"gradients": {"norm": norm, "faulty": False}, "weights": {"norm": 1.0, "update": 1e-3, "faulty": False}}
    return Look(step, [{**seen, **parts}], {"sgd": 0.1})


def hear(doctor: Doctor, step: int, loss: float, norm: float = 1.0) -> list[Diagnosis]:
    """A step's loss, and a look at it."""
    doctor.hear(Scalars(step, 0.0, 0.0, "train", {"loss": loss}))
    return doctor.hear(look(step, norm))


def make_doctor() -> tuple[Project, Doctor]:
    """A doctor for a small classifier."""
    project = classifier(deep("ReLU", 1), node("sgd", "SGD", **SGD, lr=0.1))
    return project, Doctor(project)


def test_a_gradient_that_grows_a_hundredfold_is_told_with_clipping_as_its_cure_and_forgotten_when_it_is_gone() -> None:
    project, doctor = make_doctor()
    for step in range(1, 8):
        assert hear(doctor, step, 1.0) == []
    told = [each for step in range(8, 11) for each in hear(doctor, step, 1.0, norm=500.0)]
    assert told and told[0].is_open and find(doctor, "D003")["node"] == "sgd"
    assert cure(project, find(doctor, "D003")).training.node("sgd").params["clip_norm"] == 1.0
    told = [each for step in range(11, 14) for each in hear(doctor, step, 1.0)]
    assert told[-1].is_open is False and doctor.open == {}


def test_a_loss_that_jumps_is_told() -> None:
    _, doctor = make_doctor()
    for step in range(1, 200):
        hear(doctor, step, 1.0)
    assert doctor.open == {}
    for step in range(200, 206):
        hear(doctor, step, 60.0)
    assert find(doctor, "D010")["node"] == "loss"


def test_a_validation_loss_that_rises_while_training_falls_is_advice_to_end_earlier() -> None:
    project, doctor = make_doctor()
    for number, value in enumerate((1.0, 0.8, 0.7, 1.0, 1.1, 1.2)):
        for step in range(number * 20, number * 20 + 20):
            hear(doctor, step + 1, 1.0 / (step + 1))
        doctor.hear(Scalars(step + 1, 0.0, 0.0, "validation", {"loss": value}))
    hear(doctor, 200, 0.01)
    finding = find(doctor, "D009")
    assert finding["severity"] == "advice" and cure(project, finding).run.early_stopping is not None


def test_what_was_found_before_a_run_was_cut_is_known_and_can_be_cured() -> None:
    _, doctor = make_doctor()
    finding = {"code": "D003", "message": "grown"}
    again = Doctor(doctor.patient.project, [{"key": "D003 training sgd", "is_open": True, "finding": finding}])
    told = [each for step in range(1, 4) for each in hear(again, step, 1.0)]
    assert [each.is_open for each in told] == [False] and again.open == {}


@pytest.mark.parametrize("kind", ["ReLU", "Tanh", "GELU"])
@pytest.mark.parametrize("optimizer", ["Adam", "SGD"])
def test_healthy_networks_are_left_in_peace_from_the_first_step(kind: str, optimizer: str) -> None:
    rate = 1e-3 if optimizer == "Adam" else 0.05
    _, told = watch(classifier(deep(kind, 2, 32), node("opt", optimizer, **SGD, lr=rate)))
    assert told == []


def test_every_diagnosis_has_a_code_of_its_own_and_a_source() -> None:
    assert len({each.code for each in DIAGNOSES}) == len(DIAGNOSES) == 15


def test_what_explains_a_finding_is_in_the_same_network_or_about_the_whole_run() -> None:
    def seen(graph: str, *trail: tuple[str, str, int]) -> SeenFinding:
        return SeenFinding("D002", "warning", "", graph, "first", trail=trail)

    places = {("D001", "networks.generator")}
    assert is_explained(seen("networks.generator"), ("D001",), places)
    assert is_explained(seen("networks.stage", ("networks.generator", "stage", 0)), ("D001",), places)
    assert not is_explained(seen("networks.critic"), ("D001",), places)
    assert is_explained(seen("training"), ("D001",), places)
    assert is_explained(seen("networks.critic"), ("D011",), {("D011", "")})
    assert not is_explained(seen("networks.generator"), ("D011",), places)
