from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from builder.document import Project
from runtime.runs.folder import create_run
from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000


def test_a_fault_in_a_page_is_told_in_our_words_and_the_gallery_is_one_click_away(page: Page, server: Server) -> None:
    run = create_run(Project(name="Damaged"), runs=server.home / "runs")
    run.database.write_bytes(b"this is no database" * 100)
    try:
        page.goto(f"{server.address}/runs?run={run.id}")
        told = page.get_by_test_id("stAlert").filter(has_text="Something went wrong here that should not")
        expect(told).to_be_visible(timeout=PATIENCE)
        assert page.get_by_test_id("stException").count() == 0
        body = page.locator("body").inner_text()
        assert "Ask Google" not in body and "ChatGPT" not in body and "Traceback" not in body
        number = re.search(r"fault ([0-9a-f]{6})", told.inner_text())
        assert number and f"fault {number[1]}" in (server.home / "logs" / "faults.log").read_text()
        page.get_by_role("link", name="Open the gallery").click()
        expect(page.locator(".ll-card").first).to_be_visible(timeout=PATIENCE)
    finally:
        shutil.rmtree(run.path)
