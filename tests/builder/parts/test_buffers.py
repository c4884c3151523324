"""A Buffer is the image pool that a person would write, picture by picture."""

from __future__ import annotations

import pytest
import torch

from benchmarks.reference.pool import PoolByHand
from builder.parts.buffers import Buffer


@pytest.mark.parametrize("gives", ["any", "oldest"])
@pytest.mark.parametrize(("size", "probability"), [(10, 0.5), (7, 1.0), (3, 0.2), (4, 0.0), (1, 0.5)])
def test_a_buffer_gives_what_a_pool_written_by_hand_gives(size: int, probability: float, gives: str) -> None:
    batches = torch.arange(12 * 4 * 3.0).reshape(12, 4, 3)
    torch.manual_seed(3)
    by_hand = PoolByHand(size, probability, gives)
    expected = [by_hand.query(batch) for batch in batches]
    state = torch.get_rng_state()
    torch.manual_seed(3)
    buffer = Buffer(size, (3,), probability, gives).train()
    for batch, wanted in zip(batches, expected, strict=True):
        assert torch.equal(buffer(batch), wanted)
    assert torch.equal(buffer.kept, torch.stack(by_hand.pictures))
    assert torch.equal(torch.get_rng_state(), state)


def test_a_queue_gives_everything_later_in_the_order_in_which_it_came() -> None:
    queue = Buffer(6, (1,), probability=1.0, gives="oldest").train()
    given = [queue(torch.arange(step * 4.0, step * 4 + 4).reshape(4, 1)).flatten().tolist() for step in range(5)]
    assert given == [[0, 1, 2, 3], [4, 5, 0, 1], [2, 3, 4, 5], [6, 7, 8, 9], [10, 11, 12, 13]]


def test_a_buffer_goes_on_from_its_state_and_cuts_gradients() -> None:
    buffer = Buffer(5, (2,)).train()
    value = torch.rand(4, 2, requires_grad=True)
    assert not buffer(value).requires_grad
    buffer(value)
    again = Buffer(5, (2,)).train()
    again.load_state_dict({name: tensor.clone() for name, tensor in buffer.state_dict().items()})
    torch.manual_seed(1)
    first = [buffer(torch.full((4, 2), float(step))) for step in range(3)]
    torch.manual_seed(1)
    assert all(torch.equal(again(torch.full((4, 2), float(step))), first[step]) for step in range(3))


def test_at_rest_everything_goes_through_and_nothing_is_kept() -> None:
    buffer = Buffer(5, (2,)).train()
    buffer(torch.ones(4, 2))
    before = {name: tensor.clone() for name, tensor in buffer.state_dict().items()}
    value = torch.rand(9, 2)
    state = torch.get_rng_state()
    assert torch.equal(buffer.eval()(value), value)
    assert all(torch.equal(before[name], tensor) for name, tensor in buffer.state_dict().items())
    assert torch.equal(state, torch.get_rng_state())
