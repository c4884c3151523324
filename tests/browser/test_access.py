from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.access import find_faults
from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000


def test_the_gallery_can_be_used_by_everybody(page: Page, server: Server) -> None:
    page.goto(server.address)
    expect(page.locator(".ll-card").first).to_be_visible(timeout=PATIENCE)
    assert find_faults(page) == []
    page.get_by_text("New project").click()
    assert find_faults(page) == []


def test_the_canvas_can_be_used_by_everybody(page: Page, server: Server) -> None:
    canvas = Canvas(page, server)
    assert find_faults(page) == []
    canvas.press("o")
    canvas.select("conv1")
    canvas.field("kernel_size").fill("40")
    expect(page.locator(".findings .count.error")).to_contain_text("1 error")
    page.locator(".findings .counts").click()
    assert find_faults(page) == []


@pytest.mark.parametrize(
    ("keys", "role", "name"),
    [
        ("Control+k", "dialog", "Commands"),
        ("?", "dialog", "Keys"),
        ("Tab", "dialog", "Add a node"),
        ("Control+Shift+S", "dialog", "Keep this version"),
        ("Control+f", "searchbox", "Find a node"),
    ],
)
def test_the_dialogs_of_the_canvas_can_be_used_by_everybody(
    page: Page, server: Server, keys: str, role: str, name: str
) -> None:
    canvas = Canvas(page, server)
    canvas.press(keys)
    expect(page.get_by_role(role, name=name)).to_be_visible()
    assert find_faults(page) == []


def test_a_comparison_can_be_used_by_everybody(page: Page, server: Server) -> None:
    canvas = Canvas(page, server)
    canvas.press("Control+Shift+S")
    page.keyboard.type("Before")
    page.keyboard.press("Enter")
    canvas.select("relu1")
    canvas.press("Delete")
    canvas.press("v")
    expect(page.locator(".version")).to_have_count(1)
    assert find_faults(page) == []
    page.get_by_role("button", name="Compare “Before”").click()
    expect(page.get_by_role("region", name="Comparison")).to_be_visible()
    assert find_faults(page) == []


def test_the_data_can_be_used_by_everybody(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/data?project={uuid.uuid4().hex[:12]}&preset=mnist_cnn")
    expect(page.locator('[data-testid="stMain"]')).to_contain_text("train", timeout=PATIENCE)
    page.wait_for_timeout(3000)
    assert find_faults(page) == []


def test_training_can_be_used_by_everybody_before_it_while_it_runs_and_behind_it(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/train?project={uuid.uuid4().hex[:12]}&preset=linear_regression")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_visible(timeout=PATIENCE)
    assert find_faults(page) == []
    page.get_by_label("Epochs").fill("200000")
    page.get_by_label("Epochs").press("Enter")
    expect(page.get_by_label("Epochs")).to_have_value("200000")
    train.click()
    expect(page.locator('[data-status="running"]')).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".ll-panel .main-svg").first).to_be_visible(timeout=PATIENCE)
    assert find_faults(page) == []
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator('[data-status="stopped"]')).to_be_visible(timeout=PATIENCE)
    assert find_faults(page) == []


def test_the_runs_and_one_run_can_be_used_by_everybody(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/train?project={uuid.uuid4().hex[:12]}&preset=linear_regression")
    page.get_by_role("button", name="Train", exact=True).click(timeout=PATIENCE)
    expect(page.locator('[data-status="finished"]')).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Runs").click()
    expect(page.locator('[data-testid="stMain"]')).to_contain_text("Linear", timeout=PATIENCE)
    page.wait_for_timeout(2000)
    assert find_faults(page) == []
    latest = max((server.home / "runs").iterdir(), key=lambda run: run.stat().st_mtime)
    page.goto(f"{server.address}/runs?run={latest.name}")
    expect(page.locator(".ll-panel .main-svg").first).to_be_visible(timeout=PATIENCE)
    assert find_faults(page) == []
