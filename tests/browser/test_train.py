from __future__ import annotations

import re
import time
import uuid

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000
ENDLESS = "200000"


def open_train(page: Page, server: Server, preset: str) -> None:
    """Open the train page with a preset that nobody has touched."""
    page.goto(f"{server.address}/train?project={uuid.uuid4().hex[:12]}&preset={preset}")
    expect(button(page, "Train")).to_be_visible(timeout=PATIENCE)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def train_for_long(page: Page, server: Server) -> None:
    """Start a training that does not end by itself while the test looks at it."""
    open_train(page, server, "linear_regression")
    page.get_by_label("Epochs").fill(ENDLESS)
    page.get_by_label("Epochs").press("Enter")
    expect(page.get_by_label("Epochs")).to_have_value(ENDLESS)
    button(page, "Train").click()
    wait_for(page, "running")
    expect(page.locator(".ll-facts")).to_contain_text("step", timeout=PATIENCE)


def wait_for(page: Page, status: str) -> None:
    expect(page.locator(f'[data-status="{status}"]')).to_be_visible(timeout=PATIENCE)


def read_step(page: Page) -> int:
    found = re.search(r"step ([\d,]+) of", page.locator(".ll-facts").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def test_a_line_is_learned_and_five_is_answered_by_ten(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    button(page, "Train").click()
    wait_for(page, "finished")
    page.locator(".ll-try").get_by_role("spinbutton").fill("5")
    expect(page.locator(".ll-answer-head strong")).to_have_text(re.compile(r"^(9\.9|10\.0)"), timeout=PATIENCE)


def test_the_header_tells_what_steps_cost_and_wait_for_and_still_does_when_the_run_is_over(
    page: Page, server: Server
) -> None:
    train_for_long(page, server)
    note = page.locator(".ll-effort")
    expect(note.locator("summary")).to_contain_text("of the machine", timeout=PATIENCE)
    note.locator("summary").click()
    expect(note).to_contain_text(re.compile(r"computing \d+%"))
    button(page, "Stop").click()
    wait_for(page, "stopped")
    page.reload()
    expect(note.locator("summary")).to_contain_text("of the machine", timeout=PATIENCE)


def test_what_is_typed_stays_when_a_sample_arrives_late(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    button(page, "Train").click()
    wait_for(page, "finished")
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/api/runs/*/example*", hold)
    field = page.locator(".ll-try").get_by_role("spinbutton")
    with page.expect_request("**/api/runs/*/example*"):
        button(page, "Take a sample").click()
    field.fill("7")
    with page.expect_response("**/api/runs/*/example*"):
        late[0].continue_()
    expect(page.locator(".ll-answer-head strong")).to_have_text(re.compile(r"^(13\.9|14\.0)"), timeout=PATIENCE)
    expect(field).to_have_value("7")


def test_curves_move_without_a_rerun_of_the_page(page: Page, server: Server) -> None:
    train_for_long(page, server)
    expect(page.locator(".ll-panel .main-svg").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1500)
    seen, end = set(), time.monotonic() + 4
    while time.monotonic() < end:
        seen.add(read_step(page))
        page.wait_for_timeout(50)
    assert len(seen) >= 8, f"the step was drawn {len(seen)} times in four seconds"
    button(page, "Stop").click()
    wait_for(page, "stopped")


def test_zoom_stays_while_points_arrive(page: Page, server: Server) -> None:
    train_for_long(page, server)
    plot = page.locator('[data-panel="loss"] .nsewdrag').first
    expect(plot).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1000)
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 140, steps=6)
    page.mouse.up()
    read = "() => document.querySelector('[data-panel=loss] .ll-plot').layout.xaxis.range.slice()"
    page.wait_for_timeout(500)
    zoomed, step = page.evaluate(read), read_step(page)
    page.wait_for_timeout(2000)
    assert read_step(page) > step and page.evaluate(read) == zoomed
    button(page, "Stop").click()
    wait_for(page, "stopped")


def test_a_run_pauses_goes_on_where_it_was_and_stops(page: Page, server: Server) -> None:
    train_for_long(page, server)
    button(page, "Pause").click()
    wait_for(page, "paused")
    paused_at = read_step(page)
    button(page, "Resume").click()
    wait_for(page, "running")
    page.wait_for_timeout(1500)
    assert read_step(page) > paused_at
    button(page, "Stop").click()
    wait_for(page, "stopped")
    expect(button(page, "Train again")).to_be_visible(timeout=PATIENCE)


def test_a_reload_and_a_second_tab_find_the_running_training_again(page: Page, server: Server) -> None:
    train_for_long(page, server)
    page.reload()
    wait_for(page, "running")
    other = page.context.new_page()
    other.goto(page.url)
    wait_for(other, "running")
    button(other, "Stop").click()
    wait_for(page, "stopped")
    wait_for(other, "stopped")


def test_the_running_training_is_a_pill_on_other_pages_and_a_click_opens_it(page: Page, server: Server) -> None:
    train_for_long(page, server)
    page.get_by_role("link", name="Gallery").click()
    pill = page.locator(".ll-pills button").first
    expect(pill).to_contain_text("%", timeout=PATIENCE)
    pill.click()
    wait_for(page, "running")
    button(page, "Stop").click()
    wait_for(page, "stopped")
    expect(page.locator(".ll-pills button")).to_have_count(0, timeout=PATIENCE)


def test_settings_are_edits_of_the_project_and_outlive_a_reload(page: Page, server: Server) -> None:
    open_train(page, server, "mlp_iris")
    page.get_by_label("Learning rate").fill("0.05")
    page.get_by_label("Learning rate").press("Enter")
    expect(page.get_by_label("Learning rate")).to_have_value("0.05")
    page.reload()
    expect(page.get_by_label("Learning rate")).to_have_value("0.05", timeout=PATIENCE)


def test_errors_stand_where_the_button_would_be(page: Page, server: Server) -> None:
    id = uuid.uuid4().hex[:12]
    text = '{"format": 1, "name": "Unfinished", "networks": {"model": {"nodes": [{"id": "x", "kind": "Input"}]}}}'
    (server.home / "projects").mkdir(exist_ok=True)
    (server.home / "projects" / f"{id}.json").write_text(text)
    page.goto(f"{server.address}/train?project={id}")
    expect(page.get_by_text("It cannot be trained yet.")).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Train")).to_have_count(0)
    button(page, "Mend it on the canvas").click()
    expect(page).to_have_url(re.compile(r"/build"))


def test_pictures_their_answers_and_the_matrix_appear_while_a_network_learns_to_read(
    page: Page, server: Server
) -> None:
    open_train(page, server, "mnist_cnn")
    button(page, "Train").click()
    expect(page.locator(".ll-images canvas").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".ll-matrices .main-svg").first).to_be_visible(timeout=PATIENCE)
    wait_for(page, "finished")
    expect(page.locator(".ll-images .ll-image")).to_have_count(16)
    look_back(page)
    expect(page.locator(".ll-samples .ll-numbers")).not_to_have_text("step 510")


def look_back(page: Page) -> None:
    """Move the slider to the first sample; a page that is renewed at the end of a run takes no key in that moment."""
    for _ in range(10):
        page.get_by_label("Look back").press("Home")
        if page.locator(".ll-samples .ll-numbers").inner_text() != "step 510":
            return
        page.wait_for_timeout(500)
