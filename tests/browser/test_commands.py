from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server)


def test_every_command_is_found_by_its_name_and_done(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.press("Control+k")
    palette = canvas.page.get_by_role("dialog", name="Commands")
    canvas.page.keyboard.type("bypass")
    expect(palette.get_by_role("option").first).to_contain_text("Ctrl")
    canvas.page.keyboard.press("Enter")
    expect(palette).to_have_count(0)
    expect(canvas.node("relu1")).to_have_class(re.compile("is-bypassed"))
    canvas.press("Control+z")
    expect(canvas.node("relu1")).not_to_have_class(re.compile("is-bypassed"))


def test_a_command_that_can_do_nothing_says_why(canvas: Canvas) -> None:
    canvas.press("Escape")
    canvas.press("Control+k")
    canvas.page.keyboard.type("redo")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.locator(".notice")).to_contain_text("nothing to redo")


def test_the_sheet_shows_all_keys_and_is_left_with_escape(canvas: Canvas) -> None:
    canvas.press("?")
    sheet = canvas.page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Run up to here")
    canvas.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(canvas.page.locator("[data-canvas]")).to_be_focused()


def test_a_property_of_several_nodes_of_a_kind_is_set_at_once(page: Page, server: Server) -> None:
    canvas = Canvas(page, server, "mnist_convnet")
    canvas.select("conv1")
    canvas.node("conv2").locator(".node-id").click(modifiers=["Shift"])
    expect(page.get_by_text("The selected nodes differ here.").first).to_be_visible()
    canvas.field("out_channels").fill("24")
    canvas.expect_saved()
    nodes = {node["id"]: node for node in canvas.stored()["networks"]["model"]["nodes"]}
    assert [nodes[id]["params"]["out_channels"] for id in ("conv1", "conv2")] == [24, 24]
    canvas.press("Control+z")
    expect(canvas.node("conv2")).to_contain_text("64 · 3×3")


def test_a_saved_canvas_outlives_its_server_and_goes_on(canvas: Canvas) -> None:
    canvas.page.context.set_offline(True)
    canvas.select("conv1")
    canvas.field("out_channels").fill("48")
    expect(canvas.page.locator(".saved")).to_contain_text("not saved", timeout=20_000)
    canvas.page.context.set_offline(False)
    expect(canvas.page.locator(".saved")).to_have_text("saved", timeout=30_000)
    conv = canvas.stored()["networks"]["model"]["nodes"][1]
    assert conv["params"]["out_channels"] == 48
