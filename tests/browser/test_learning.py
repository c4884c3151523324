"""What was learned elsewhere is frozen from the node or block itself: the way of transfer learning."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def stored_groups(canvas: Canvas) -> object:
    """The groups of parameters that the saved project gives its optimizer."""
    canvas.expect_saved()
    nodes = canvas.stored()["training"]["nodes"]
    return next(node["params"].get("groups") for node in nodes if node["id"] == "sgd")


def test_a_block_is_frozen_where_it_stands_and_the_optimizer_shows_it(page: Page, server: Server) -> None:
    canvas = Canvas(page, server, "resnet18_cifar")
    section = page.get_by_role("group", name="In training")
    choice = section.get_by_label("in training", exact=True)
    canvas.select("layer1")
    expect(section).to_contain_text("Learns with sgd at the full rate.")
    choice.select_option("Frozen")
    expect(section).to_contain_text("Frozen, sgd changes nothing.")
    assert stored_groups(canvas) == [{"match": "layer1", "frozen": True}]
    section.get_by_role("button", name="Go to sgd").click()
    expect(canvas.field("groups-1-match")).to_have_value("layer1")
    expect(canvas.field("groups-1-frozen")).to_be_checked()
    canvas.press("Control+z")
    canvas.select("layer1")
    expect(section).to_contain_text("Learns with sgd at the full rate.")
    assert stored_groups(canvas) is None


def test_a_layer_inside_a_frozen_block_learns_later_than_the_rest(page: Page, server: Server) -> None:
    canvas = Canvas(page, server, "resnet18_cifar")
    section = page.get_by_role("group", name="In training")
    choice = section.get_by_label("in training", exact=True)
    canvas.select("layer1")
    choice.select_option("Frozen")
    page.get_by_role("button", name="Open residual_basic", exact=True).click()
    canvas.select("conv1")
    expect(section).to_contain_text("The group “layer1” decides it.")
    choice.select_option("Later")
    canvas.field("in-training-from_epoch").fill("3")
    expect(section).to_contain_text("Frozen for the first 3 epochs, then learns with sgd at the full rate.")
    inner = {"match": "layer1.0.conv1", "from_epoch": 3}
    assert stored_groups(canvas) == [inner, {"match": "layer1", "frozen": True}]
    expect(page.locator(".findings")).to_contain_text("Nothing to mend")
    canvas.press("Control+z")
    canvas.press("Control+z")
    expect(section).to_contain_text("Frozen, sgd changes nothing.")
