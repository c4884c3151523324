from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server)


def keep(canvas: Canvas, name: str) -> None:
    """Keep a version by keyboard alone."""
    canvas.press("Control+Shift+S")
    expect(canvas.page.get_by_label("Name of this version")).to_be_focused()
    canvas.page.keyboard.type(name)
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.get_by_role("alert")).to_contain_text(f"Kept as “{name}”")


def change(canvas: Canvas) -> None:
    """Delete one node, add another, change a third."""
    canvas.select("relu1")
    canvas.press("Delete")
    canvas.select("conv1")
    canvas.field("out_channels").fill("48")
    canvas.press("Tab")
    canvas.page.keyboard.type("batchnorm2d")
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("batchnorm2d")).to_be_visible()


def entry(canvas: Canvas, name: str) -> Locator:
    return canvas.page.locator(f'.version[data-version="{name}"]')


def drawn(canvas: Canvas, id: str) -> Locator:
    return canvas.page.locator(f'.react-flow__node[data-id="{id}"]')


def sign(canvas: Canvas, id: str) -> str:
    """The sign that stands on a node."""
    return str(drawn(canvas, id).evaluate("node => getComputedStyle(node, '::before').content"))


def test_a_version_is_a_whole_project_file_on_the_disk(canvas: Canvas) -> None:
    keep(canvas, "First")
    (file,) = (canvas.server.home / "versions" / canvas.project).glob("*.json")
    document = json.loads(file.read_text())
    assert document["about"]["version"]["name"] == "First"
    assert len(document["networks"]["model"]["nodes"]) == 7


def test_what_differs_is_marked_by_colour_and_sign_and_told_in_words(canvas: Canvas) -> None:
    keep(canvas, "Before")
    change(canvas)
    canvas.press("v")
    entry(canvas, "Before").get_by_role("button", name=re.compile("^Compare")).click()
    bar = canvas.page.get_by_role("region", name="Comparison")
    expect(bar.get_by_role("status")).to_have_text("nodes: 1 added, 1 removed, 1 changed")
    assert (sign(canvas, "batchnorm2d"), sign(canvas, "ghost relu1"), sign(canvas, "conv1")) == ('"+"', '"−"', '"~"')
    colours = [
        drawn(canvas, id).locator(".node").evaluate("node => getComputedStyle(node).borderTopColor")
        for id in ("batchnorm2d", "ghost relu1", "conv1", "pool1")
    ]
    assert len(set(colours)) == 4
    lines = canvas.page.locator(".difference")
    expect(lines).to_have_count(3)
    expect(lines.filter(has_text="conv1")).to_contain_text("out_channels32 → 48")
    boxes = [drawn(canvas, id).bounding_box() for id in ("ghost relu1", "batchnorm2d")]
    assert boxes[0] and boxes[1] and boxes[0]["y"] >= boxes[1]["y"] + boxes[1]["height"], "the ghost is hidden"
    canvas.press("o")
    outline = canvas.page.get_by_role("complementary", name="Outline")
    expect(outline.get_by_role("treeitem", name=re.compile("^batchnorm2d.*added"))).to_be_visible()
    expect(outline.get_by_role("treeitem", name=re.compile("^conv1.*changed"))).to_be_visible()
    expect(outline.get_by_text("removed: relu1")).to_be_visible()
    canvas.press("o")
    expect(canvas.page.locator(".react-flow__edge.mark-removed")).to_have_count(2)
    expect(canvas.page.locator(".react-flow__edge.mark-added .link-label").first).to_contain_text("+")
    bar.get_by_role("button", name="Leave the comparison").click()
    expect(drawn(canvas, "ghost relu1")).to_have_count(0)


def test_going_back_is_one_step_that_is_undone_and_the_state_before_it_is_kept(canvas: Canvas) -> None:
    keep(canvas, "Before")
    change(canvas)
    canvas.press("v")
    entry(canvas, "Before").get_by_role("button", name=re.compile("^Go back")).click()
    expect(canvas.node("relu1")).to_be_visible()
    expect(canvas.node("batchnorm2d")).to_have_count(0)
    expect(entry(canvas, "Before going back to “Before”")).to_contain_text("kept by itself")
    canvas.press("Control+z")
    expect(canvas.node("batchnorm2d")).to_be_visible()
    expect(canvas.node("relu1")).to_have_count(0)
    canvas.expect_saved()
    assert "batchnorm2d" in canvas.stored_ids()


def test_two_versions_are_compared_and_nothing_is_edited_meanwhile(canvas: Canvas) -> None:
    keep(canvas, "One")
    change(canvas)
    keep(canvas, "Two")
    canvas.select("pool1")
    canvas.press("Delete")
    canvas.press("v")
    entry(canvas, "One").get_by_role("button", name=re.compile("^Compare")).click()
    bar = canvas.page.get_by_role("region", name="Comparison")
    expect(bar.get_by_role("status")).to_contain_text("2 removed")
    two = bar.get_by_label("to").locator("option", has_text="Two").get_attribute("value")
    bar.get_by_label("to").select_option(two)
    expect(bar.get_by_role("status")).to_have_text("nodes: 1 added, 1 removed, 1 changed")
    expect(canvas.node("pool1")).to_be_visible()
    canvas.node("pool1").click()
    canvas.press("Delete")
    expect(canvas.page.get_by_role("alert")).to_contain_text("does not change")
    undo = canvas.page.get_by_role("button", name=re.compile("^Undo"))
    expect(undo).to_be_disabled()
    expect(undo).to_have_attribute("title", re.compile("Leave the comparison"))
    expect(canvas.page.locator(".palette .entry").first).to_be_disabled()
    canvas.press("Control+z")
    bar.get_by_role("button", name="Leave the comparison").focus()
    canvas.page.keyboard.press("Escape")
    expect(undo).to_be_enabled()
    expect(bar).to_have_count(0)
    expect(canvas.node("pool1")).to_have_count(0)


def test_a_deleted_version_is_taken_back(canvas: Canvas) -> None:
    keep(canvas, "Mine")
    canvas.press("v")
    entry(canvas, "Mine").get_by_role("button", name=re.compile("^Delete")).click()
    expect(entry(canvas, "Mine")).to_have_count(0)
    canvas.page.get_by_role("button", name="Take it back").click()
    expect(entry(canvas, "Mine")).to_be_visible()


def test_fifty_edits_keep_a_version_by_themselves(canvas: Canvas) -> None:
    canvas.select("pool1")
    for _ in range(51):
        canvas.press("Control+b")
    canvas.expect_saved()
    canvas.press("v")
    expect(entry(canvas, "After 50 edits")).to_be_visible()
