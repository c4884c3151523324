"""Runs wait for their device: their order is changed, outlives the server, and they are trained in it without being asked."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from runtime.runs import store
from runtime.runs.folder import RunFolder, list_folders
from tests.browser.conftest import ROOT, Server, start_server
from tests.browser.ended import await_ended
from tests.browser.test_train import button, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 120_000

BEGUN = ("queued", "running", "finished")
"""What a run may be as soon as it is asked for; a short one with nothing before it is done before anybody looks."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, with two projects: one that trains for long and one that is done at once."""
    (tmp_path / "projects").mkdir()
    for name, epochs in (("long", 1_000_000), ("short", 30)):
        project = json.loads((ROOT / "presets" / "linear_regression.json").read_text())
        project["name"], project["run"]["epochs"] = name.capitalize(), epochs
        (tmp_path / "projects" / f"{name}.json").write_text(json.dumps(project))
    server = start_server(tmp_path)
    yield server
    if server.process.poll() is None:
        server.process.terminate()
        server.process.wait(20)


def start_long(page: Page, own: Server) -> None:
    """Start the run that trains for long."""
    page.goto(f"{own.address}/train?project=long")
    button(page, "Train").click()
    wait_for(page, "running")


def repeat_short(page: Page, own: Server, count: int = 3) -> None:
    """Put the other project into the queue with several seeds."""
    page.goto(f"{own.address}/train?project=short")
    button(page, "Repeat").click()
    page.get_by_label("Seeds").fill(str(count))
    page.get_by_label("Seeds").press("Enter")
    button(page, f"Repeat with {count} seeds").click()
    expect(page.locator(", ".join(f'[data-status="{status}"]' for status in BEGUN))).to_be_visible(timeout=PATIENCE)


def list_waiting(page: Page) -> list[str]:
    """The names of the runs that wait, as they are shown."""
    return page.locator(".ll-queue-name").all_inner_texts()


def expect_waiting(page: Page, *names: str) -> None:
    """See that these runs wait, in this order."""
    expect(page.locator(".ll-queue-name")).to_have_text(list(names), timeout=PATIENCE)


def ask_to_delete_two(page: Page) -> None:
    """Tick the first two rows of the table, and ask for both to be deleted."""
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1500)
    for row, offered in enumerate(("Delete", "Delete 2 runs")):
        table.click(position={"x": 18, "y": 50 + 36 * row})
        expect(button(page, offered)).to_be_visible(timeout=PATIENCE)
    button(page, "Delete 2 runs").click()


def find_began(folder: RunFolder) -> str:
    """When a run began to train."""
    statuses = store.statuses(folder)
    return str(statuses[statuses["status"] == "running"]["at"].iloc[0])


def test_three_queued_runs_are_reordered_outlive_a_killed_server_and_finish_in_the_new_order(
    page: Page, own: Server
) -> None:
    start_long(page, own)
    repeat_short(page, own)
    page.goto(f"{own.address}/runs")
    expect_waiting(page, "Short (seed 0)", "Short (seed 1)", "Short (seed 2)")
    expect(page.locator(".ll-queue li").first).to_contain_text("Next in line for the CPU, after “Long”")
    button(page, "Put “Short (seed 2)” first").click()
    expect_waiting(page, "Short (seed 2)", "Short (seed 0)", "Short (seed 1)")
    button(page, "Move “Short (seed 0)” down").click()
    expect_waiting(page, "Short (seed 2)", "Short (seed 1)", "Short (seed 0)")
    expect(page.locator(".ll-pill-waiting")).to_have_text("3 waiting")
    os.kill(own.process.pid, signal.SIGKILL)
    own.process.wait(20)

    server = start_server(own.home)
    try:
        page.goto(f"{server.address}/runs")
        expect(page.get_by_label("Waiting runs").locator("li")).to_have_count(0, timeout=PATIENCE)
        folders = {str(folder.read_meta()["name"]): folder for folder in list_folders(own.home / "runs")}
        names = [f"Short (seed {seed})" for seed in (2, 1, 0)]
        for name in names:
            page.goto(f"{server.address}/runs?run={folders[name].id}")
            expect(page.locator('[data-status="finished"]')).to_be_visible(timeout=PATIENCE)
        assert sorted(names, key=lambda name: find_began(folders[name])) == names
        page.goto(f"{server.address}/runs?run={folders['Long'].id}")
        wait_for(page, "interrupted")
        expect(button(page, "Resume")).to_be_visible()
    finally:
        server.process.terminate()
        server.process.wait(20)


def test_a_waiting_run_says_its_place_is_put_first_and_is_cancelled_and_put_back(page: Page, own: Server) -> None:
    start_long(page, own)
    repeat_short(page, own)
    page.goto(f"{own.address}/runs")
    expect_waiting(page, "Short (seed 0)", "Short (seed 1)", "Short (seed 2)")
    button(page, "Open “Short (seed 1)”").click()
    expect(page.locator(".ll-facts")).to_contain_text("2nd in line for the CPU, after “Long”")
    button(page, "Train now").click()
    expect(page.locator(".ll-facts")).to_contain_text("next in line for the CPU", timeout=PATIENCE)
    expect(button(page, "Train now")).to_be_hidden()
    button(page, "All runs").click()
    expect_waiting(page, "Short (seed 1)", "Short (seed 0)", "Short (seed 2)")
    button(page, "Cancel “Short (seed 0)”").click()
    expect(page.locator(".ll-queue")).to_contain_text("It leaves the queue")
    page.keyboard.press("Escape")
    expect(button(page, "Cancel “Short (seed 0)”")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_waiting(page, "Short (seed 1)", "Short (seed 2)")
    button(page, "Undo").click()
    expect_waiting(page, "Short (seed 1)", "Short (seed 0)", "Short (seed 2)")


def test_ticked_runs_are_deleted_once_asked_and_come_back_from_the_trash(page: Page, own: Server) -> None:
    repeat_short(page, own, 2)
    await_ended(own, 2)
    page.goto(f"{own.address}/runs")
    ask_to_delete_two(page)
    expect(page.get_by_text(re.compile("will go to the trash"))).to_contain_text("Short (seed 0)")
    button(page, "Move to the trash").click()
    expect(page.get_by_text("2 runs are in the trash.")).to_be_visible(timeout=PATIENCE)
    assert list_folders(own.home / "runs") == []
    button(page, "Open the trash").click()
    expect(button(page, "Restore")).to_have_count(2, timeout=PATIENCE)
    button(page, "Restore").first.click()
    expect(button(page, "Restore")).to_have_count(1, timeout=PATIENCE)
    assert len(list_folders(own.home / "runs")) == 1
    button(page, "Empty the trash").click()
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    button(page, "Delete for good").click()
    expect(page.get_by_text("The trash is empty.")).to_be_visible(timeout=PATIENCE)
    assert list((own.home / "trash").iterdir()) == []


def test_another_run_is_queued_with_other_settings_while_one_trains(page: Page, own: Server) -> None:
    start_long(page, own)
    button(page, "Queue another").click()
    page.get_by_label("Learning rate").fill("0.02")
    page.get_by_label("Learning rate").press("Enter")
    button(page, "Add to the queue").click()
    expect(page.locator(".ll-pill-waiting")).to_have_text("1 waiting", timeout=PATIENCE)
    wait_for(page, "running")
    newest, oldest = list_folders(own.home / "runs")
    rates = [folder.read_project().training.by_id()["sgd"].params["lr"] for folder in (newest, oldest)]
    assert rates[0] == 0.02 and rates[1] != 0.02


def test_a_cancelled_run_that_went_to_the_trash_is_taken_back_by_one_button(page: Page, own: Server) -> None:
    start_long(page, own)
    repeat_short(page, own)
    page.goto(f"{own.address}/runs")
    expect_waiting(page, "Short (seed 0)", "Short (seed 1)", "Short (seed 2)")
    button(page, "Cancel “Short (seed 0)”").click()
    button(page, "Cancel the run “Short (seed 0)”").click()
    expect(button(page, "Undo")).to_have_count(1)
    table = page.get_by_test_id("stDataFrame")
    page.get_by_label("Find", exact=True).fill("seed 0")
    page.get_by_label("Find", exact=True).press("Enter")
    page.wait_for_timeout(1500)
    table.click(position={"x": 18, "y": 50})
    button(page, "Delete").click()
    button(page, "Move to the trash").click()
    expect(page.get_by_text("“Short (seed 0)” is in the trash.")).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Undo")).to_have_count(1)


def test_of_ticked_runs_the_one_that_is_worked_on_stays_and_the_page_says_why(page: Page, own: Server) -> None:
    page.goto(f"{own.address}/train?project=short")
    button(page, "Train").click()
    wait_for(page, "finished")
    start_long(page, own)
    page.goto(f"{own.address}/runs")
    ask_to_delete_two(page)
    button(page, "Move to the trash").click()
    expect(page.get_by_test_id("stAlert")).to_have_text(
        re.compile("“Long” is still being worked on. Stop it first."), timeout=PATIENCE
    )
    expect(page.get_by_text("“Short” is in the trash.")).to_be_visible(timeout=PATIENCE)
    assert [folder.read_meta()["name"] for folder in list_folders(own.home / "runs")] == ["Long"]
