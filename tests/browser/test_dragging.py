"""What is drawn while something is dragged: what is held, the links that end at it, and nothing else."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.conftest import Server

PRESETS = Path(__file__).parents[2] / "presets"
PATIENCE = 50
pytestmark = pytest.mark.browser

LISTEN = """
(canvas) => {
  window.drawnAnew = new Set();
  const note = (target) => {
    const link = target.closest(".react-flow__edge"), node = target.closest(".react-flow__node");
    if (link || node) window.drawnAnew.add((link ?? node).dataset.id);
  };
  window.listening = new MutationObserver((records) => {
    for (const { target } of records) note(target.nodeType === Node.TEXT_NODE ? target.parentElement : target);
  });
  window.listening.observe(canvas, { attributes: true, childList: true, characterData: true, subtree: true });
}
"""


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server)


def drawn_anew(canvas: Canvas) -> set[str]:
    """The nodes and links that were changed on the screen since the last question."""
    names = canvas.page.evaluate(
        "() => { const names = [...window.drawnAnew]; window.drawnAnew.clear(); return names; }"
    )
    return set(names)


@contextmanager
def held(canvas: Canvas, id: str) -> Iterator[tuple[float, float]]:
    """A node that is held by its name, and dropped in the end."""
    x, y = middle(canvas.node(id).locator(".node-id"))
    canvas.page.mouse.move(x, y)
    canvas.page.mouse.down()
    canvas.page.mouse.move(x + 10, y + 10)
    yield x, y
    canvas.page.mouse.up()


def end_of_link(canvas: Canvas, key: str) -> tuple[float, float]:
    """Where a link arrives, on the screen."""
    path = canvas.page.locator(f'.react-flow__edge[data-id="{key}"] .react-flow__edge-path')
    x, y = path.evaluate(
        "(path) => { const at = path.getPointAtLength(path.getTotalLength()).matrixTransform(path.getScreenCTM());"
        " return [at.x, at.y]; }"
    )
    return x, y


def test_while_a_node_is_dragged_only_it_and_its_links_are_drawn(canvas: Canvas) -> None:
    with held(canvas, "relu1") as (x, y):
        canvas.page.locator("[data-canvas]").evaluate(LISTEN)
        for step in range(1, 8):
            canvas.page.mouse.move(x + 10 * step, y + 12 * step)
        expect(canvas.node("relu1")).to_be_visible()
        assert drawn_anew(canvas) == {"relu1", "conv1 output relu1 input", "relu1 output pool1 input"}


def open_chain(page: Page, server: Server, length: int) -> Canvas:
    """A chain of activations behind an image, in rows of twenty, all in sight."""
    document = json.loads((PRESETS / "mnist_cnn.json").read_text(encoding="utf-8"))
    ends = document["networks"]["model"]["nodes"]
    body = [{"id": f"n{i}", "kind": "ReLU"} for i in range(length)]
    chain = [
        {**node, "position": [240 * (i % 20), 120 * (i // 20)]} for i, node in enumerate([ends[0], *body, *ends[-3:]])
    ]
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(chain)]
    document["networks"]["model"] = {"nodes": chain, "edges": edges}
    id = uuid.uuid4().hex[:12]
    (server.home / "projects").mkdir(exist_ok=True)
    (server.home / "projects" / f"{id}.json").write_text(json.dumps(document))
    return Canvas(page, server, project=id)


def count_calls(canvas: Canvas, moves: int = 20) -> float:
    """How many calls of functions a page makes for one move of a node that is dragged."""
    session = canvas.page.context.new_cdp_session(canvas.page)
    session.send("Profiler.enable")
    x, y = middle(canvas.node("n2"))
    canvas.page.mouse.move(x, y)
    canvas.page.mouse.down()
    canvas.page.mouse.move(x + 20, y + 20)
    canvas.page.wait_for_timeout(500)
    session.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": False})
    for step in range(moves):
        canvas.page.mouse.move(x + 20 + 3 * step, y + 20)
    coverage = session.send("Profiler.takePreciseCoverage")["result"]
    canvas.page.mouse.up()
    functions = [function for script in coverage if "/assets/" in script["url"] for function in script["functions"]]
    calls: int = sum(function["ranges"][0]["count"] for function in functions)
    return calls / moves


def test_a_node_that_is_not_dragged_costs_a_drag_next_to_nothing(page: Page, server: Server) -> None:
    """React passes by every node; asking each what has changed would take more than a thousand calls."""
    small, large = (count_calls(open_chain(page, server, length)) for length in (4, 150))
    assert 0 < (large - small) / 146 < 150


def test_a_node_and_the_ends_of_its_links_are_where_it_is_held_and_where_it_is_dropped(canvas: Canvas) -> None:
    before = middle(canvas.node("relu1"))
    with held(canvas, "relu1") as (x, y):
        canvas.page.mouse.move(x + 40, y + 130, steps=5)
        there = middle(canvas.node("relu1"))
        assert there[1] - before[1] == pytest.approx(130, abs=10)
        port = middle(canvas.port("relu1", "input", "target"))
        assert end_of_link(canvas, "conv1 output relu1 input") == pytest.approx(port, abs=6)
    assert middle(canvas.node("relu1")) == pytest.approx(there, abs=1)
    assert end_of_link(canvas, "conv1 output relu1 input") == pytest.approx(port, abs=6)
    canvas.press("Control+z")
    canvas.expect_saved()
    assert middle(canvas.node("relu1")) == pytest.approx(before, abs=1)


def test_the_nodes_of_a_frame_are_held_with_it(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.node("relu1").locator(".node-id").click(modifiers=["Shift"])
    canvas.press("g")
    title = canvas.page.locator(".frame-title")
    canvas.page.keyboard.press("Escape")
    x, y = middle(title)
    before, beside = middle(canvas.node("relu1")), middle(canvas.node("pool1"))
    canvas.page.mouse.move(x, y)
    canvas.page.mouse.down()
    canvas.page.mouse.move(x + 20, y + 100, steps=6)
    there = middle(canvas.node("relu1"))
    assert there[1] - before[1] > 60
    assert middle(canvas.node("conv1"))[1] == there[1]
    assert middle(canvas.node("pool1")) == beside
    canvas.page.mouse.up()
    assert middle(canvas.node("relu1")) == pytest.approx(there, abs=1)


def test_a_node_that_is_held_at_the_border_takes_the_view_along(canvas: Canvas) -> None:
    box = canvas.page.locator(".react-flow").bounding_box()
    assert box is not None
    x, bottom = box["x"] + box["width"] / 2, box["y"] + box["height"] - 6
    other = middle(canvas.node("conv1"))
    with held(canvas, "relu1"):
        canvas.page.mouse.move(x, bottom, steps=5)
        for _ in range(PATIENCE):
            canvas.page.wait_for_timeout(100)
            if middle(canvas.node("conv1"))[1] < other[1] - 30:
                break
        assert middle(canvas.node("relu1"))[1] == pytest.approx(bottom, abs=40)
        assert middle(canvas.node("conv1"))[1] < other[1] - 30
    assert middle(canvas.node("relu1"))[1] == pytest.approx(bottom, abs=40)
