from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000


def open_gallery(page: Page, server: Server) -> None:
    page.goto(server.address)
    expect(page.locator(".ll-card").first).to_be_visible(timeout=PATIENCE)


def own_card(page: Page, title: str) -> Locator:
    return page.locator(".ll-card", has=page.get_by_text(title, exact=True)).first


def put_project(server: Server, name: str) -> Path:
    """Put a project into the store, as an earlier session would have."""
    content = {**json.loads((ROOT / "presets" / "linear_regression.json").read_text()), "name": name}
    file = server.home / "projects" / f"{uuid.uuid4().hex[:12]}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content))
    return file


def test_looking_at_a_preset_leaves_nothing_behind(page: Page, server: Server) -> None:
    before = set((server.home / "projects").glob("*.json"))
    open_gallery(page, server)
    page.locator('[data-card="mnist_cnn"] .ll-open').click()
    expect(page.locator(".node").first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Gallery").click()
    expect(page.locator(".ll-card").first).to_be_visible(timeout=PATIENCE)
    assert set((server.home / "projects").glob("*.json")) == before


def test_cards_are_filtered_by_task(page: Page, server: Server) -> None:
    open_gallery(page, server)
    page.get_by_role("button", name="Numbers", exact=True).click()
    expect(page.locator('[data-card="linear_regression"]')).to_be_visible()
    expect(page.locator('[data-card="mnist_cnn"]')).to_have_count(0)


def test_cards_are_found_by_words_and_the_words_stay_when_pictures_come(page: Page, server: Server) -> None:
    open_gallery(page, server)
    search = page.get_by_label("Search projects and presets")
    search.fill("18 resnet")
    expect(page.locator('[data-card="resnet18_cifar"] svg')).to_be_visible(timeout=PATIENCE)
    expect(page.locator('[data-card="mnist_cnn"]')).to_have_count(0)
    expect(search).to_have_value("18 resnet")
    expect(search).to_be_focused()
    search.fill("nothing is called that")
    expect(page.get_by_text("Nothing here has all of these words.")).to_be_visible()
    search.fill("")
    expect(page.locator('[data-card="mnist_cnn"]')).to_be_visible()


def test_a_project_is_renamed_copied_deleted_and_taken_back(page: Page, server: Server) -> None:
    name = f"Mine {uuid.uuid4().hex[:6]}"
    file = put_project(server, name)
    open_gallery(page, server)
    choose(page, name, "Rename")
    page.get_by_label("Name", exact=True).fill(f"{name} renamed")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(own_card(page, f"{name} renamed")).to_be_visible(timeout=PATIENCE)
    choose(page, f"{name} renamed", "Duplicate")
    expect(own_card(page, f"{name} renamed 2")).to_be_visible(timeout=PATIENCE)
    choose(page, f"{name} renamed", "Delete")
    expect(page.get_by_text(f"{name} renamed", exact=True)).to_have_count(0, timeout=PATIENCE)
    assert not file.exists()
    page.get_by_role("button", name="Undo").click()
    expect(own_card(page, f"{name} renamed")).to_be_visible(timeout=PATIENCE)
    assert file.exists()


def choose(page: Page, title: str, what: str) -> None:
    page.get_by_label(f"More for {title}", exact=True).click()
    page.get_by_role("menuitem", name=what).filter(visible=True).click()


def test_a_new_project_starts_with_data_and_an_empty_network(page: Page, server: Server) -> None:
    open_gallery(page, server)
    page.get_by_text("New project").click()
    page.get_by_role("menuitem", name=re.compile("Tell images apart")).click()
    expect(page.locator(".node").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".node")).to_have_count(2)


def test_a_project_file_opens(page: Page, server: Server) -> None:
    open_gallery(page, server)
    page.locator('.ll-gallery input[type="file"]').set_input_files(ROOT / "presets" / "mlp_iris.json")
    expect(page.locator(".node").first).to_be_visible(timeout=PATIENCE)


def test_a_file_that_is_no_project_gets_a_sentence(page: Page, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_bytes(b"\x80\x04\x95 this is a pickle")
    open_gallery(page, server)
    page.locator('.ll-gallery input[type="file"]').set_input_files(file)
    expect(page.locator(".ll-note")).to_contain_text("pickle", timeout=PATIENCE)


def test_a_message_goes_with_what_is_done_next(page: Page, server: Server, tmp_path: Path) -> None:
    name = f"Kept {uuid.uuid4().hex[:6]}"
    put_project(server, name)
    file = tmp_path / "weights.json"
    file.write_bytes(b"{")
    open_gallery(page, server)
    page.locator('.ll-gallery input[type="file"]').set_input_files(file)
    expect(page.locator(".ll-note")).to_be_visible(timeout=PATIENCE)
    choose(page, name, "Duplicate")
    expect(own_card(page, f"{name} 2")).to_contain_text("changed just now", timeout=PATIENCE)
    expect(page.locator(".ll-note")).to_be_hidden()
