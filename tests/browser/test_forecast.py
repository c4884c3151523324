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


def test_a_batch_larger_than_the_data_is_told_and_mended_by_a_click(page: Page, server: Server) -> None:
    open_train(page, server, "mlp_iris")
    page.get_by_label("Batch size").fill("500")
    page.get_by_label("Batch size").press("Enter")
    hint = page.locator(".st-key-hint-0")
    expect(hint).to_contain_text('a batch is to hold 500 samples, and "main" has 120 to train with')
    hint.get_by_role("button", name='Set batch_size of "data" to 16').click()
    expect(hint).to_have_count(0)
    expect(page.get_by_label("Batch size")).to_have_count(1)
    expect(page.get_by_label("Batch size")).to_have_value("16")
