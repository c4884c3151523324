"""What every page says where something is missing, and the ways from one page to another."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, start_server
from tests.browser.test_train import (
    PATIENCE,
    button,
    open_train,
    train_for_long,
    wait_for,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UNFINISHED = {
    "format": 1,
    "name": "Unfinished",
    "networks": {"model": {"nodes": [{"id": "x", "kind": "Input"}, {"id": "y", "kind": "Output"}]}},
}


def put_project(server: Server, content: dict) -> str:
    id = uuid.uuid4().hex[:12]
    (server.home / "projects").mkdir(exist_ok=True)
    (server.home / "projects" / f"{id}.json").write_text(json.dumps(content))
    return id


@pytest.mark.parametrize("place", ["build", "train", "data"])
def test_a_project_that_is_not_there_is_told_and_the_gallery_is_one_click_away(
    page: Page, server: Server, place: str
) -> None:
    page.goto(f"{server.address}/{place}?project=nope")
    expect(page.get_by_text("This project is not on this computer any more.")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stException").count() == 0
    button(page, "grid_view Open the gallery").or_(button(page, "Open the gallery")).click()
    expect(page.locator(".ll-card").first).to_be_visible(timeout=PATIENCE)


def test_each_press_of_back_shows_the_page_before(page: Page, server: Server) -> None:
    page.goto(server.address)
    page.locator(".ll-card", has_text="Spirals").first.click(timeout=PATIENCE)
    page.wait_for_url("**/build?project=*", timeout=PATIENCE)
    page.get_by_role("link", name="Data", exact=True).click()
    page.wait_for_url("**/data?project=*", timeout=PATIENCE)
    page.go_back()
    expect(page.locator(".react-flow__node").first).to_be_visible(timeout=PATIENCE)
    page.go_back()
    expect(page.locator(".ll-card").first).to_be_visible(timeout=PATIENCE)


def test_pictures_of_the_data_are_seen(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/data?project={uuid.uuid4().hex[:12]}&preset=mnist_cnn")
    wall = page.locator(".ll-wall").first
    expect(wall.locator("img").first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("tab", name="First batch").click()
    expect(page.locator(".ll-wall img").last).to_be_visible(timeout=PATIENCE)


def test_the_first_batch_leads_to_what_augments_it(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/data?project={uuid.uuid4().hex[:12]}&preset=resnet18_cifar")
    page.get_by_role("tab", name="First batch").click(timeout=PATIENCE)
    expect(page.get_by_text("The first 64 of 128 samples. Augmented by augment.")).to_be_visible()
    button(page, "Change augment on the canvas").click()
    expect(page.get_by_label("Name of the node")).to_have_value("augment", timeout=PATIENCE)


def test_the_way_from_an_error_to_the_canvas_names_the_node(page: Page, server: Server) -> None:
    id = put_project(server, UNFINISHED)
    page.goto(f"{server.address}/train?project={id}")
    expect(page.get_by_text("It cannot be trained yet.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("– parameters")).to_be_visible()
    expect(page.get_by_text("Press Train")).to_have_count(0)
    button(page, "Mend it on the canvas").click()
    expect(page).to_have_url(re.compile(rf"/build\?(?=.*project={id})(?=.*graph=networks.model)(?=.*node=[xy])"))


def test_train_on_the_build_page_starts_the_run(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/build?project={uuid.uuid4().hex[:12]}&preset=linear_regression")
    expect(page.locator(".node").first).to_be_visible(timeout=PATIENCE)
    button(page, "Train").click()
    wait_for(page, "finished")
    expect(page).to_have_url(re.compile("/train"))
    page.reload()
    wait_for(page, "finished")
    project = page.url.split("project=")[1].split("&")[0]
    made = [
        json.loads(file.read_text())["about"].get("project") for file in (server.home / "runs").glob("2*/project.json")
    ]
    assert made.count(project) == 1


def test_a_resumed_run_puts_the_settings_away_again(page: Page, server: Server) -> None:
    train_for_long(page, server)
    button(page, "Pause").click()
    wait_for(page, "paused")
    expect(button(page, "Train again")).to_be_visible(timeout=PATIENCE)
    button(page, "Resume").click()
    wait_for(page, "running")
    expect(button(page, "Train again")).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_label("Learning rate")).to_have_count(0)


def test_titles_of_data_and_train_are_of_one_size(page: Page, server: Server) -> None:
    read = "element => getComputedStyle(element).fontSize"
    open_train(page, server, "mlp_iris")
    size = page.get_by_text("Iris flowers", exact=True).evaluate(read)
    page.get_by_role("link", name="Data").click()
    expect(page.get_by_role("tab", name="Samples")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_text("Iris flowers", exact=True).evaluate(read) == size


def test_a_run_that_diverged_says_when_and_offers_smaller_steps_in_place_of_resume(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    page.get_by_label("Learning rate").fill("1e30")
    button(page, "Train").click()
    wait_for(page, "failed")
    message = page.locator(".ll-message").first
    expect(message).to_have_text(re.compile(r'The loss "loss" became (infinite|not a number) at step \d\.'))
    expect(page.get_by_text(re.compile(r"no number at step \d$")).first).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Resume")).to_have_count(0)
    button(page, "Train with a tenth of the learning rate").click()
    wait_for(page, "failed")
    expect(page.get_by_label("Learning rate").first).to_have_value("1e+29", timeout=PATIENCE)
    button(page, "Take home").click()
    expect(page.get_by_text("This run has no checkpoint")).to_be_visible(timeout=PATIENCE)


def test_a_paused_run_can_be_stopped(page: Page, server: Server) -> None:
    train_for_long(page, server)
    button(page, "Pause").click()
    wait_for(page, "paused")
    button(page, "Stop").click()
    wait_for(page, "stopped")


def test_the_end_of_the_server_is_seen_and_after_it_the_run_can_be_resumed(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("killed")
    first = start_server(home)
    train_for_long(page, first)
    page.wait_for_timeout(2000)
    first.process.kill()
    first.process.wait(20)
    expect(page.locator(".ll-header.ll-silent")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".ll-message").first).to_have_text("No answer from Layerloom; trying again.")
    second = start_server(home)
    try:
        page.goto(page.url.replace(first.address, second.address))
        wait_for(page, "interrupted")
        expect(page.locator(".ll-message").first).to_contain_text("Layerloom ended while it trained")
        button(page, "Resume").click()
        wait_for(page, "running")
    finally:
        second.process.terminate()
        second.process.wait(30)
