from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_train import button, open_train

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 150_000


def test_what_a_run_takes_is_told_for_the_settings_as_they_are(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    estimate = page.locator(".st-key-estimate").get_by_role("button").first
    estimate.click()
    line = page.locator(".st-key-forecast")
    expect(line).to_contain_text(re.compile(r"\d MB · batches up to all \d samples fit"), timeout=PATIENCE)
    page.get_by_label("Epochs").fill("3000")
    page.get_by_label("Epochs").press("Enter")
    expect(estimate).to_be_visible()
    expect(line).not_to_contain_text("MB")
    estimate.click()
    expect(line).to_contain_text(re.compile(r"Estimating: .* · \d+ s"), timeout=PATIENCE)
    button(page, "Cancel").click()
    expect(estimate).to_be_visible()
