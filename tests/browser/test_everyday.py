"""What users of any editor expect and no other test does: by mouse, and by keyboard alone."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.conftest import Server
from tests.browser.test_keyboard import go_to, links

pytestmark = pytest.mark.browser


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server)


def read_zoom(canvas: Canvas) -> float:
    """How large the graph is drawn."""
    scale = "element => new DOMMatrix(getComputedStyle(element).transform).a"
    return float(canvas.page.locator(".react-flow__viewport").evaluate(scale))


def results(canvas: Canvas) -> Locator:
    return canvas.page.get_by_role("dialog", name="Add a node").get_by_role("option")


def test_the_visible_plus_opens_the_search_which_knows_synonyms_and_offers_the_last_used_first(canvas: Canvas) -> None:
    canvas.select("pool1")
    canvas.page.get_by_role("button", name="Add a node").click()
    canvas.page.keyboard.type("fully connected")
    expect(results(canvas).first).to_contain_text("Linear")
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("linear")).to_be_visible()
    assert {("pool1", "linear"), ("linear", "flatten1")} <= links(canvas)
    canvas.press("Tab")
    expect(results(canvas).first).to_contain_text("Linear")


def test_a_link_that_is_dropped_on_a_node_takes_its_first_free_port(canvas: Canvas) -> None:
    canvas.press("Control+a")
    canvas.page.keyboard.press("Escape")
    canvas.page.mouse.dblclick(700, 640)
    canvas.page.keyboard.type("add")
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("add")).to_be_visible()
    for source in ("relu1", "conv1"):
        canvas.drag(middle(canvas.port(source, "output", "source")), middle(canvas.node("add").locator(".node-id")))
    assert {("relu1", "add"), ("conv1", "add")} <= links(canvas)
    ports = [edge["target_port"] for edge in canvas.stored()["networks"]["model"]["edges"] if edge["target"] == "add"]
    assert sorted(ports) == ["inputs.0", "inputs.1"]


def test_the_wheel_zooms_at_the_cursor_and_the_mini_map_moves_the_view(canvas: Canvas) -> None:
    page, name = canvas.page, canvas.node("relu1").locator(".node-id")
    before, (x, y) = read_zoom(canvas), middle(name)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(400)
    assert read_zoom(canvas) > before
    after = middle(name)
    assert abs(after[0] - x) < 12
    assert abs(after[1] - y) < 12
    box = page.get_by_role("img", name="Mini map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 6, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    assert middle(name)[0] > after[0] + 100


def test_the_view_is_zoomed_and_fitted_by_keyboard(canvas: Canvas) -> None:
    whole = read_zoom(canvas)
    go_to(canvas, "conv1")
    canvas.press("Shift+f")
    canvas.page.wait_for_timeout(300)
    assert read_zoom(canvas) > whole
    canvas.press("-")
    canvas.press("f")
    canvas.page.wait_for_timeout(300)
    assert read_zoom(canvas) == pytest.approx(whole, rel=0.01)


def test_a_node_shows_its_cost_and_its_help(canvas: Canvas) -> None:
    expect(canvas.node("conv1").locator(".node-cost")).to_have_accessible_name(re.compile("320 parameters"))
    canvas.select("conv1")
    help = canvas.page.locator(".inspector .help")
    help.locator("summary").click()
    expect(help).to_contain_text("Shapes:")
    expect(help).to_contain_text("kernel_size")
    help.locator("summary").focus()
    canvas.page.keyboard.press("Enter")
    expect(help.locator("dl")).not_to_be_visible()


def test_a_reference_with_arithmetic_is_typed_by_keyboard_and_says_what_it_comes_to(canvas: Canvas) -> None:
    go_to(canvas, "linear1")
    canvas.page.keyboard.press("Enter")
    expect(canvas.field("out_features")).to_be_focused()
    canvas.page.keyboard.press("Control+a")
    canvas.page.keyboard.type("$classes * 2")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.locator('[data-param="out_features"]')).to_contain_text("20")
    expect(canvas.page.locator('[data-param="out_features"]')).to_have_class(re.compile("is-changed"))


def test_a_finding_is_reached_and_mended_by_keyboard(canvas: Canvas) -> None:
    go_to(canvas, "flatten1")
    canvas.page.keyboard.press("Delete")
    finding = canvas.page.locator(".finding").first
    expect(finding).to_contain_text("linear1")
    finding.locator(".message").focus()
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("linear1")).to_have_class(re.compile("is-selected"))
    finding.locator(".repair").first.focus()
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.locator(".findings")).to_contain_text("Nothing to mend")


def test_a_layer_that_nobody_knows_stays_with_its_values_and_is_told(page: Page, server: Server) -> None:
    id = uuid.uuid4().hex[:12]
    nodes = [
        {"id": "x", "kind": "Input", "params": {"shape": [4]}, "position": [0, 0]},
        {"id": "odd", "kind": "Conv7d", "params": {"depth": 7}, "position": [240, 0]},
        {"id": "y", "kind": "Output", "position": [480, 0]},
    ]
    edges = [{"source": "x", "target": "odd"}, {"source": "odd", "target": "y"}]
    (server.home / "projects").mkdir(exist_ok=True)
    project = {"format": 1, "name": "Odd", "networks": {"model": {"nodes": nodes, "edges": edges}}}
    (server.home / "projects" / f"{id}.json").write_text(json.dumps(project))
    canvas = Canvas(page, server, project=id)
    expect(canvas.node("odd")).to_have_class(re.compile("has-error"))
    expect(canvas.node("odd").locator(".badge")).to_have_accessible_name(re.compile("Conv7d"))
    canvas.select("x")
    canvas.press("ArrowDown")
    canvas.expect_saved()
    stored = canvas.stored()["networks"]["model"]["nodes"][1]
    assert (stored["kind"], stored["params"]) == ("Conv7d", {"depth": 7})
