"""Presets that make pictures show, from the first step on, what a learner must see of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from builder.document import Project
from builder.step_planner import TrainingPlan
from runtime.data.prepare import prepare
from runtime.session import Session
from tests.builder.training.test_previews import decode
from tests.presets.test_presets import GENERATIVE, load

DRAWN_FROM_NOISE = [name for name in GENERATIVE if name not in ("autoencoder", "denoising_autoencoder")]
CONDITIONAL = ["conditional_gan", "conditional_vae"]
RECONSTRUCTING = {"autoencoder": 2, "denoising_autoencoder": 3, "vae": 2, "conditional_vae": 2}
WASSERSTEIN = ["wgan", "wgan_gp"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home of its own, in which the digits are prepared once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_HOME", str(tmp_path_factory.mktemp("home")))
        yield


def load_embedded(name: str) -> Project:
    """A preset that learns from the digits that are always there."""
    project = load(name)
    main = project.data["main"]
    return project.model_copy(update={"data": {"main": main.model_copy(update={"origins": main.origins[1:]})}})


def begin(name: str) -> Session:
    """A preset before its first step."""
    project = load_embedded(name)
    return Session.create(project, prepare(project), torch.device("cpu"))


def look(session: Session, node: str) -> Any:
    """What a preview shows now."""
    return decode(session.evaluator.preview()[node]["images"])


@pytest.mark.parametrize("name", DRAWN_FROM_NOISE)
def test_samples_of_a_fixed_noise_change_by_learning_alone(name: str) -> None:
    session = begin(name)
    first, again = look(session, "samples"), look(session, "samples")
    assert first.shape == (40, 28, 28, 1)
    assert torch.equal(first, again)
    for _ in range(3):
        session.run_step()
    assert not torch.equal(first, look(session, "samples"))


@pytest.mark.parametrize("name", CONDITIONAL)
def test_below_each_sample_stands_the_digit_that_was_asked_for(name: str) -> None:
    shown = begin(name).evaluator.preview()["samples"]
    assert shown["truth"] == [str(digit) for digit in range(10)] * 4
    assert "predicted" not in shown


@pytest.mark.parametrize(("name", "rows"), RECONSTRUCTING.items())
def test_reconstructions_stand_below_what_went_in(name: str, rows: int) -> None:
    session = begin(name)
    (node,) = (id for id in session.plan.of_role("preview") if session.plan.nodes[id].kind == "ImageRows")
    columns = look(session, node)
    assert columns.shape == (8, 30 * rows - 2, 28, 1)
    real = session.evaluator.parts["main"]["validation"]["image"][:8]
    pixels = (real * 255).round().to(torch.uint8).permute(0, 2, 3, 1)
    assert torch.equal(columns[:, -28:] if name.startswith("denoising") else columns[:, :28], pixels)


@pytest.mark.parametrize("name", WASSERSTEIN)
def test_the_distance_that_the_critic_finds_is_drawn_at_every_step(name: str) -> None:
    session = begin(name)
    log = session.run_step()
    assert log["critic_distance"].isfinite()
    assert "critic_distance" in session.plan.logged_losses()


@pytest.mark.parametrize("name", [name for name in GENERATIVE if "gan" in name])
def test_both_rivals_have_a_loss_by_their_name(name: str) -> None:
    plan = TrainingPlan(load(name))
    followed = {plan.params(id).networks[0]: plan.loss_of(id) for id in plan.optimizers}
    assert {network: loss.node for network, loss in followed.items() if loss} == {
        network: f"{network}_loss" for network in plan.trained
    }


def test_an_autoencoder_learns_to_draw_digits_again() -> None:
    session = begin("autoencoder")
    before = session.evaluator.measure("validation").values["loss"]
    for _ in range(3 * session.lead.num_batches):
        session.run_step()
    assert session.evaluator.measure("validation").values["loss"] < min(0.03, before / 5)
