from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas, middle
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server)


def positions(canvas: Canvas) -> dict[str, tuple[float, float]]:
    canvas.expect_saved()
    return {node["id"]: tuple(node["position"]) for node in canvas.stored()["networks"]["model"]["nodes"]}


def select(canvas: Canvas, first: str, *more: str) -> None:
    canvas.select(first)
    for id in more:
        canvas.node(id).locator(".node-id").click(modifiers=["Shift"])


def run(canvas: Canvas, command: str) -> None:
    """Run a command by its name."""
    canvas.press("Control+k")
    canvas.page.get_by_role("combobox", name="Search commands").fill(command)
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.get_by_role("dialog", name="Commands")).to_have_count(0)


def test_a_box_selects_and_what_is_selected_moves_as_one_step(canvas: Canvas) -> None:
    start, end = middle(canvas.node("conv1")), middle(canvas.node("relu1"))
    canvas.page.keyboard.down("Shift")
    canvas.drag((start[0] - 10, start[1] - 90), (end[0] + 10, end[1] + 90))
    canvas.page.keyboard.up("Shift")
    expect(canvas.page.locator(".node.is-selected")).to_have_count(2)
    canvas.drag(middle(canvas.node("conv1").locator(".node-id")), (start[0], start[1] + 120))
    moved = positions(canvas)
    assert moved["conv1"][1] == moved["relu1"][1] > 100
    assert moved["pool1"][1] == 0
    canvas.press("Control+z")
    assert {place[1] for place in positions(canvas).values()} == {0}


def test_nodes_are_aligned_and_distributed(canvas: Canvas) -> None:
    select(canvas, "image", "conv1", "relu1")
    run(canvas, "Align left")
    assert len({positions(canvas)[id][0] for id in ("image", "conv1", "relu1")}) == 1
    canvas.press("Control+z")
    canvas.select("conv1")
    for _ in range(3):
        canvas.press("ArrowRight")
    select(canvas, "image", "conv1", "relu1")
    run(canvas, "Distribute from left")
    placed = positions(canvas)
    assert placed["conv1"][0] - placed["image"][0] == placed["relu1"][0] - placed["conv1"][0]
    run(canvas, "Align left")
    run(canvas, "Align left")
    expect(canvas.page.locator(".notice")).to_contain_text("They stand like that already.")


def test_what_hangs_together_is_selected(canvas: Canvas) -> None:
    told = canvas.page.locator("[data-tells=selection]")
    canvas.select("pool1")
    canvas.press("u")
    expect(told).to_have_text("4 nodes selected")
    canvas.press("Control+Shift+A")
    expect(told).to_have_text("3 nodes selected")
    canvas.select("pool1")
    canvas.press("Shift+U")
    expect(told).to_have_text("4 nodes selected")


def test_a_frame_is_named_moves_its_nodes_and_goes_without_them(canvas: Canvas) -> None:
    page = canvas.page
    select(canvas, "conv1", "relu1")
    canvas.press("g")
    page.keyboard.type("Features")
    page.keyboard.press("Enter")
    title = page.locator(".frame-title")
    expect(title).to_have_text("Features")
    page.get_by_role("button", name="green").click()
    x, y = middle(page.locator(".frame-name"))
    canvas.drag((x - 20, y), (x - 20, y + 108))
    placed = positions(canvas)
    assert placed["conv1"][1] == placed["relu1"][1] > 100
    assert placed["pool1"][1] == 0
    [frame] = canvas.stored()["networks"]["model"]["frames"]
    assert (frame["title"], frame["colour"]) == ("Features", "green")
    canvas.press("Delete")
    expect(title).to_have_count(0)
    expect(canvas.node("conv1")).to_be_visible()
    for _ in range(2):
        canvas.press("Control+z")
    assert positions(canvas)["conv1"][1] == 0
    expect(title).to_have_text("Features")


def test_a_frame_is_resized_by_its_corner(canvas: Canvas) -> None:
    select(canvas, "conv1", "relu1")
    canvas.press("g")
    canvas.page.keyboard.press("Enter")
    canvas.expect_saved()
    before = canvas.stored()["networks"]["model"]["frames"][0]["size"]
    corner = middle(canvas.page.locator(".resize-handle.bottom.right"))
    canvas.drag(corner, (corner[0] + 40, corner[1] + 60))
    canvas.expect_saved()
    after = canvas.stored()["networks"]["model"]["frames"][0]["size"]
    assert after[0] > before[0]
    assert after[1] > before[1]


def test_a_note_is_written_in_markdown_and_runs_nothing(canvas: Canvas) -> None:
    page = canvas.page
    canvas.press("n")
    page.keyboard.type("# Why\n**Two** [papers](https://arxiv.org) and [one](javascript:alert(1)) <img src=x>")
    page.keyboard.press("Escape")
    note = page.locator(".note")
    expect(note.get_by_role("heading", name="Why")).to_be_visible()
    expect(note.locator("strong")).to_have_text("Two")
    expect(note.get_by_role("link")).to_have_count(1)
    expect(note.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    expect(note.locator("img")).to_have_count(0)
    x, y = middle(note.get_by_role("heading"))
    canvas.drag((x, y), (x, y + 80))
    note.dblclick(position={"x": 10, "y": 8})
    field = page.get_by_role("textbox", name="Text of the note")
    expect(field).to_be_focused()
    field.fill("Shorter.")
    page.locator(".react-flow__pane").click(position={"x": 30, "y": 30})
    expect(note).to_have_text("Shorter.")
    canvas.expect_saved()
    assert canvas.stored()["networks"]["model"]["notes"][0]["text"] == "Shorter."


def test_find_goes_from_hit_to_hit(canvas: Canvas) -> None:
    page = canvas.page
    canvas.press("Control+f")
    count = page.locator(".find-box small")
    page.keyboard.type("kernel_size=3")
    expect(count).to_have_text("1 of 1")
    field = page.get_by_role("searchbox", name="Find a node")
    field.fill("1")
    expect(count).to_have_text("1 of 5")
    page.keyboard.press("Enter")
    expect(count).to_have_text("2 of 5")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("5 of 5")
    field.fill("error")
    expect(count).to_have_text("none")
