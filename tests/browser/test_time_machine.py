"""Runs on the canvas: nodes show how they do while they learn, and the time machine shows any step of a run."""

from __future__ import annotations

import json
import re
import uuid
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server, stop_all_runs

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 90_000
ENDLESS = "200000"


def train(page: Page, server: Server, preset: str, epochs: str) -> str:
    """Train a preset for so many epochs; returns the project's id as soon as it learns."""
    project = uuid.uuid4().hex[:12]
    page.goto(f"{server.address}/train?project={project}&preset={preset}")
    field = page.get_by_label("Epochs")
    field.fill(epochs)
    field.press("Enter")
    expect(field).to_have_value(epochs)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".ll-facts")).to_contain_text("step", timeout=PATIENCE)
    return project


def histogram(page: Page, title: str) -> Locator:
    return page.locator(f'.over-time[data-part="{title}"] .now path')


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Moment of the run")


def test_nodes_show_how_they_do_while_they_learn_and_the_run_is_looked_into_afterwards(
    page: Page, server: Server
) -> None:
    project = train(page, server, "mnist_mlp", ENDLESS)
    canvas = Canvas(page, server, "mnist_mlp", project)
    strip = page.get_by_role("region", name="Training")
    expect(strip).to_contain_text(re.compile(r"Training: step [\d,]+ of [\d,]+, loss 0?\.?\d"), timeout=PATIENCE)
    state = canvas.node("linear1").locator(".node-state")
    expect(state).to_have_text(re.compile(r"\d%"))
    expect(state.get_by_role("img", name="does well")).to_be_visible()
    expect(canvas.node("relu1").locator(".node-state")).to_contain_text("dead")
    expect(canvas.node("image").locator(".node-state")).to_have_count(0)
    before = strip.inner_text()
    expect(strip).not_to_have_text(before)

    canvas.press("o")
    expect(page.get_by_role("treeitem", name=re.compile("^linear1,.*does well"))).to_be_visible()
    canvas.press("o")

    canvas.select("linear1")
    canvas.field("out_features").fill("77")
    canvas.field("out_features").press("Enter")
    expect(strip).to_contain_text("This run trains an earlier version of the graph.")
    expect(state).to_have_text(re.compile(r"\d%"))
    stop_all_runs(server)
    expect(strip).to_contain_text("Stopped: step", timeout=PATIENCE)

    canvas.press("t")
    expect(slider(page)).to_be_focused()
    expect(page.get_by_role("region", name="Time machine")).to_contain_text(re.compile(r"step [\d,]+ of"))
    expect(canvas.node("linear1").locator(".node-kind")).not_to_contain_text("77")
    canvas.select("linear1")
    expect(histogram(page, "Weights")).to_be_visible()
    weights = histogram(page, "Weights").get_attribute("d")
    slider(page).focus()
    page.keyboard.press("Home")
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile(r"^step 0 of"))
    expect(histogram(page, "Weights")).not_to_have_attribute("d", str(weights))
    first = str(histogram(page, "What comes out").get_attribute("d"))
    page.keyboard.press("ArrowRight")
    expect(slider(page)).not_to_have_attribute("aria-valuetext", re.compile(r"^step 0 of"))
    page.keyboard.press("End")
    expect(histogram(page, "Weights")).to_have_attribute("d", str(weights))
    expect(histogram(page, "What comes out")).not_to_have_attribute("d", first)
    expect(histogram(page, "Gradients")).to_be_visible()
    expect(page.get_by_role("region", name="images").locator("canvas").first).to_be_visible()

    canvas.press("Delete")
    expect(page.get_by_role("alert").filter(has_text="Leave the time machine")).to_be_visible()
    page.reload()
    expect(slider(page)).to_be_visible(timeout=PATIENCE)
    slider(page).focus()
    page.keyboard.press("Escape")
    expect(slider(page)).to_have_count(0)
    expect(canvas.node("linear1").locator(".node-kind")).to_contain_text("77")
    assert "run=" not in page.url


def test_a_finished_run_is_looked_into_from_its_page(page: Page, server: Server) -> None:
    train(page, server, "mnist_mlp", "8")
    expect(page.locator('[data-status="finished"]')).to_be_visible(timeout=PATIENCE)
    with urlopen(f"{server.address}/api/projects/{page.url.split('project=')[1].split('&')[0]}/runs") as answer:
        [run] = json.load(answer)
    page.goto(f"{server.address}/runs?run={run['id']}")
    page.get_by_role("button", name="Look inside").click()
    expect(slider(page)).to_be_focused(timeout=PATIENCE)
    bar = page.get_by_role("region", name="Time machine")
    end = bar.get_by_role("status").inner_text()
    assert f"step {run['steps']:,} of {run['steps']:,}" in end
    page.locator("[data-canvas]").focus()
    page.keyboard.press(",")
    expect(bar.get_by_role("status")).not_to_have_text(end)
    page.keyboard.press("Home")
    bar.get_by_role("button", name="Play").click()
    expect(bar.get_by_role("button", name="Stand still")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search commands").fill("leave the time machine")
    page.keyboard.press("Enter")
    expect(bar).to_have_count(0)
