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


def test_every_link_shows_the_shape_of_what_flows_through_it(canvas: Canvas) -> None:
    assert canvas.labels()[:4] == ["1×28×28", "32×26×26", "32×26×26", "32×13×13"]
    expect(canvas.node("linear1")).to_contain_text("54.1 k")
    expect(canvas.page.locator(".findings")).to_contain_text("54.4 k parameters")


def test_looking_at_a_preset_leaves_nothing_behind(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.page.get_by_role("tab", name="training").click()
    expect(canvas.node("adam")).to_be_visible()
    assert not (canvas.server.home / "projects" / f"{canvas.project}.json").exists()


def test_a_parameter_changes_the_shapes_and_is_saved(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.field("kernel_size").fill("5")
    expect(canvas.page.locator(".link-label").nth(1)).to_contain_text("32×24×24")
    expect(canvas.page.locator('[data-param="kernel_size"]')).to_have_class(re.compile("is-changed"))
    canvas.expect_saved()
    conv = canvas.stored()["networks"]["model"]["nodes"][1]
    assert conv["params"]["kernel_size"] == 5


def test_a_part_of_a_network_is_frozen_and_another_learns_slowly(canvas: Canvas) -> None:
    page = canvas.page
    page.get_by_role("tab", name="training").click()
    canvas.select("adam")
    page.locator(".inspector").get_by_role("button", name=re.compile("more$")).click()
    page.get_by_role("button", name="Add one to groups").click()
    expect(page.locator("#list-groups-1-match option").first).to_have_attribute("value", "biases_and_norms")
    canvas.field("groups-1-match").fill("conv1")
    canvas.field("groups-1-frozen").click()
    page.get_by_role("button", name="Add another to groups").click()
    canvas.field("groups-2-match").fill("linear1")
    canvas.field("groups-2-lr_scale").fill("0.1")
    canvas.expect_saved()
    groups = [{"match": "conv1", "frozen": True}, {"match": "linear1", "lr_scale": 0.1}]
    assert stored_groups(canvas) == groups
    page.get_by_role("button", name="Remove groups 1").click()
    expect(canvas.field("groups-1-match")).to_have_value("linear1")
    canvas.expect_saved()
    assert stored_groups(canvas) == groups[1:]


def stored_groups(canvas: Canvas) -> object:
    """The groups of parameters that the saved project gives its optimizer."""
    nodes = canvas.stored()["training"]["nodes"]
    return next(node["params"].get("groups") for node in nodes if node["id"] == "adam")


def test_a_value_out_of_bounds_is_refused_beside_its_field(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.field("out_channels").fill("0")
    expect(canvas.page.locator(".reason")).to_have_text("At least 1.")
    canvas.field("out_channels").blur()
    expect(canvas.field("out_channels")).to_have_value("0")
    expect(canvas.page.locator(".reason")).to_have_text("At least 1.")
    canvas.field("out_channels").press("Escape")
    expect(canvas.field("out_channels")).to_have_value("32")
    expect(canvas.page.locator(".reason")).to_have_count(0)


def test_a_number_is_taken_as_it_was_typed(canvas: Canvas) -> None:
    canvas.page.get_by_role("tab", name="training").click()
    canvas.select("adam")
    canvas.field("lr").fill("")
    canvas.field("lr").press_sequentially("1e30", delay=120)
    expect(canvas.field("lr")).to_have_value("1e30")
    canvas.field("lr").blur()
    canvas.expect_saved()
    adam = next(node for node in canvas.stored()["training"]["nodes"] if node["id"] == "adam")
    assert adam["params"]["lr"] == 1e30


def test_a_reset_takes_a_parameter_back_to_its_default(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.field("stride").fill("2")
    expect(canvas.page.locator(".link-label").nth(1)).to_contain_text("32×13×13")
    canvas.page.get_by_role("button", name="Reset stride").click()
    expect(canvas.page.locator(".link-label").nth(1)).to_contain_text("32×26×26")


def test_a_mistake_is_told_at_the_node_at_the_property_and_in_the_list(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.field("kernel_size").fill("40")
    expect(canvas.node("conv1").locator(".badge.error")).to_be_visible()
    expect(canvas.page.locator('[data-param="kernel_size"] .fault')).to_contain_text("28")
    expect(canvas.page.locator(".findings .count.error")).to_contain_text("1 error")
    canvas.press("Control+z")
    expect(canvas.page.locator(".findings")).to_contain_text("Nothing to mend")


def test_a_click_on_a_finding_goes_to_its_node_and_a_repair_mends_it(canvas: Canvas) -> None:
    canvas.select("flatten1")
    canvas.press("Delete")
    finding = canvas.page.locator(".finding").first
    expect(finding).to_contain_text("linear1")
    finding.locator(".message").click()
    expect(canvas.node("linear1")).to_have_class(re.compile("is-selected"))
    finding.locator(".repair", has_text="Flatten").click()
    expect(canvas.page.locator(".findings")).to_contain_text("Nothing to mend")
    canvas.press("Control+z")
    expect(canvas.page.locator(".finding").first).to_contain_text("linear1")


def test_deleting_a_node_heals_the_link_and_is_one_step(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.press("Delete")
    expect(canvas.node("relu1")).to_have_count(0)
    canvas.expect_saved()
    edges = canvas.stored()["networks"]["model"]["edges"]
    assert any(edge["source"] == "conv1" and edge["target"] == "pool1" for edge in edges)
    canvas.press("Control+z")
    expect(canvas.node("relu1")).to_be_visible()
    canvas.press("Control+Shift+z")
    expect(canvas.node("relu1")).to_have_count(0)


def test_a_click_in_the_palette_adds_after_the_selected_node(canvas: Canvas) -> None:
    canvas.select("conv1")
    search = canvas.page.get_by_role("searchbox", name="Search layers")
    search.fill("batch")
    canvas.page.locator(".entry", has_text=re.compile("^BatchNorm2d$")).click()
    expect(canvas.node("batchnorm2d")).to_be_visible()
    canvas.expect_saved()
    edges = {(edge["source"], edge["target"]) for edge in canvas.stored()["networks"]["model"]["edges"]}
    assert {("conv1", "batchnorm2d"), ("batchnorm2d", "relu1")} <= edges
    expect(canvas.page.locator(".findings")).not_to_contain_text("error")


def test_a_layer_is_dragged_from_the_palette_onto_a_link(canvas: Canvas) -> None:
    entry = canvas.page.locator(".entry", has_text=re.compile("^GELU$"))
    entry.scroll_into_view_if_needed()
    start, end = middle(canvas.port("conv1", "output", "source")), middle(canvas.port("relu1", "input", "target"))
    surface = canvas.page.locator(".react-flow__pane")
    box = surface.bounding_box()
    assert box is not None
    spot = {"x": (start[0] + end[0]) / 2 - box["x"], "y": start[1] - box["y"]}
    entry.drag_to(surface, target_position=spot, force=True)
    expect(canvas.node("gelu")).to_be_visible()
    canvas.expect_saved()
    edges = {(edge["source"], edge["target"]) for edge in canvas.stored()["networks"]["model"]["edges"]}
    assert {("conv1", "gelu"), ("gelu", "relu1")} <= edges


def test_a_link_is_drawn_with_the_mouse_and_replaces_the_one_in_the_port(canvas: Canvas) -> None:
    canvas.link(("image", "output"), ("pool1", "input"))
    canvas.expect_saved()
    into = [edge["source"] for edge in canvas.stored()["networks"]["model"]["edges"] if edge["target"] == "pool1"]
    assert into == ["image"]


def test_a_link_that_does_not_fit_is_refused_with_the_reason(canvas: Canvas) -> None:
    canvas.link(("relu1", "output"), ("conv1", "input"))
    expect(canvas.page.locator(".notice")).to_contain_text("This would close a circle")
    expect(canvas.page.locator(".saved")).to_have_text("not changed")


def test_a_link_dropped_in_empty_space_offers_what_fits(canvas: Canvas) -> None:
    x, y = middle(canvas.port("flatten1", "output", "source"))
    canvas.drag((x, y), (x, y + 160))
    box = canvas.page.get_by_role("dialog", name="Add a node")
    expect(box).to_be_visible()
    expect(box.locator(".result", has_text="Conv2d")).to_have_count(0)
    canvas.page.keyboard.type("dense")
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("linear")).to_be_visible()
    canvas.expect_saved()
    edges = {(edge["source"], edge["target"]) for edge in canvas.stored()["networks"]["model"]["edges"]}
    assert ("flatten1", "linear") in edges


def test_a_double_click_on_the_canvas_opens_search_at_the_cursor(canvas: Canvas) -> None:
    canvas.page.mouse.dblclick(700, 640)
    canvas.page.keyboard.type("dropout")
    canvas.page.keyboard.press("Enter")
    box = canvas.node("dropout").bounding_box()
    assert box is not None
    assert abs(box["x"] - 700) < 20
    assert abs(box["y"] + box["height"] / 2 - 640) < 30


def test_a_node_is_dragged_and_stays_where_it_was_put(canvas: Canvas) -> None:
    x, y = middle(canvas.node("pool1").locator(".node-id"))
    canvas.drag((x, y), (x, y + 120))
    canvas.expect_saved()
    position = canvas.stored()["networks"]["model"]["nodes"][3]["position"]
    assert position[1] > 100
    canvas.press("Control+z")
    canvas.expect_saved()
    assert canvas.stored()["networks"]["model"]["nodes"][3]["position"] == [720, 0]


def test_the_keyboard_alone_adds_links_and_edits(canvas: Canvas) -> None:
    canvas.press("Alt+ArrowRight")
    canvas.page.keyboard.press("Alt+ArrowRight")
    expect(canvas.node("conv1")).to_have_class(re.compile("is-selected"))
    canvas.page.keyboard.press("Tab")
    canvas.page.keyboard.type("batchnorm2d")
    canvas.page.keyboard.press("Enter")
    expect(canvas.node("batchnorm2d")).to_have_class(re.compile("is-selected"))
    canvas.page.keyboard.press("ArrowDown")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.locator(".inspector .form input").first).to_be_focused()
    canvas.page.keyboard.press("Escape")
    canvas.page.keyboard.press("Control+b")
    expect(canvas.node("batchnorm2d")).to_have_class(re.compile("is-bypassed"))
    canvas.expect_saved()


def test_a_link_is_made_with_the_keyboard(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.press("Delete")
    canvas.page.keyboard.press("Control+z")
    canvas.select("image")
    canvas.press("c")
    canvas.page.mouse.dblclick(700, 640)
    canvas.page.keyboard.type("gelu")
    canvas.page.keyboard.press("Enter")
    canvas.page.keyboard.press("c")
    canvas.expect_saved()
    edges = {(edge["source"], edge["target"]) for edge in canvas.stored()["networks"]["model"]["edges"]}
    assert ("image", "gelu") in edges


def test_nodes_are_copied_and_pasted_as_text_with_the_links_among_them(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.node("relu1").locator(".node-id").click(modifiers=["Control"])
    canvas.press("Control+c")
    canvas.page.keyboard.press("Control+v")
    expect(canvas.node("relu2")).to_have_count(1)
    canvas.expect_saved()
    edges = {(edge["source"], edge["target"]) for edge in canvas.stored()["networks"]["model"]["edges"]}
    assert ("conv2", "relu2") in edges
    canvas.press("Control+d")
    expect(canvas.node("relu3")).to_have_count(1)


def test_all_are_selected_and_laid_out_as_one_step(canvas: Canvas) -> None:
    x, y = middle(canvas.node("pool1").locator(".node-id"))
    canvas.drag((x, y), (x, y + 200))
    canvas.page.get_by_role("button", name="Lay out").click()
    canvas.expect_saved()
    heights = {node["position"][1] for node in canvas.stored()["networks"]["model"]["nodes"]}
    assert max(heights) - min(heights) < 16
    canvas.press("Control+z")
    canvas.expect_saved()
    assert canvas.stored()["networks"]["model"]["nodes"][3]["position"][1] > 100
    canvas.press("Control+a")
    expect(canvas.page.locator(".node.is-selected")).to_have_count(7)


def test_a_node_is_renamed_and_its_links_follow(canvas: Canvas) -> None:
    canvas.select("conv1")
    name = canvas.page.get_by_role("textbox", name="Name of the node")
    name.fill("class")
    expect(canvas.page.locator(".inspector .fault")).to_contain_text("already means something in Python")
    name.fill("edges")
    name.press("Enter")
    expect(canvas.node("edges")).to_be_visible()
    expect(canvas.page.locator(".findings")).to_contain_text("Nothing to mend")
    assert "32×26×26" in canvas.labels()


def test_a_network_is_added_and_undone(canvas: Canvas) -> None:
    canvas.page.get_by_role("button", name="New network").click()
    canvas.page.get_by_role("textbox", name="Name of the new network").fill("critic")
    canvas.page.keyboard.press("Enter")
    expect(canvas.page.get_by_role("tab", name="critic")).to_have_attribute("aria-selected", "true")
    expect(canvas.page.locator(".node")).to_have_count(2)
    canvas.press("Control+z")
    expect(canvas.page.get_by_role("tab", name="critic")).to_have_count(0)


def test_undo_outlives_a_page_switch_and_a_reload(canvas: Canvas) -> None:
    canvas.select("relu1")
    canvas.press("Delete")
    canvas.expect_saved()
    canvas.page.get_by_role("link", name="Gallery").click()
    expect(canvas.page.locator(".canvas")).to_have_count(0)
    canvas.page.get_by_role("link", name="Build").click()
    canvas.wait_for_shapes()
    canvas.press("Control+z")
    expect(canvas.node("relu1")).to_be_visible()
    canvas.expect_saved()
    canvas.page.reload()
    canvas.wait_for_shapes()
    canvas.press("Control+Shift+z")
    expect(canvas.node("relu1")).to_have_count(0)


def test_an_edit_is_found_again_in_a_fresh_browser(canvas: Canvas, browser: object, server: Server) -> None:
    canvas.select("relu1")
    canvas.press("Delete")
    canvas.expect_saved()
    context = browser.new_context(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
    other = Canvas(context.new_page(), server, project=canvas.project)
    expect(other.node("relu1")).to_have_count(0)
    expect(other.node("conv1")).to_be_visible()
    context.close()


def test_two_tabs_on_one_project_are_told_and_nothing_is_overwritten(canvas: Canvas, server: Server) -> None:
    canvas.select("conv1")
    canvas.field("out_channels").fill("16")
    canvas.expect_saved()
    other = Canvas(canvas.page.context.new_page(), server, project=canvas.project)
    other.select("relu1")
    other.press("Delete")
    other.expect_saved()
    expect(canvas.page.locator(".conflict")).to_contain_text("changed in another tab")
    assert "relu1" not in canvas.stored_ids()
    canvas.page.get_by_role("button", name="Show that version").click()
    expect(canvas.node("relu1")).to_have_count(0)
    expect(canvas.page.locator(".conflict")).to_have_count(0)


def test_a_tab_may_keep_its_own_version(canvas: Canvas, browser: object, server: Server) -> None:
    canvas.select("conv1")
    canvas.field("out_channels").fill("16")
    canvas.expect_saved()
    context = browser.new_context(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
    other = Canvas(context.new_page(), server, project=canvas.project)
    other.select("relu1")
    other.press("Delete")
    other.expect_saved()
    context.close()
    canvas.field("out_channels").fill("24")
    expect(canvas.page.locator(".conflict")).to_be_visible()
    assert "relu1" not in canvas.stored_ids()
    canvas.page.get_by_role("button", name="Keep this one").click()
    canvas.expect_saved()
    assert "relu1" in canvas.stored_ids()


def test_the_project_is_renamed_in_place(canvas: Canvas) -> None:
    name = canvas.page.get_by_role("textbox", name="Name of the project")
    name.fill("My first network")
    name.press("Enter")
    canvas.expect_saved()
    assert canvas.stored()["name"] == "My first network"


def test_the_training_graph_is_edited_like_a_network(canvas: Canvas) -> None:
    canvas.page.get_by_role("tab", name="training").click()
    canvas.select("adam")
    canvas.field("lr").fill("0.01")
    canvas.expect_saved()
    adam = next(node for node in canvas.stored()["training"]["nodes"] if node["id"] == "adam")
    assert adam["params"]["lr"] == 0.01
    canvas.page.locator(".more").first.click()
    canvas.field("schedule").select_option("cosine")
    expect(canvas.field("warmup")).to_be_visible()
    canvas.expect_saved()
    adam = next(node for node in canvas.stored()["training"]["nodes"] if node["id"] == "adam")
    assert adam["params"]["schedule"] == {"kind": "cosine"}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (900, "light")])
def test_the_canvas_fills_the_window(page: Page, server: Server, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    canvas = Canvas(page, server)
    box = page.locator(".frame").bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, width, 700)
    surface = page.locator(".canvas").bounding_box()
    assert surface is not None
    for node in canvas.page.locator(".node").all():
        inner = node.bounding_box()
        assert inner is not None
        assert surface["x"] <= inner["x"]
        assert inner["x"] + inner["width"] <= surface["x"] + surface["width"]
    background = page.locator(".frame").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (sum(int(part) for part in re.findall(r"\d+", background)[:3]) < 200) == (scheme == "dark")
