"""What the mouse can do at the canvas, once more by keyboard alone: from the first key the pointer is never used."""

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


def edges(canvas: Canvas) -> list[dict[str, object]]:
    canvas.expect_saved()
    stored: list[dict[str, object]] = canvas.stored()["networks"]["model"]["edges"]
    return stored


def links(canvas: Canvas) -> set[tuple[object, object]]:
    return {(edge["source"], edge["target"]) for edge in edges(canvas)}


def go_to(canvas: Canvas, id: str) -> None:
    """Walk along the chain to a node."""
    canvas.press("Escape")
    canvas.press("Escape")
    canvas.press("Alt+ArrowRight")
    for _ in range(10):
        if re.search("is-selected", canvas.node(id).get_attribute("class") or ""):
            return
        canvas.page.keyboard.press("Alt+ArrowRight")
        canvas.page.wait_for_timeout(30)
    raise AssertionError(f"{id} was not reached")


def choose(canvas: Canvas, *words: str) -> None:
    for word in words:
        expect(canvas.page.get_by_role("dialog").locator("input")).to_have_value("")
        expect(canvas.page.get_by_role("dialog").locator("input")).to_be_focused()
        canvas.page.keyboard.type(word)
        canvas.page.keyboard.press("Enter")


def test_a_link_is_made_moved_and_removed(canvas: Canvas) -> None:
    told = canvas.page.locator("[data-tells=selection]")
    go_to(canvas, "image")
    canvas.press("Shift+C")
    choose(canvas, "output", "pool1.input")
    assert ("image", "pool1") in links(canvas)
    go_to(canvas, "linear1")
    canvas.page.keyboard.press("e")
    expect(told).to_contain_text("link from linear1 to scores")
    canvas.page.keyboard.press("m")
    choose(canvas, "start", "flatten1.output")
    assert ("flatten1", "scores") in links(canvas)
    expect(told).to_contain_text("link from flatten1 to scores")
    canvas.page.keyboard.press("Delete")
    assert not any(target == "scores" for _, target in links(canvas))
    canvas.page.keyboard.press("Control+z")
    assert ("flatten1", "scores") in links(canvas)


def test_links_are_walked_from_node_to_node(canvas: Canvas) -> None:
    told = canvas.page.locator("[data-tells=selection]")
    go_to(canvas, "conv1")
    canvas.page.keyboard.press("e")
    expect(told).to_contain_text("link from conv1 to relu1")
    canvas.page.keyboard.press("e")
    expect(told).to_contain_text("link from relu1 to pool1")
    canvas.page.keyboard.press("Alt+ArrowRight")
    expect(canvas.node("pool1")).to_have_class(re.compile("is-selected"))


def test_a_node_is_inserted_into_a_link_replaced_detached_and_deleted(canvas: Canvas) -> None:
    go_to(canvas, "conv1")
    canvas.page.keyboard.press("e")
    canvas.press("Shift+F10")
    expect(canvas.page.get_by_role("menuitem", name="Insert into the link")).to_be_focused()
    canvas.page.keyboard.press("Enter")
    choose(canvas, "gelu")
    assert {("conv1", "gelu"), ("gelu", "relu1")} <= links(canvas)
    canvas.press("x")
    choose(canvas, "silu")
    assert {("conv1", "silu"), ("silu", "relu1")} <= links(canvas)
    canvas.press("d")
    assert ("conv1", "relu1") in links(canvas)
    canvas.press("Delete")
    expect(canvas.node("silu")).to_have_count(0)


def test_a_link_is_led_through_a_point(canvas: Canvas) -> None:
    go_to(canvas, "conv1")
    canvas.page.keyboard.press("e")
    canvas.page.keyboard.press("w")
    expect(canvas.page.locator(".via.is-selected")).to_have_count(1)
    canvas.page.keyboard.press("Shift+ArrowDown")
    [[[_, y]]] = [edge["via"] for edge in edges(canvas) if edge.get("via")]
    assert y > 40
    canvas.page.keyboard.press("Delete")
    expect(canvas.page.locator(".via")).to_have_count(0)
    assert ("conv1", "relu1") in links(canvas)


def test_a_frame_and_a_note_are_made_moved_sized_and_removed(canvas: Canvas) -> None:
    go_to(canvas, "conv1")
    canvas.press("g")
    canvas.page.keyboard.type("Stem")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.locator(".frame-title")).to_have_text("Stem")
    canvas.press("Shift+ArrowDown")
    canvas.press("Control+Shift+ArrowRight")
    canvas.expect_saved()
    model = canvas.stored()["networks"]["model"]
    assert next(node for node in model["nodes"] if node["id"] == "conv1")["position"][1] == 40
    width = model["frames"][0]["size"][0]
    canvas.press("Control+Shift+ArrowRight")
    canvas.expect_saved()
    assert canvas.stored()["networks"]["model"]["frames"][0]["size"][0] == width + 40
    canvas.press("n")
    canvas.page.keyboard.type("Small *kernels*.")
    canvas.page.keyboard.press("Escape")
    expect(canvas.page.locator(".note em")).to_have_text("kernels")
    canvas.press("Shift+G")
    canvas.press("Delete")
    expect(canvas.page.locator(".frame-title")).to_have_count(0)
    canvas.press("Shift+G")
    canvas.press("Enter")
    canvas.page.keyboard.press("Control+a")
    canvas.page.keyboard.type("Done.")
    canvas.page.keyboard.press("Escape")
    expect(canvas.page.locator(".note")).to_have_text("Done.")


def test_the_menu_is_walked_and_left(canvas: Canvas) -> None:
    go_to(canvas, "relu1")
    canvas.press("ContextMenu")
    item = canvas.page.get_by_role("menuitem")
    expect(item.first).to_be_focused()
    canvas.page.keyboard.press("ArrowUp")
    expect(item.last).to_be_focused()
    canvas.page.keyboard.press("b")
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("relu1")).to_have_class(re.compile("is-bypassed"))
    canvas.press("Shift+F10")
    canvas.page.keyboard.press("Escape")
    expect(canvas.page.get_by_role("menu")).to_have_count(0)
    expect(canvas.page.locator("[data-canvas]")).to_be_focused()
