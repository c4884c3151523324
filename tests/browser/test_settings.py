"""The settings beside the button that trains: what is typed there is what the run trains with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_train import PATIENCE, button, open_train, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def read_project(page: Page, server: Server) -> dict:
    id = page.url.split("project=")[1].split("&")[0]
    return json.loads((server.home / "projects" / f"{id}.json").read_text())


def read_rate(project: dict) -> float:
    return next(node["params"]["lr"] for node in project["training"]["nodes"] if "lr" in node.get("params", {}))


def newest_run(server: Server) -> dict:
    folder = max((path for path in (server.home / "runs").glob("2*")), key=lambda path: path.stat().st_ctime_ns)
    return json.loads(Path(folder, "project.json").read_text())


def test_every_edit_of_many_in_a_row_is_kept(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    for rate, epochs in (("0.02", "11"), ("0.03", "12"), ("0.04", "13"), ("0.05", "14")):
        page.get_by_label("Learning rate").fill(rate)
        page.get_by_label("Epochs").fill(epochs)
        page.get_by_label("Epochs").press("Enter")
        page.wait_for_timeout(900)
        project = read_project(page, server)
        assert (read_rate(project), project["run"]["epochs"]) == (float(rate), int(epochs))
    expect(page.get_by_label("Learning rate")).to_have_value("0.05")


def test_a_click_on_train_right_after_typing_trains_with_what_was_typed(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    page.get_by_label("Epochs").fill("900")
    page.get_by_label("Epochs").press("Enter")
    page.get_by_label("Learning rate").fill("0.007")
    button(page, "Train").click()
    wait_for(page, "finished")
    assert (read_rate(newest_run(server)), newest_run(server)["run"]["epochs"]) == (0.007, 900)
    page.get_by_label("Learning rate").fill("0.003")
    button(page, "Train again").click()
    expect(page.get_by_label("Learning rate")).to_have_count(0, timeout=PATIENCE)
    wait_for(page, "finished")
    assert read_rate(newest_run(server)) == 0.003


def test_what_is_not_taken_is_said_and_nothing_is_trained_with_another_value(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    page.get_by_label("Learning rate").fill("-1")
    page.get_by_label("Learning rate").press("Enter")
    expect(page.get_by_text("Learning rate is -1, must be more than 0. It stays 0.01.")).to_be_visible()
    expect(page.get_by_label("Learning rate")).to_have_value("-1")
    expect(button(page, "Train")).to_be_disabled()
    page.get_by_label("Learning rate").fill("1e30")
    page.get_by_label("Learning rate").press("Enter")
    expect(button(page, "Train")).to_be_enabled()
    page.reload()
    expect(page.get_by_label("Learning rate").first).to_have_value("1e+30", timeout=PATIENCE)
