from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

PATIENCE = 60_000


def save(canvas: Canvas, format: str, folder: Path) -> Path:
    """Save the open graph as a picture, by keyboard alone."""
    canvas.press("Control+k")
    canvas.page.keyboard.type(f"picture as {format}")
    with canvas.page.expect_download() as download:
        canvas.page.keyboard.press("Enter")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    expect(canvas.page.get_by_role("alert")).to_contain_text("with the project inside")
    return file


def drop(page: Page, server: Server, file: Path) -> None:
    page.goto(server.address)
    expect(page.locator(".ll-card").first).to_be_visible(timeout=PATIENCE)
    page.locator('.ll-gallery input[type="file"]').set_input_files(file)


@pytest.mark.parametrize("format", ["SVG", "PNG"])
def test_a_saved_picture_shows_the_graph_and_opens_again(
    page: Page, server: Server, tmp_path: Path, format: str
) -> None:
    canvas = Canvas(page, server)
    canvas.select("conv1")
    canvas.field("out_channels").fill("24")
    canvas.expect_saved()
    file = save(canvas, format, tmp_path)
    assert file.name == f"small-cnn-model.{format.lower()}"
    drop(page, server, file)
    expect(canvas.node("conv1")).to_be_visible(timeout=PATIENCE)
    expect(canvas.node("conv1")).to_contain_text("24")
    assert canvas.project not in page.url


def test_the_drawing_is_what_a_browser_takes_for_a_picture(page: Page, server: Server, tmp_path: Path) -> None:
    canvas = Canvas(page, server)
    file = save(canvas, "SVG", tmp_path)
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.nodeName") == "svg"
    texts = page.locator("svg text").all_text_contents()
    assert {"conv1", "linear1", "32×26×26", "54.1 k params"} <= set(texts)
    image = page.locator("svg").first.bounding_box()
    assert image is not None and image["width"] > 7 * 176


def test_the_png_is_the_drawing_in_twice_its_size(page: Page, server: Server, tmp_path: Path) -> None:
    canvas = Canvas(page, server)
    file = save(canvas, "PNG", tmp_path)
    page.goto(file.as_uri())
    width, colours = page.locator("img").evaluate(
        """image => {
          const canvas = Object.assign(new OffscreenCanvas(image.naturalWidth, image.naturalHeight));
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let at = 0; at < data.length; at += 4 * 7) seen.add(data.slice(at, at + 3).join());
          return [image.naturalWidth, seen.size];
        }"""
    )
    assert width > 2 * 7 * 176
    assert colours > 50


def test_a_picture_without_a_project_gets_a_sentence(page: Page, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "photo.svg"
    file.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    drop(page, server, file)
    expect(page.locator(".ll-note")).to_contain_text("photo.svg holds no project", timeout=PATIENCE)
