from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_runs import PATIENCE
from tests.browser.test_train import button, open_train, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_run_page(page: Page, server: Server) -> str:
    """Train the straight line through four points and open the page of its run."""
    open_train(page, server, "linear_regression")
    button(page, "Train").click()
    wait_for(page, "finished")
    run = max(path.name for path in (server.home / "runs").iterdir() if path.name[0].isdigit())
    page.goto(f"{server.address}/runs?run={run}")
    wait_for(page, "finished")
    return run


def test_a_run_goes_on_from_its_weights_with_another_learning_rate(page: Page, server: Server) -> None:
    parent = open_run_page(page, server)
    button(page, "Fork").click()
    page.get_by_label("Learning rate").fill("0.002")
    page.get_by_label("Learning rate").press("Enter")
    button(page, "Train from here").click()
    expect(page.locator(".ll-title")).to_have_text("Linear regression fork", timeout=PATIENCE)
    wait_for(page, "finished")
    assert parent not in page.url
    expect(page.get_by_text("all 2 tensors carried over").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".ll-settings")).to_contain_text("0.002")
    expect(button(page, "Train from here")).to_have_count(0)


def test_a_run_is_opened_as_a_project_that_starts_from_its_weights(page: Page, server: Server) -> None:
    open_run_page(page, server)
    button(page, "Fork").click()
    button(page, "Open as a project").click()
    expect(page.locator(".node").first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Train").click()
    expect(page.get_by_text("all 2 tensors carried over")).to_be_visible(timeout=PATIENCE)
    button(page, "Start fresh").click()
    expect(page.get_by_text("all 2 tensors carried over")).to_have_count(0, timeout=PATIENCE)
