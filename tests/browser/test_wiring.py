from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server)


def links(canvas: Canvas) -> set[tuple[str, str]]:
    canvas.expect_saved()
    return {(edge["source"], edge["target"]) for edge in canvas.stored()["networks"]["model"]["edges"]}


def between(canvas: Canvas, source: str, target: str) -> tuple[float, float]:
    """The middle of a link that runs straight."""
    start = middle(canvas.port(source, "output", "source"))
    end = middle(canvas.port(target, "input", "target"))
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def choose(canvas: Canvas, *words: str) -> None:
    """Type into the box that has the focus and take the first choice, box after box."""
    for word in words:
        expect(canvas.page.get_by_role("dialog").locator("input")).to_be_focused()
        canvas.page.keyboard.type(word)
        canvas.page.keyboard.press("Enter")


def test_a_node_is_replaced_in_place_and_keeps_links_and_parameters(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.press("x")
    choose(canvas, "ConvTranspose2d")
    expect(canvas.node("conv1").locator(".node-kind")).to_contain_text("ConvTranspose2d")
    assert {("image", "conv1"), ("conv1", "relu1")} <= links(canvas)
    node = canvas.stored()["networks"]["model"]["nodes"][1]
    assert (node["kind"], node["params"]) == ("ConvTranspose2d", {"out_channels": 32, "kernel_size": 3})
    canvas.press("Control+z")
    expect(canvas.node("conv1").locator(".node-kind")).to_contain_text("Conv2d 32")


def test_a_node_is_inserted_before_and_after_and_the_rest_moves_aside(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.press("i")
    choose(canvas, "dropout")
    canvas.select("relu1")
    canvas.press("Shift+I")
    choose(canvas, "batchnorm2d")
    expected = {("conv1", "batchnorm2d"), ("batchnorm2d", "relu1"), ("relu1", "dropout"), ("dropout", "pool1")}
    assert expected <= links(canvas)
    places = [node["position"][0] for node in canvas.stored()["networks"]["model"]["nodes"]]
    assert len(set(places)) == len(places)


def test_an_existing_node_dropped_on_a_link_is_spliced_in(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.press("d")
    assert ("conv1", "pool1") in links(canvas)
    expect(canvas.node("relu1")).to_be_visible()
    canvas.page.mouse.move(*middle(canvas.node("relu1").locator(".node-id")))
    canvas.page.mouse.down()
    canvas.page.mouse.move(*between(canvas, "conv1", "pool1"), steps=6)
    link = canvas.page.locator("svg:has(> .react-flow__edge .link.takes-drop)")
    held = canvas.page.locator('.react-flow__node[data-id="relu1"]')
    order = "element => Number(getComputedStyle(element).zIndex) || 0"
    assert link.evaluate(order) > held.evaluate(order), "the link is hidden behind the node that is held"
    canvas.page.mouse.up()
    expect(canvas.page.locator(".link.takes-drop")).to_have_count(0)
    assert {("conv1", "relu1"), ("relu1", "pool1")} <= links(canvas)
    canvas.press("Control+z")
    assert ("conv1", "pool1") in links(canvas)


def test_deleting_several_nodes_of_a_chain_heals_it_and_with_shift_leaves_a_gap(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.node("relu1").locator(".node-id").click(modifiers=["Shift"])
    canvas.press("Delete")
    assert ("image", "pool1") in links(canvas)
    canvas.press("Control+z")
    expect(canvas.node("relu1")).to_be_visible()
    canvas.select("relu1")
    canvas.press("Shift+Delete")
    assert not any(target == "pool1" for _, target in links(canvas))


@pytest.mark.parametrize("held", ["Control", "right"])
def test_a_line_drawn_over_links_cuts_them_in_one_step(canvas: Canvas, held: str) -> None:
    (x1, y1), (x2, y2) = between(canvas, "conv1", "relu1"), between(canvas, "relu1", "pool1")
    mouse, keyboard = canvas.page.mouse, canvas.page.keyboard
    if held == "Control":
        keyboard.down("Control")
    mouse.move(x1, y1 - 60)
    mouse.down(button="right" if held == "right" else "left")
    for x, y in ((x1, y1 + 60), ((x1 + x2) / 2, y1 + 80), (x2, y2 + 60), (x2, y2 - 60)):
        mouse.move(x, y, steps=3)
    expect(canvas.page.locator(".knife polyline")).to_have_count(1)
    mouse.up(button="right" if held == "right" else "left")
    if held == "Control":
        keyboard.up("Control")
    rest = links(canvas)
    assert not {("conv1", "relu1"), ("relu1", "pool1")} & rest
    assert ("image", "conv1") in rest
    expect(canvas.page.get_by_role("menu")).to_have_count(0)
    canvas.press("Control+z")
    assert {("conv1", "relu1"), ("relu1", "pool1")} <= links(canvas)


def test_a_link_is_led_through_a_point_that_layout_clears(canvas: Canvas) -> None:
    x, y = between(canvas, "conv1", "relu1")
    canvas.page.mouse.dblclick(x, y)
    point = canvas.page.locator(".via-grip")
    expect(point).to_have_count(1)
    canvas.drag(middle(point), (x, y + 90))
    canvas.expect_saved()
    stored = [edge.get("via") for edge in canvas.stored()["networks"]["model"]["edges"]]
    [[[_, down]]] = [via for via in stored if via]
    assert down > 90
    canvas.page.get_by_role("button", name="Lay out").click()
    expect(point).to_have_count(0)
    canvas.press("Control+z")
    expect(point).to_have_count(1)
    canvas.page.mouse.dblclick(*middle(point))
    expect(point).to_have_count(0)


def test_a_link_snaps_to_the_port_that_takes_it_and_tells_why_not_at_another(canvas: Canvas) -> None:
    page = canvas.page
    page.mouse.move(*middle(canvas.port("flatten1", "output", "source")))
    page.mouse.down()
    x, y = middle(canvas.port("conv1", "input", "target"))
    page.mouse.move(x, y, steps=8)
    expect(page.locator(".refusal")).to_contain_text("This would close a circle")
    expect(canvas.port("conv1", "input", "target")).to_have_class(re.compile("is-dim"))
    expect(canvas.port("scores", "input", "target")).not_to_have_class(re.compile("is-dim"))
    x, y = middle(canvas.port("scores", "input", "target"))
    page.mouse.move(x - 16, y + 14, steps=4)
    expect(page.locator(".snap-ring")).to_have_count(1)
    page.mouse.up()
    assert ("flatten1", "scores") in links(canvas)


def test_an_end_of_a_link_is_moved_and_taken_off(canvas: Canvas) -> None:
    canvas.page.mouse.click(*between(canvas, "pool1", "flatten1"))
    x, y = middle(canvas.port("flatten1", "input", "target"))
    canvas.drag((x - 8, y), (x - 30, y + 160))
    expect(canvas.page.get_by_role("dialog")).to_have_count(0)
    assert not any(target == "flatten1" for _, target in links(canvas))
    canvas.press("Control+z")
    assert ("pool1", "flatten1") in links(canvas)


def test_ports_tell_the_sort_of_tensor_by_form(canvas: Canvas) -> None:
    canvas.page.get_by_role("tab", name="training").click()
    real, whole = canvas.port("data", "image", "source"), canvas.port("data", "label", "source")
    expect(real).to_have_class(re.compile("float"))
    expect(whole).to_have_class(re.compile("integer"))
    radius = "element => getComputedStyle(element).borderTopLeftRadius"
    assert real.evaluate(radius) != whole.evaluate(radius)
    expect(whole).to_have_attribute("title", re.compile("whole numbers"))


def test_the_menu_of_a_node_a_link_and_the_canvas_runs_commands(canvas: Canvas) -> None:
    page = canvas.page
    menu = page.get_by_role("menu")
    page.mouse.click(*middle(canvas.node("pool1").locator(".node-id")), button="right")
    expect(menu.get_by_role("menuitem", name="Replace by")).to_be_visible()
    menu.get_by_role("menuitem", name="Detach").click()
    assert ("relu1", "flatten1") in links(canvas)
    page.mouse.click(*between(canvas, "image", "conv1"), button="right")
    menu.get_by_role("menuitem", name="Insert into the link").click()
    choose(canvas, "gelu")
    assert {("image", "gelu"), ("gelu", "conv1")} <= links(canvas)
    page.mouse.click(600, 760, button="right")
    menu.get_by_role("menuitem", name="Select everything").click()
    expect(page.locator("[data-tells=selection]")).to_have_text("8 nodes selected")


def test_copies_keep_the_links_that_came_in_where_that_is_asked_for(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.press("Control+c")
    canvas.page.keyboard.press("Control+v")
    expect(canvas.node("conv2")).to_be_visible()
    assert ("image", "conv2") not in links(canvas)
    canvas.page.keyboard.press("Control+Shift+V")
    expect(canvas.node("conv3")).to_be_visible()
    assert ("image", "conv3") in links(canvas)


def test_what_is_copied_in_one_project_is_pasted_in_another(canvas: Canvas, server: Server) -> None:
    canvas.select("conv1")
    canvas.press("Control+c")
    other = Canvas(canvas.page.context.new_page(), server)
    other.press("Control+v")
    expect(other.node("conv2")).to_be_visible()
