from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from runtime.runs.folder import create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work
from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000
PICTURE = re.compile("^data:image/png")


def train(server: Server, preset: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run that took a few steps; returns its id."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(server.home))
    folder = create_run(change_project(read_project(preset), ["run.max_steps=2", "data.main.limit=200"]))
    assert work(folder).status == "finished"
    return folder.id


def test_a_click_on_the_map_of_a_vae_shows_the_picture_of_that_place(
    page: Page, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.goto(f"{server.address}/runs?run={train(server, 'conditional_vae', monkeypatch)}")
    panel = page.get_by_role("figure", name="Latent space")
    picture, places = panel.locator("img.ll-seen"), panel.locator("output")
    expect(picture).to_have_attribute("src", PICTURE, timeout=PATIENCE)
    expect(panel.locator(".legend .traces").first).to_be_visible(timeout=PATIENCE)
    middle = picture.get_attribute("src") or ""
    panel.locator(".ll-map .nsewdrag").first.click(position={"x": 50, "y": 40})
    expect(picture).not_to_have_attribute("src", middle)
    assert float(places.nth(0).text_content() or 0) < 0 < float(places.nth(1).text_content() or 0)
    clicked = picture.get_attribute("src") or ""
    slider = panel.get_by_label(re.compile(r"^3 \("))
    slider.focus()
    slider.press("End")
    expect(picture).not_to_have_attribute("src", clicked)
    panel.get_by_label("On the way from A to B").press("Home")
    expect(picture).to_have_attribute("src", panel.locator(".ll-way img").first.get_attribute("src") or "")
