"""Blocks, as a person makes, opens, changes, unpacks and keeps them: with the mouse, and by keyboard alone."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from builder.block_files import list_shipped
from tests.browser.canvas import Canvas
from tests.browser.conftest import ROOT, Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server, preset="mnist_cnn_deep")


@pytest.fixture
def staged(page: Page, server: Server) -> Iterator[Canvas]:
    """A project in which one network is used three times: twice repeated, and with other channels."""
    block = next(block for block in list_shipped() if block.name == "residual_basic_downsampling")
    node = {"kind": "Block", "position": [0, 0]}
    ids = ["image", "layer1", "layer2", "out"]
    kinds: list[dict[str, Any]] = [
        {"kind": "Input", "params": {"shape": [4, 16, 16]}},
        {**node, "params": {"network": block.name, "repeat": 2, "arguments": {"channels": 8}}},
        {**node, "params": {"network": block.name, "arguments": {"channels": "$width * 2", "stride": 1}}},
        {"kind": "Output"},
    ]
    ports = [("image", "output", "layer1", "x"), ("layer1", "out", "layer2", "x"), ("layer2", "out", "out", "input")]
    model = {
        "nodes": [
            {"id": id, **kind, "position": [i * 240, 0]} for i, (id, kind) in enumerate(zip(ids, kinds, strict=True))
        ],
        "edges": [{"source": a, "source_port": b, "target": c, "target_port": d} for a, b, c, d in ports],
        "params": {"width": 6},
    }
    networks = {"model": model, block.name: block.network.model_dump(mode="json")}
    project = uuid.uuid4().hex[:12]
    file = server.home / "projects" / f"{project}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"format": 1, "name": "Staged", "networks": networks, "training": {}}))
    yield Canvas(page, server, project=project)


def shown(canvas: Canvas) -> list[str]:
    """The ids of the nodes that stand on the canvas."""
    canvas.page.get_by_role("button", name="Fit everything").click()
    return sorted(id for id in canvas.page.locator(".node").evaluate_all("all => all.map(one => one.dataset.node)"))


def trail(canvas: Canvas) -> list[str]:
    """The steps that stand above the graph."""
    return canvas.page.get_by_role("navigation", name="Where this block is").locator("li").all_text_contents()


def label(canvas: Canvas, text: str) -> None:
    """Wait until a shape stands on a link."""
    expect(canvas.page.locator(".link-label").filter(has_text=text).first).to_be_attached()


def command(canvas: Canvas, title: str) -> None:
    """Choose a command by its name."""
    canvas.page.keyboard.press("Control+k")
    canvas.page.get_by_label("Search commands").fill(title)
    canvas.page.keyboard.press("Enter")


def collapse(canvas: Canvas, *ids: str) -> None:
    """Select nodes with the mouse, and make a block of them from the menu."""
    canvas.select(ids[0])
    for id in ids[1:]:
        canvas.node(id).locator(".node-id").click(modifiers=["Shift"])
    canvas.node(ids[0]).locator(".node-id").click(button="right")
    canvas.page.get_by_role("menuitem", name="Make a block of the selection").click()
    call_it(canvas, "block")


def call_it(canvas: Canvas, name: str) -> None:
    """Say what the block that was just made is called."""
    expect(canvas.page.get_by_role("textbox", name="Name of the block")).to_be_focused()
    canvas.page.keyboard.type(name)
    canvas.page.keyboard.press("Enter")
    expect(canvas.node(name)).to_be_visible()


def test_a_selection_becomes_a_block_that_opens_with_a_double_click_and_is_left_by_its_breadcrumb(
    canvas: Canvas,
) -> None:
    before = shown(canvas)
    collapse(canvas, "conv1", "relu1", "pool1")
    expect(canvas.node("block")).to_contain_text("320")
    canvas.expect_saved()
    networks = canvas.stored()["networks"]
    assert [node["id"] for node in networks["block"]["nodes"]] == ["x", "conv1", "relu1", "pool1", "out"]
    assert [node["id"] for node in networks["model"]["nodes"]][1] == "block"
    canvas.node("block").dblclick()
    expect(canvas.node("conv1")).to_be_visible()
    assert trail(canvas) == ["model", "block"]
    label(canvas, "32×26×26")
    expect(canvas.page.get_by_role("tab")).to_have_count(2)
    canvas.page.get_by_role("navigation", name="Where this block is").get_by_role("button", name="model").click()
    expect(canvas.node("block")).to_be_visible()
    canvas.press("Control+z")
    expect(canvas.node("conv1")).to_be_visible()
    canvas.expect_saved()
    assert sorted(canvas.stored_ids()) == before


def test_by_keyboard_alone_a_block_is_made_opened_left_unpacked_and_all_of_it_undone(canvas: Canvas) -> None:
    before = shown(canvas)
    canvas.press("Control+a")
    canvas.page.keyboard.press("Control+g")
    call_it(canvas, "block")
    expect(canvas.page.get_by_label("Name of the node")).to_have_value("block")
    canvas.page.keyboard.press("Control+ArrowDown")
    expect(canvas.node("conv1")).to_be_visible()
    assert trail(canvas) == ["model", "block"]
    canvas.press("Escape")
    expect(canvas.node("block")).to_be_visible()
    canvas.page.keyboard.press("Control+Shift+G")
    expect(canvas.node("conv1")).to_be_visible()
    expect(canvas.page.get_by_role("alert")).to_contain_text("Nothing else used block")
    canvas.expect_saved()
    assert sorted(canvas.stored_ids()) == before
    assert list(canvas.stored()["networks"]) == ["model"]
    canvas.press("Control+z")
    expect(canvas.node("block")).to_be_visible()
    canvas.press("Control+z")
    expect(canvas.node("conv1")).to_be_visible()


def test_a_block_that_is_left_shows_the_graph_as_it_was_left(canvas: Canvas) -> None:
    collapse(canvas, "conv1", "relu1")
    canvas.page.mouse.move(700, 650)
    canvas.page.mouse.down()
    canvas.page.mouse.move(620, 600, steps=4)
    canvas.page.mouse.up()
    view = canvas.page.locator(".react-flow__viewport")
    before = view.get_attribute("style")
    canvas.node("block").dblclick()
    expect(canvas.node("conv1")).to_be_visible()
    expect(view).not_to_have_attribute("style", before or "")
    canvas.press("Escape")
    expect(canvas.node("block")).to_be_visible()
    expect(view).to_have_attribute("style", before or "")


def test_what_cannot_be_a_block_is_told(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.node("pool1").locator(".node-id").click(modifiers=["Shift"])
    canvas.press("Control+g")
    expect(canvas.page.get_by_role("alert")).to_contain_text("relu1 takes from the selected nodes and feeds them")


def test_a_network_gets_a_parameter_that_its_uses_set(canvas: Canvas) -> None:
    page = canvas.page
    collapse(canvas, "conv1", "relu1")
    canvas.node("block").dblclick()
    expect(canvas.node("conv1")).to_be_visible()
    page.get_by_role("button", name="Add a parameter").click()
    name = page.get_by_label("Name of size")
    name.fill("filters")
    name.press("Enter")
    default = page.get_by_label("Default of filters")
    default.fill("12")
    default.press("Enter")
    canvas.select("conv1")
    canvas.field("out_channels").fill("$filters * 2")
    label(canvas, "24×26×26")
    canvas.press("Escape")
    canvas.press("Escape")
    canvas.select("block")
    expect(canvas.field("argument-filters")).to_have_value("12")
    canvas.field("argument-filters").fill("5")
    label(canvas, "10×26×26")
    page.get_by_role("button", name="Reset argument-filters").click()
    label(canvas, "24×26×26")


def test_a_renamed_parameter_network_and_port_is_followed_everywhere(canvas: Canvas) -> None:
    page = canvas.page
    collapse(canvas, "conv1", "relu1")
    canvas.node("block").dblclick()
    page.get_by_role("button", name="Add a parameter").click()
    canvas.select("conv1")
    canvas.field("out_channels").fill("$size")
    canvas.press("Escape")
    for field, text in (("Name of size", "wide"), ("Name of the network", "stem")):
        page.get_by_label(field).fill(text)
        page.get_by_label(field).press("Enter")
    canvas.select("x")
    page.get_by_label("Name of the node").fill("picture")
    page.get_by_label("Name of the node").press("Enter")
    canvas.expect_saved()
    networks = canvas.stored()["networks"]
    assert networks["stem"]["params"] == {"wide": 1}
    assert networks["stem"]["nodes"][1]["params"]["out_channels"] == "$wide"
    assert networks["model"]["nodes"][1]["params"]["network"] == "stem"
    assert any(edge.get("target_port") == "picture" for edge in networks["model"]["edges"])
    assert trail(canvas) == ["model", "block"]


def test_an_opened_block_shows_the_shapes_of_the_use_one_came_through_or_chose(staged: Canvas) -> None:
    staged.node("layer2").dblclick()
    expect(staged.node("shortcut_conv")).to_be_visible()
    assert trail(staged) == ["model", "layer2"]
    label(staged, "12×4×4")
    staged.page.get_by_label("shapes as in").select_option(label="model › layer1.0")
    label(staged, "8×8×8")
    assert trail(staged) == ["model", "layer1.0"]
    staged.press("Escape")
    expect(staged.node("layer1")).to_have_class(re.compile("is-selected"))
    staged.page.get_by_label("Open a block").select_option("residual_basic_downsampling")
    expect(staged.node("shortcut_conv")).to_be_visible()


def test_a_finding_inside_a_block_names_the_use_and_leads_into_it(staged: Canvas) -> None:
    staged.select("layer2")
    staged.field("argument-stride").fill("0")
    message = staged.page.locator(".findings .message").filter(has_text='Seen in its use as "layer2" in "model".').first
    if not message.is_visible():
        staged.page.locator(".findings .counts").click()
    message.click()
    expect(staged.node("conv1")).to_be_visible()
    assert trail(staged) == ["model", "layer2"]


def test_a_repeated_block_is_unrolled_with_its_values(staged: Canvas) -> None:
    staged.select("layer1")
    staged.press("Control+Shift+G")
    expect(staged.page.get_by_role("alert")).to_contain_text("layer1 was repeated 2 times")
    staged.expect_saved()
    nodes = {node["id"]: node for node in staged.stored()["networks"]["model"]["nodes"]}
    assert nodes["conv1"]["params"]["out_channels"] == nodes["conv3"]["params"]["out_channels"] == 8
    label(staged, "8×8×8")


def test_a_shipped_block_is_found_by_what_people_call_it_and_put_behind_the_selection(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.press("Tab")
    canvas.page.get_by_label("Search layers to add").fill("squeeze and")
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("squeeze_excitation")).to_be_visible()
    canvas.expect_saved()
    assert list(canvas.stored()["networks"]) == ["model", "squeeze_excitation"]
    edges = canvas.stored()["networks"]["model"]["edges"]
    assert any(edge["source"] == "relu1" and edge.get("target_port") == "x" for edge in edges)
    canvas.press("Control+z")
    expect(canvas.node("squeeze_excitation")).to_have_count(0)
    canvas.expect_saved()
    assert list(canvas.stored()["networks"]) == ["model"]


def test_a_shipped_block_is_dragged_from_the_palette(canvas: Canvas) -> None:
    entry = canvas.page.locator(".palette .entry", has_text="Squeeze and excitation")
    entry.drag_to(canvas.page.locator(".react-flow__pane"), target_position={"x": 300, "y": 120})
    expect(canvas.node("squeeze_excitation")).to_be_visible()


def test_a_block_that_is_kept_can_be_added_to_another_project_and_removed_again(
    canvas: Canvas, page: Page, server: Server
) -> None:
    collapse(canvas, "conv1", "relu1")
    command(canvas, "Keep this block")
    expect(page.get_by_role("alert")).to_contain_text("block is in your library now")
    assert (server.home / "blocks" / "block.json").is_file()
    other = Canvas(page, server, preset="mnist_cnn")
    other.select("conv1")
    own = page.locator(".palette section", has_text="My blocks")
    own.get_by_role("button", name="Block", exact=True).click()
    expect(other.node("block")).to_be_visible()
    own.get_by_role("button", name="Remove Block from my library").click()
    expect(page.locator(".palette")).not_to_contain_text("My blocks")
    expect(other.node("block")).to_be_visible()
    assert not (server.home / "blocks" / "block.json").exists()


def test_the_presets_have_no_blocks_and_no_menu_of_them(canvas: Canvas) -> None:
    assert '"Block"' not in (ROOT / "presets" / "mnist_cnn_deep.json").read_text()
    expect(canvas.page.get_by_label("Open a block")).to_have_count(0)
    expect(canvas.page.get_by_role("navigation", name="Where this block is")).to_have_count(0)
