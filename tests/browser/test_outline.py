from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server)


def row(canvas: Canvas, id: str) -> Locator:
    return canvas.page.locator(f'[role="treeitem"][data-key="{id}"]')


def open_outline(canvas: Canvas) -> Locator:
    canvas.press("o")
    tree = canvas.page.get_by_role("tree", name="Nodes of model")
    expect(tree.get_by_role("treeitem").first).to_be_focused()
    return tree


def told(canvas: Canvas) -> Locator:
    return canvas.page.locator('[data-tells="happenings"]')


def test_every_node_stands_in_the_outline_in_the_order_of_its_computation(canvas: Canvas) -> None:
    tree = open_outline(canvas)
    names = tree.get_by_role("treeitem").evaluate_all("rows => rows.map(row => row.ariaLabel)")
    assert [name.split(",")[0] for name in names][:4] == ["image", "conv1", "relu1", "pool1"]
    assert names[1].startswith("conv1, Conv2d")
    assert "gives 32×26×26" in names[1] and "from image" in names[1] and "out_channels 32" in names[1]
    expect(row(canvas, "conv1")).to_have_attribute("aria-level", "1")
    expect(row(canvas, "conv1")).to_have_attribute("aria-setsize", str(len(names)))


def test_what_is_selected_in_one_is_selected_in_the_other(canvas: Canvas) -> None:
    open_outline(canvas)
    row(canvas, "pool1").click()
    expect(canvas.node("pool1")).to_have_class(re.compile("is-selected"))
    canvas.select("relu1")
    expect(row(canvas, "relu1")).to_have_attribute("aria-selected", "true")
    expect(row(canvas, "pool1")).to_have_attribute("aria-selected", "false")


def test_a_node_is_found_edited_deleted_and_brought_back_by_keyboard_in_the_outline(canvas: Canvas) -> None:
    open_outline(canvas)
    keyboard = canvas.page.keyboard
    keyboard.press("ArrowDown")
    expect(row(canvas, "conv1")).to_be_focused()
    expect(canvas.node("conv1")).to_have_class(re.compile("is-selected"))
    keyboard.press("Enter")
    expect(canvas.page.locator(".inspector :focus")).to_have_count(1)
    row(canvas, "conv1").focus()
    keyboard.press("ArrowDown")
    keyboard.press("Delete")
    expect(row(canvas, "relu1")).to_have_count(0)
    expect(told(canvas)).to_contain_text("Deleted relu1")
    expect(row(canvas, "pool1")).to_be_focused()
    expect(row(canvas, "pool1")).to_have_attribute("aria-selected", "true")
    keyboard.press("Control+z")
    expect(told(canvas)).to_contain_text("Undone: delete relu1")
    expect(row(canvas, "relu1")).to_be_visible()
    expect(row(canvas, "pool1")).to_be_focused()
    canvas.expect_saved()


def test_a_node_is_added_behind_another_in_the_outline(canvas: Canvas) -> None:
    open_outline(canvas)
    canvas.page.keyboard.press("ArrowDown")
    canvas.page.keyboard.press("Insert")
    canvas.page.keyboard.type("batchnorm2d")
    canvas.page.keyboard.press("Enter")
    expect(told(canvas)).to_contain_text("Added BatchNorm2d")
    added = row(canvas, "batchnorm2d")
    expect(added).to_be_focused()
    expect(added).to_have_attribute("aria-label", re.compile("^batchnorm2d, BatchNorm2d.*from conv1"))
    rows = canvas.page.get_by_role("treeitem").evaluate_all("rows => rows.map(row => row.dataset.key)")
    assert rows[1:4] == ["conv1", "batchnorm2d", "relu1"]


def test_a_link_is_made_in_the_outline(canvas: Canvas) -> None:
    open_outline(canvas)
    keyboard = canvas.page.keyboard
    keyboard.press("ArrowDown")
    keyboard.press("Insert")
    keyboard.type("add")
    keyboard.press("Enter")
    keyboard.press("ArrowUp")
    keyboard.press("c")
    expect(row(canvas, "conv1")).to_have_attribute("aria-label", re.compile("a link starts here$"))
    keyboard.press("ArrowDown")
    keyboard.press("c")
    expect(told(canvas)).to_contain_text("Connected conv1 and add")
    canvas.expect_saved()
    into = [edge["target_port"] for edge in canvas.stored()["networks"]["model"]["edges"] if edge["target"] == "add"]
    assert into == ["inputs.0", "inputs.1"]


def test_what_is_inside_a_network_stands_a_level_deeper(canvas: Canvas) -> None:
    canvas.page.get_by_role("tab", name="training").click()
    canvas.press("o")
    network = canvas.page.get_by_role("treeitem").filter(has_text="Network")
    network.first.click()
    expect(network.first).to_have_attribute("aria-expanded", "false")
    canvas.page.keyboard.press("ArrowRight")
    canvas.page.keyboard.press("ArrowRight")
    inner = canvas.page.locator('[role="treeitem"][aria-level="2"]')
    expect(inner.first).to_be_focused()
    canvas.page.keyboard.press("ArrowDown")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.get_by_role("tab", name="model")).to_have_attribute("aria-selected", "true")
    expect(canvas.node("conv1")).to_have_class(re.compile("is-selected"))


def test_an_edit_that_breaks_something_is_announced_with_its_count(canvas: Canvas) -> None:
    canvas.select("flatten1")
    canvas.press("Delete")
    expect(told(canvas)).to_contain_text(re.compile("1 error"))
    canvas.press("Control+z")
    expect(told(canvas)).to_contain_text("Nothing to mend")


def test_the_drawing_surface_says_what_it_is_and_how_it_is_used(canvas: Canvas) -> None:
    surface = canvas.page.locator("[data-canvas]")
    expect(surface).to_have_accessible_name(re.compile(r"^Graph model, \d+ nodes$"))
    expect(surface).to_have_accessible_description(re.compile("Enter edits what is selected.*Shift and Tab leave"))


@pytest.mark.parametrize(
    ("keys", "name"),
    [("?", "Keys"), ("Control+k", "Commands"), ("Insert", "Add a node"), ("Control+Shift+S", "Keep this version")],
)
def test_a_dialog_keeps_the_focus_and_gives_it_back(canvas: Canvas, keys: str, name: str) -> None:
    open_outline(canvas)
    where = row(canvas, "conv1")
    where.click()
    expect(where).to_be_focused()
    canvas.page.keyboard.press(keys)
    dialog = canvas.page.get_by_role("dialog", name=name)
    expect(dialog).to_be_visible()
    for _ in range(4):
        canvas.page.keyboard.press("Tab" if name != "Add a node" else "Shift")
        expect(dialog.locator(":focus")).to_have_count(1)
    canvas.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(where).to_be_focused()


def test_finding_a_node_gives_the_focus_back_to_where_it_was(canvas: Canvas) -> None:
    open_outline(canvas)
    row(canvas, "conv1").click()
    canvas.page.keyboard.press("Control+f")
    canvas.page.keyboard.type("linear1")
    expect(row(canvas, "linear1")).to_have_attribute("aria-selected", "true")
    canvas.page.keyboard.press("Escape")
    expect(canvas.page.locator('[role="treeitem"]:focus')).to_have_attribute("data-key", "linear1")
