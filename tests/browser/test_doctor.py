"""A network made to die is named beside its curves, and the doctor's button cures it."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server
from tests.browser.test_train import PATIENCE, button, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def store_dying(server: Server) -> str:
    """ReLU with a learning rate of ten, for long enough to be seen."""
    project = json.loads((ROOT / "presets" / "mnist_mlp.json").read_text())
    project["run"] |= {"epochs": 60, "threads": 1}
    next(node for node in project["training"]["nodes"] if "lr" in node.get("params", {}))["params"]["lr"] = 10.0
    id = uuid.uuid4().hex[:12]
    (server.home / "projects").mkdir(exist_ok=True)
    (server.home / "projects" / f"{id}.json").write_text(json.dumps(project))
    return id


def test_a_network_killed_by_its_learning_rate_is_found_and_cured_by_the_button(page: Page, server: Server) -> None:
    id = store_dying(server)
    page.goto(f"{server.address}/train?project={id}")
    expect(button(page, "Train")).to_be_visible(timeout=PATIENCE)
    button(page, "Train").click()
    finding = page.locator('.ll-doctor li[data-code="D001"]')
    expect(finding).to_be_visible(timeout=PATIENCE)
    expect(finding).to_contain_text("of its 128 units never fire behind ReLU")
    expect(finding.locator(".ll-since")).to_contain_text("step")
    repair = finding.get_by_role("button", name="Set lr of")
    expect(repair).to_be_visible()
    page.reload()
    expect(finding).to_be_visible(timeout=PATIENCE)
    button(page, "Stop").click()
    wait_for(page, "stopped")
    expect(page.get_by_label("Learning rate").first).to_have_value("10", timeout=PATIENCE)
    repair.click()
    expect(finding.locator(".ll-outcome")).to_have_text("Done in the project. Train again to see it work.")
    expect(page.get_by_label("Learning rate").first).to_have_value(re.compile(r"^(0\.\d+|1)$"), timeout=PATIENCE)
    expect(page.get_by_label("Learning rate")).to_have_count(1)

    button(page, "Train again").click()
    expect(page.locator('[data-status="stopped"]')).to_be_hidden(timeout=PATIENCE)
    expect(page.locator('[data-status="finished"]')).to_be_visible(timeout=240_000)
    expect(page.locator(".ll-doctor")).to_be_hidden()
    saved = json.loads((server.home / "projects" / f"{id}.json").read_text())
    assert next(node for node in saved["training"]["nodes"] if "lr" in node.get("params", {}))["params"]["lr"] <= 1.0
