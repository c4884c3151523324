"""The work of a step, against counts by hand."""

from __future__ import annotations

from builder.document import Project
from builder.plan import Turn
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from builder.step_work import Sizes, Work, count_network, count_step
from tests.builder.drawn import chain, classifier, node

ROWS = 20


def two_layers() -> Project:
    """64 → 10 → 3, with 643 weights and biases."""
    network = chain(
        node("x", "Input", shape="$shape"),
        node("flatten1", "Flatten"),
        node("linear1", "Linear", out_features=10),
        node("relu1", "ReLU"),
        node("linear2", "Linear", out_features=3),
        node("scores", "Output"),
    )
    return classifier(network)


def count(project: Project, kept: int = 0, width: int = 4) -> Work:
    flows = infer(project)
    plan = TrainingPlan(project, flows)
    step = plan.plan_step([Turn(id) for id in plan.updaters])
    return count_step(plan, flows, step, Sizes(ROWS, {}, width), dict.fromkeys(plan.optimizers, kept))


def test_operations_are_those_of_the_formula_and_the_first_layer_needs_no_gradient_of_its_input() -> None:
    forward = 2 * ROWS * (64 * 10 + 10 * 3)
    assert count(two_layers()).operations == forward + 2 * ROWS * (64 * 10 + 2 * 10 * 3)


def test_bytes_grow_by_what_an_optimizer_keeps_and_halve_with_the_width_of_what_networks_put_out() -> None:
    project = two_layers()
    assert count(project, kept=1000).bytes - count(project).bytes == 2 * 1000
    assert count(project).bytes > count(project, width=2).bytes > count(project).bytes / 2


def test_the_bytes_of_a_network_are_counted_as_by_hand() -> None:
    project = two_layers()
    passes = count_network(project, infer(project), "model", Sizes(ROWS, {}), learns=True)
    x, hidden, scores = 4 * ROWS * 64, 4 * ROWS * 10, 4 * ROWS * 3
    first, second = 4 * 650, 4 * 33
    assert passes.forward.bytes == (x + hidden + first) + 2 * hidden + (hidden + scores + second)
    back = (x + hidden + first) + (2 * hidden + hidden) + (hidden + scores + hidden + 2 * second)
    assert passes.backward.bytes == back


def test_a_network_that_only_hands_gradients_on_has_none_of_its_own_weights() -> None:
    project, flows = two_layers(), infer(two_layers())
    rests = count_network(project, flows, "model", Sizes(ROWS, {}), learns=False, is_fed=False)
    hands_on = count_network(project, flows, "model", Sizes(ROWS, {}), learns=False, is_fed=True)
    assert rests.backward == Work() and not rests.slopes
    assert hands_on.backward.operations == hands_on.forward.operations
