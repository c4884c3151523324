from __future__ import annotations

import uuid
import zipfile

import pytest
from playwright.sync_api import Page, expect

from runtime.runs.folder import list_folders
from tests.browser.conftest import Server
from tests.browser.ended import await_ended
from tests.browser.test_train import button, open_train, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 120_000


def test_from_a_preset_to_a_verified_download_that_opens_again(
    page: Page, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    open_train(page, server, "linear_regression")
    button(page, "Train").click()
    wait_for(page, "finished")
    button(page, "Take home").click()
    expect(page.locator(".ll-verified")).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as waiting:
        page.locator(".ll-parcel a.ll-button").click()
    archive = tmp_path_factory.mktemp("home") / "line.zip"
    waiting.value.save_as(archive)
    names = {name.rsplit("/", 1)[-1] for name in zipfile.ZipFile(archive).namelist()}
    assert {"model.safetensors", "model.pt", "model.py", "train.py", "predict.py", "project.json"} <= names
    page.get_by_role("link", name="Gallery").click()
    page.locator('.ll-gallery input[type="file"]').set_input_files(archive)
    expect(page.locator(".node").first).to_be_visible(timeout=PATIENCE)


def test_a_click_in_the_table_opens_a_run_which_is_renamed_deleted_and_taken_back(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    button(page, "Train").click()
    wait_for(page, "finished")
    page.get_by_role("link", name="Runs").click()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1000)
    table.click(position={"x": 60, "y": 50})
    wait_for(page, "finished")
    name = f"Line {uuid.uuid4().hex[:6]}"
    button(page, "Rename").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.locator(".ll-title")).to_have_text(name, timeout=PATIENCE)
    run = page.url.split("run=")[1].split("&")[0]
    page.get_by_role("link", name="Runs").click()
    expect(table).to_be_visible(timeout=PATIENCE)
    assert "run=" not in page.url
    page.goto(f"{server.address}/runs?run={run}")
    button(page, "Repeat").click()
    assert page.get_by_test_id("stPopoverBody").bounding_box()["width"] <= 400
    page.keyboard.press("Escape")
    button(page, "Delete").click()
    button(page, "Move to the trash").click()
    button(page, "Undo").click()
    expect(button(page, "Undo")).to_have_count(0, timeout=PATIENCE)
    assert (server.home / "runs" / run).is_dir()


def test_two_runs_are_ticked_and_compared(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    button(page, "Train").click()
    wait_for(page, "finished")
    before = len(list_folders(server.home / "runs"))
    page.get_by_label("Learning rate").fill("0.02")
    button(page, "Train again").click()
    await_ended(server, before + 1)
    page.get_by_role("link", name="Runs").click()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Compare")).to_be_disabled()
    for row in (0, 1):
        table.click(position={"x": 18, "y": 50 + 36 * row})
        page.wait_for_timeout(1000)
    page.get_by_role("button", name="Compare 2 runs").click()
    expect(page.get_by_text("2 runs compared")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".ll-compare .ll-runs")).to_contain_text("Linear regression (2)", timeout=PATIENCE)
    expect(page.locator(".ll-compare thead")).to_contain_text("lr", timeout=PATIENCE)
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="All runs").click()
    expect(page.get_by_role("button", name="Compare")).to_be_visible(timeout=PATIENCE)
