"""One step of training taken apart: it is the real step, and it says where gradients went."""

from __future__ import annotations

import pytest
import torch

from builder.document import Project
from builder.edits import apply_edits
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from runtime.insight.stepping import Moment, Walk, walk, walk_prepared
from runtime.runs.errors import RunError
from tests.builder.drawn import chain, classifier, node
from tests.runtime.algorithm_parts import RIVALS, project
from tests.runtime.prepared import make_up
from tests.runtime.rival_algorithms import gan, wgan_gp


def take(drawn: Project) -> Walk:
    return walk_prepared(drawn, make_up(drawn))


def list_moments(found: Walk) -> list[str]:
    return [f"{moment.does} {moment.node}" for moment in found.moments]


def pick(found: Walk, does: str, node: str) -> list[Moment]:
    return [moment for moment in found.moments if (moment.does, moment.node) == (does, node)]


def test_a_gan_steps_its_critic_and_asks_it_again_for_the_generator() -> None:
    found = take(gan())
    told = list_moments(found)
    assert told.index("backward d_adam") < told.index("update d_adam") < told.index("backward g_adam")
    first, second = pick(found, "evaluate", "d_fake")
    assert (first.again, second.again) == (False, True)
    assert not torch.equal(first.outputs["score"], second.outputs["score"])
    assert len(pick(found, "evaluate", "fake")) == 1
    assert (first.stage, second.stage) == (0, 1)


def test_a_backward_pass_says_what_it_goes_through_and_what_it_reaches() -> None:
    (critic,) = pick(take(gan()), "backward", "d_adam")
    (generator,) = pick(take(gan()), "backward", "g_adam")
    assert "fake" not in critic.path and critic.through == ()
    assert {"fake", "d_fake", "g_loss"} <= set(generator.path)
    assert generator.through == ("critic",)
    assert {touched.network for touched in generator.touched} == {"generator"}
    assert all(touched.size for touched in generator.touched if touched.name.endswith("weight"))


def test_an_update_changes_its_own_networks_and_no_other() -> None:
    (update,) = pick(take(gan()), "update", "g_adam")
    assert {touched.network for touched in update.touched} == {"generator"}
    assert all(touched.size is None or touched.size > 0 for touched in update.touched)
    assert sum(touched.count for touched in update.touched) == infer(gan())["networks.generator"].parameters


def test_a_detach_is_where_gradients_stop() -> None:
    drawn = project(
        RIVALS,
        [
            node("noise", "Noise", size=[6]),
            node("fake", "Network", network="generator"),
            node("wall", "Detach"),
            node("score", "Network", network="critic"),
            node("loss", "BCEWithLogitsLoss", target=0.0),
            node("adam", "Adam", networks=["critic", "generator"]),
        ],
        """
        noise -> fake.z
        fake.picture -> wall
        wall -> score.picture
        score.score -> loss
        loss -> adam.loss
        """,
    )
    (backward,) = pick(take(drawn), "backward", "adam")
    assert backward.stops == ("wall",)
    assert {touched.network for touched in backward.touched if touched.reached} == {"critic"}


def test_the_moments_are_the_planned_step_in_its_order() -> None:
    drawn = wgan_gp()
    plan = TrainingPlan(drawn, infer(drawn))
    evaluated = [moment.node for moment in take(drawn).moments if moment.does == "evaluate"]
    assert set(evaluated) <= set(plan.nodes) and evaluated[0] in ("data", "noise")
    assert [moment.node for moment in take(drawn).moments if moment.does == "update"] == plan.updaters


def test_taking_a_step_apart_draws_nothing_that_a_run_beside_it_would_draw() -> None:
    drawn = classifier(
        chain(
            node("x", "Input", shape=[1, 8, 8]),
            node("flat", "Flatten"),
            node("drop", "Dropout", p=0.5),
            node("out", "Linear", out_features=3),
            node("scores", "Output"),
        ),
        node("adam", "Adam", networks=["model"], lr=0.01),
    )
    before = torch.get_rng_state()
    first, second = take(drawn), take(drawn)
    assert torch.equal(before, torch.get_rng_state())
    one, other = (pick(found, "evaluate", "predict")[0].outputs for found in (first, second))
    assert all(torch.equal(one[port], other[port]) for port in one)


def test_a_step_that_cannot_be_planned_is_told_with_its_node() -> None:
    link = {"source": "fake", "source_port": "picture", "target": "d_fake", "target_port": "picture"}
    broken = apply_edits(gan(), [{"op": "disconnect", "graph": "training", "edge": link}])
    with pytest.raises(RunError, match="d_fake"):
        take(broken)
    with pytest.raises(RunError, match="no data"):
        walk(gan().model_copy(update={"data": {}}))
