"""What of a graph is seen: fitted, beside panels, after something was added; and which panel stands beside it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
IDS = 12


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    """A chain of twelve nodes, fitted."""
    return Canvas(page, server, preset="mnist_cnn_deep")


def seen(canvas: Canvas) -> int:
    """How many nodes lie wholly in the window on the graph."""
    box = canvas.page.locator("[data-canvas]").bounding_box()
    assert box is not None
    places = [node.bounding_box() for node in canvas.page.locator(".node").all()]
    right = box["x"] + box["width"]
    return sum(place is not None and box["x"] <= place["x"] <= right - place["width"] for place in places)


def test_versions_leave_a_fitted_graph_in_sight_and_a_picked_node_brings_its_properties(canvas: Canvas) -> None:
    assert seen(canvas) == IDS
    canvas.page.get_by_role("button", name="Versions").click()
    expect(canvas.page.get_by_role("complementary", name="Versions")).to_be_visible()
    assert seen(canvas) == IDS
    canvas.select("conv1")
    expect(canvas.page.get_by_role("complementary", name="Properties")).to_be_visible()
    expect(canvas.field("out_channels")).to_have_value("32")


def test_a_node_that_is_inserted_leaves_nothing_out_of_sight(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.press("Tab")
    canvas.page.get_by_role("combobox", name="Search layers to add").fill("BatchNorm2d")
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("batchnorm2d")).to_be_visible()
    expect(canvas.node("scores")).to_be_visible()
    assert seen(canvas) == IDS + 1


def test_names_can_be_read_from_afar(canvas: Canvas) -> None:
    name = canvas.node("flatten1").locator(".node-id")
    zoom = (
        "name => name.getBoundingClientRect().height / name.offsetHeight * parseFloat(getComputedStyle(name).fontSize)"
    )
    assert name.evaluate(zoom) >= 9
    assert name.evaluate("name => name.scrollWidth <= name.clientWidth")


def test_properties_are_not_lit_in_a_narrow_window_until_they_are_there(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 900, "height": 700})
    canvas = Canvas(page, server)
    button = page.get_by_role("button", name="Properties", exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    canvas.select("conv1")
    expect(button).to_have_attribute("aria-pressed", "true")
