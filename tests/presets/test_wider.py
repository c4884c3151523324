"""Presets with several networks or inputs show, from the first step on, what a learner must see of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.nn import functional

from builder.answering import find_question
from builder.codegen import generate_train
from builder.document import Project
from runtime.data.prepare import prepare
from runtime.session import Session
from tests.builder.training.test_previews import decode
from tests.presets.test_presets import load

ROWS = {
    ("pix2pix", "rows"): (3, 32),
    ("cyclegan", "there_and_back"): (3, 24),
    ("cyclegan", "back_and_there"): (3, 24),
    ("super_resolution", "rows"): (4, 32),
    ("super_resolution_gan", "rows"): (4, 32),
}
WIDER = ["pix2pix", "cyclegan", "super_resolution", "super_resolution_gan", "simclr", "distillation", "two_inputs",
         "cnn_rnn", "diffusion"]  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home of its own, in which the data is prepared once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_HOME", str(tmp_path_factory.mktemp("home")))
        yield


def load_embedded(name: str) -> Project:
    """A preset that learns from the data that is always there."""
    project = load(name)
    data = {
        name: source.model_copy(update={"origins": tuple(o for o in source.origins if o.kind == "embedded")})
        for name, source in project.data.items()
    }
    return project.model_copy(update={"data": data})


def begin(name: str) -> Session:
    """A preset before its first step."""
    project = load_embedded(name)
    return Session.create(project, prepare(project), torch.device("cpu"))


def look(session: Session, node: str) -> Any:
    """What a preview shows now."""
    return decode(session.evaluator.preview()[node]["images"])


@pytest.mark.parametrize(("where", "shape"), ROWS.items(), ids=lambda value: "-".join(map(str, value)))
def test_what_went_in_stands_above_what_came_out(where: tuple[str, str], shape: tuple[int, int]) -> None:
    (name, node), (rows, side) = where, shape
    line = max(1, round(side / 14))
    assert look(begin(name), node).shape == (8, rows * (side + line) - line, side, 3)


@pytest.mark.parametrize("name", WIDER)
def test_a_step_gives_losses_that_are_numbers_and_can_be_printed(name: str) -> None:
    session = begin(name)
    log = session.run_step()
    assert log.keys() == set(session.plan.logged_losses())
    assert all(value.isfinite() for value in log.values())
    assert "def main" in generate_train(session.project)


def test_samples_come_from_the_same_noise_and_change_by_learning_alone() -> None:
    session = begin("diffusion")
    first, again = look(session, "samples"), look(session, "samples")
    assert torch.equal(first, again)
    for _ in range(2):
        session.run_step()
    assert first.shape == (16, 16, 16, 1)
    assert not torch.equal(first, look(session, "samples"))


def test_two_worlds_have_orders_of_their_own_and_pools_fill() -> None:
    session = begin("cyclegan")
    batches = {id: feed.next_batch() for id, feed in session.feeds.items()}
    assert list(batches) == ["plain", "striped"]
    assert not torch.equal(*batches.values())
    session.run_step()
    assert {memory.filled for memory in session.machinery.memories.values()} == {8}


def test_bicubic_enlargement_is_measured_beside_the_network_which_begins_close_to_it() -> None:
    session = begin("super_resolution")
    found = session.evaluator.measure("validation").values
    high = session.evaluator.parts["main"]["validation"]["image"]
    plain = functional.interpolate(functional.avg_pool2d(high, 2), scale_factor=2.0, mode="bicubic")
    expected = -10 * (plain - high).square().flatten(1).mean(1).log10().mean().item()
    assert found["bicubic_psnr"] == pytest.approx(expected, abs=1e-3)
    assert found["psnr"] == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize(
    ("name", "network", "inputs"),
    [
        ("distillation", "student", ("image",)),
        ("two_inputs", "model", ("pieces", "row")),
        ("cnn_rnn", "model", ("film",)),
        ("pix2pix", "generator", ("sketch",)),
    ],
)
def test_the_network_that_answers_is_the_one_a_person_wants(name: str, network: str, inputs: tuple[str, ...]) -> None:
    question = find_question(load(name))
    assert (question.network, question.inputs) == (network, inputs)


def test_a_probe_reads_features_and_never_changes_them() -> None:
    plan = begin("simclr").plan
    assert plan.gradient_path("probe_adam") == {"guess", "probe_loss"}
    assert plan.mode("features") == "eval"


def test_films_are_told_apart_after_a_few_steps() -> None:
    session = begin("cnn_rnn")
    for _ in range(2 * session.lead.num_batches):
        session.run_step()
    assert session.evaluator.measure("validation").values["accuracy"] > 0.5
