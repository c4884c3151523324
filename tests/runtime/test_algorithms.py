"""Drawn algorithms do what a hand-written loop does, bit for bit: weights, buffers, losses and random numbers."""

from __future__ import annotations

import copy

import pytest
import torch

from builder.compiler import build_network
from builder.rules import check
from runtime.loop import Session
from tests.runtime.algorithms import ALGORITHMS
from tests.runtime.prepared import make_up
from tests.runtime.preset_algorithms import PRESET_ALGORITHMS
from tests.runtime.wider_algorithms import WIDER_ALGORITHMS

STEPS = 20
ALL = ALGORITHMS | WIDER_ALGORITHMS | PRESET_ALGORITHMS


@pytest.mark.parametrize("name", ALL)
def test_a_drawn_algorithm_is_the_hand_written_one(name):
    project, write = ALL[name]
    session = Session.create(project, make_up(project), torch.device("cpu"))
    networks = {name: copy.deepcopy(network) for name, network in fresh(project).items()}
    by_hand = write(networks)
    batches = [{id: feed.next_batch() for id, feed in session.feeds.items()} for _ in range(STEPS)]
    state = torch.get_rng_state()
    drawn_logs = [session.stepper.run(batch, step, 0) for step, batch in enumerate(batches)]
    drawn_state = torch.get_rng_state()
    torch.set_rng_state(state)
    for step, (batch, drawn) in enumerate(zip(batches, drawn_logs, strict=True)):
        hand = by_hand(*(tensor for given in batch.values() for tensor in as_tuple(given)))
        assert {key: value.item() for key, value in hand.items()} == {
            key: value.item() for key, value in drawn.items()
        }, step
    assert torch.equal(drawn_state, torch.get_rng_state())
    for network, module in networks.items():
        own = session.networks[network].state_dict()
        assert [key for key, value in module.state_dict().items() if not torch.equal(own[key], value)] == []


def as_tuple(batch):
    """The tensors of a batch, of which one alone stands without a tuple."""
    return batch if isinstance(batch, tuple) else (batch,)


def fresh(project):
    """The networks as a run begins with them."""
    torch.manual_seed(project.run.seed)
    return {name: build_network(project, name).train() for name in project.networks}


@pytest.mark.parametrize("name", ALL)
def test_a_drawn_algorithm_has_no_findings_and_is_measured_without_learning(name):
    project, _ = ALL[name]
    assert [finding.text for finding in check(project)] == []
    session = Session.create(project, make_up(project), torch.device("cpu"))
    before = {key: value.clone() for key, value in session.weight_tensors().items()}
    state = torch.get_rng_state()
    measured = session.evaluator.measure("validation")
    assert set(measured.values) == {*session.plan.logged_losses(), *session.plan.of_role("metric")}
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(value, before[key]) for key, value in session.weight_tensors().items())
