"""Where samples lie before the head of a network, against what is known exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from runtime.data.prepare import PreparedSource, prepare_source
from runtime.draws import OwnDraws
from runtime.insight import embedding
from runtime.insight.embedding import embed, find_directions
from runtime.insight.explaining import SHELF
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, linear


@pytest.fixture(scope="module")
def flowers(home: Path) -> RunFolder:
    folder = create_run(iris("run.epochs=3"))
    assert work(folder).status == "finished"
    return folder


def prepared(folder: RunFolder) -> PreparedSource:
    return prepare_source(folder.read_project().data["main"])


def test_directions_are_those_of_an_exact_decomposition():
    generator = torch.Generator().manual_seed(2)
    values = torch.randn(60, 9, generator=generator) * torch.arange(9, 0, -1) + 5
    with OwnDraws():
        points, shares = find_directions(values)
    _, sizes, directions = torch.linalg.svd(values.double() - values.double().mean(0), full_matrices=False)
    exact = (values.double() - values.double().mean(0)) @ directions[:2].T
    assert torch.allclose(points.abs(), exact.abs(), atol=1e-6)
    assert shares == pytest.approx((sizes[:2] ** 2 / (sizes**2).sum()).tolist(), abs=1e-6)


@pytest.mark.parametrize("values", [torch.zeros(5, 3), torch.ones(4, 1), torch.tensor([[1.0, 2.0]])])
def test_samples_that_do_not_differ_lie_on_one_point(values: torch.Tensor) -> None:
    points, shares = find_directions(values)
    assert points.shape == (len(values), 2) and not points.any() and sum(shares) == 0


def test_the_head_reads_what_the_last_layer_with_weights_is_given(flowers: RunFolder) -> None:
    source, found = prepared(flowers), embed(flowers, prepared(flowers))
    assert (found.node, found.width, found.part) == ("dropout1", 24, "validation")
    assert len(found.points) == len(found.labels) == found.size == len(source.parts["validation"]["species"])
    network = SHELF.take(flowers, None).network
    network.eval()
    order = embedding.order_samples(found.size, 0, 0)
    with torch.no_grad():
        rows = source.parts["validation"]["features"][order]
        hidden = network.relu1(network.norm1(network.linear1(rows)))
        expected, _ = find_directions(hidden)
    assert torch.allclose(found.points.abs(), expected.abs(), atol=1e-6)
    assert found.labels == tuple(source.parts["validation"]["species"][order].tolist())


def test_the_same_map_comes_again_and_takes_no_random_number(flowers: RunFolder) -> None:
    before = torch.get_rng_state()
    one, other = embed(flowers, prepared(flowers)), embed(flowers, prepared(flowers))
    assert torch.equal(one.points, other.points) and torch.equal(torch.get_rng_state(), before)


def test_of_wide_layers_fewer_samples_are_placed(flowers: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "MOST_SAMPLES", 8)
    assert len(embed(flowers, prepared(flowers)).points) == 8


def test_numbers_have_no_classes_to_be_coloured_by(home: Path) -> None:
    line = create_run(linear(epochs=1))
    work(line)
    with pytest.raises(RunError, match="does not choose one"):
        embed(line, prepared(line))
