from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

LISTING = """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(16 * 13 * 13, 10)

    def forward(self, x):
        x = sharpen(x)
        x = self.pool(F.relu(self.conv1(x)))
        return self.fc(torch.flatten(x, 1))
"""


@pytest.fixture
def canvas(page: Page, server: Server) -> Canvas:
    return Canvas(page, server)


def test_selection_lights_up_both_ways_between_graph_and_code(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.press("p")
    marked = canvas.page.locator(".source-line.is-marked")
    expect(marked.first).to_contain_text("self.conv1 = nn.Conv2d(1, 32, kernel_size=3)")
    canvas.page.locator(".source-line", has_text="self.linear1 = nn.Linear").click()
    expect(canvas.node("linear1")).to_have_class(re.compile("is-selected"))
    expect(marked.first).to_contain_text("self.linear1")


def test_the_code_follows_every_edit_and_stays_while_a_mistake_stands(canvas: Canvas) -> None:
    canvas.press("p")
    canvas.select("conv1")
    canvas.field("out_channels").fill("12")
    expect(canvas.page.locator(".source-code")).to_contain_text("nn.Conv2d(1, 12, kernel_size=3)")
    canvas.field("kernel_size").fill("40")
    expect(canvas.page.locator(".code-panel [role=alert]")).to_be_visible()
    expect(canvas.page.locator(".source-code")).to_contain_text("nn.Conv2d(1, 12, kernel_size=3)")


def test_a_listing_becomes_a_network_with_a_sentence_for_what_was_not_taken(canvas: Canvas) -> None:
    canvas.press("Shift+P")
    dialog = canvas.page.get_by_role("dialog", name="Import PyTorch source")
    dialog.get_by_role("textbox", name="PyTorch source").fill(LISTING)
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.locator(".remarks li").first).to_contain_text("line 14")
    dialog.get_by_role("button", name="Done").click()
    expect(canvas.node("conv1")).to_contain_text("16 · 3×3")
    expect(canvas.node("fc")).to_be_visible()
    canvas.press("Control+z")
    expect(canvas.node("fc")).to_have_count(0)
    canvas.press("Control+Shift+z")
    canvas.expect_saved()
    (added,) = set(canvas.stored()["networks"]) - {"model"}
    assert {"conv1", "fc"} <= set(canvas.stored_ids(added))


def test_an_imported_network_is_trained_in_place_of_the_former_as_one_step(canvas: Canvas) -> None:
    canvas.press("Shift+P")
    dialog = canvas.page.get_by_role("dialog", name="Import PyTorch source")
    dialog.get_by_role("textbox", name="PyTorch source").fill(LISTING)
    dialog.get_by_role("button", name="Import").click()
    dialog.get_by_role("button", name="Train this one").click()
    expect(canvas.page.get_by_role("alert")).to_contain_text("in place of model")
    canvas.expect_saved()
    (added,) = set(canvas.stored()["networks"]) - {"model"}
    nodes = {node["id"]: node for node in canvas.stored()["training"]["nodes"]}
    assert nodes["predict"]["params"]["network"] == added
    assert nodes["adam"]["params"]["networks"] == [added]
    expect(canvas.page.get_by_role("button", name="Train this one")).to_have_count(0)
    canvas.press("Control+z")
    expect(canvas.page.get_by_role("button", name="Train this one")).to_be_visible()


def test_a_network_that_is_used_is_removed_only_after_that_was_said(canvas: Canvas) -> None:
    canvas.press("Shift+P")
    dialog = canvas.page.get_by_role("dialog", name="Import PyTorch source")
    dialog.get_by_role("textbox", name="PyTorch source").fill(LISTING)
    dialog.get_by_role("button", name="Import").click()
    dialog.get_by_role("button", name="Done").click()
    canvas.page.get_by_role("tab", name="model", exact=True).click()
    canvas.page.get_by_role("button", name="Remove this network").click()
    warning = canvas.page.get_by_role("dialog", name="Remove model")
    expect(warning).to_contain_text("predict in training")
    expect(warning).to_contain_text("Undo brings it back")
    warning.get_by_role("button", name="Remove it").click()
    expect(canvas.page.get_by_role("tab", name="model", exact=True)).to_have_count(0)
    canvas.press("Control+z")
    expect(canvas.page.get_by_role("tab", name="model", exact=True)).to_be_visible()


def test_what_is_not_python_is_told_and_nothing_is_lost(canvas: Canvas) -> None:
    canvas.press("Shift+P")
    dialog = canvas.page.get_by_role("dialog", name="Import PyTorch source")
    dialog.get_by_role("textbox", name="PyTorch source").fill("class Net(nn.Module:\n")
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    canvas.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(canvas.page.locator(".saved")).to_have_text("not changed")


def test_the_properties_of_a_node_lead_to_its_feature_maps_and_filters(canvas: Canvas) -> None:
    canvas.select("conv1")
    look = canvas.page.get_by_role("button", name="Look at what comes out")
    look.click()
    panel = canvas.page.get_by_role("region", name="What comes out")
    expect(panel.locator(".glimpse-filters img").first).to_be_visible(timeout=60_000)
    expect(look).to_have_count(0)


def test_a_batch_runs_up_to_a_node_and_follows_selection_and_edits(canvas: Canvas) -> None:
    canvas.select("conv1")
    canvas.press("r")
    panel = canvas.page.get_by_role("region", name="What comes out")
    expect(panel).to_contain_text("32×26×26", timeout=60_000)
    expect(panel.locator(".glimpse-output").first.locator("img")).to_have_count(16)
    expect(panel.locator(".glimpse-filters")).to_contain_text("16 of 32 filters")
    expect(panel.locator(".glimpse-filters img")).to_have_count(16)
    canvas.select("linear1")
    expect(panel.locator("td").first).to_be_visible(timeout=60_000)
    expect(panel.locator(".glimpse-filters")).to_have_count(0)
    canvas.field("out_features").fill("7")
    expect(panel).to_contain_text("×7 ", timeout=60_000)
    canvas.page.get_by_role("tab", name="training").click()
    canvas.select("adam")
    expect(panel.get_by_role("alert")).to_contain_text("changes weights")
