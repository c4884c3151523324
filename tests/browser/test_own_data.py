"""A person's own files: uploaded, understood, told about, and learned from."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_train import PATIENCE, button, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def write_loans(path: Path) -> Path:
    """A table as a spreadsheet in Europe writes it: who earns much and owns a home pays back."""
    rows = []
    for row in range(300):
        income, home, noise = (row * 37) % 100 / 10, ("own", "rent")[row % 2], (row * 53) % 7
        paid = "yes" if income + 3 * (home == "own") + noise / 4 > 6 else "no"
        rows.append(f"{row};{income:.1f};{home};{paid}".replace(".", ","))
    rows[10] = "10;?;own;yes"
    path.write_text("id;income;home;paid\n" + "\n".join(rows) + "\n", encoding="cp1252")
    return path


def upload(page: Page, server: Server, preset: str, file: Path) -> str:
    """Open a preset's data page and hand a file in; the id of the project."""
    id = uuid.uuid4().hex[:12]
    choose_file(page, server, f"project={id}&preset={preset}", file)
    return id


def choose_file(page: Page, server: Server, address: str, file: Path) -> None:
    """Hand a file in on the data page of a project."""
    page.goto(f"{server.address}/data?{address}")
    page.get_by_text("Choose other data").click(timeout=PATIENCE)
    page.get_by_role("radio", name="Upload", exact=True).or_(page.get_by_text("Upload", exact=True)).first.click()
    page.locator("input[type=file]").set_input_files(file)


def test_a_table_is_uploaded_understood_and_learned_from(page: Page, server: Server, tmp_path: Path) -> None:
    id = upload(page, server, "mlp_iris", write_loans(tmp_path / "loans.csv"))
    expect(page.get_by_text("300 rows, 4 columns.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text('Values are missing: "income" in 1 row.')).to_be_visible()
    button(page, "Use this data").click()
    expect(page.get_by_text("269 train, 30 validation")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("1 of 300 rows of train miss a value and are left out.")).to_be_visible()
    page.goto(f"{server.address}/train?project={id}")
    button(page, "Train").click()
    wait_for(page, "finished")
    for values, answer in ((("9.5", "1", "0"), "yes"), (("0.5", "0", "1"), "no")):
        for place, value in enumerate(values):
            page.locator(".ll-try").get_by_role("spinbutton").nth(place).fill(value)
        expect(page.locator(".ll-answer-head strong")).to_have_text(answer, timeout=PATIENCE)


COUNT_EMPTY_ROWS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, 1, canvas.height);
  return data.filter((level, place) => place % 4 === 3 && level === 0).length;
}"""
"""The lines between the pictures of a canvas, which the page shines through."""


def pack_masks(path: Path, levels: tuple[int, ...] = (0, 255), border: int = 0, count: int = 24) -> Path:
    """A zip of dark pictures with a bright square, and of masks with its level there, one after the other, within 255."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            colours = np.full((60, 60, 3), 40, np.uint8)
            mask = np.zeros((60, 60), np.uint8)
            top, left = number % 5 * 8, number // 5 % 5 * 8
            colours[top : top + 24, left : left + 24] = (250, 240, 60)
            mask[top : top + 24, left : left + 24] = 255 if border else 0
            inner = np.s_[top + border : top + 24 - border, left + border : left + 24 - border]
            mask[inner] = levels[1 + number % (len(levels) - 1)]
            for folder, pixels in (("images", colours), ("masks", mask)):
                content = io.BytesIO()
                Image.fromarray(pixels).save(content, "PNG")
                archive.writestr(f"squares/{folder}/{number}.png", content.getvalue())
    return path


def test_pictures_and_their_masks_are_uploaded_learned_from_and_tried(
    page: Page, server: Server, tmp_path: Path
) -> None:
    id = upload(page, server, "unet_masks", pack_masks(tmp_path / "squares.zip"))
    expect(page.get_by_text("24 rows, 2 columns.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("A mask is taken for a thing wherever it is brighter")).to_be_visible()
    button(page, "Use this data").click()
    expect(page.get_by_text("22 train, 2 validation")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{server.address}/train?project={id}")
    button(page, "Train").click()
    wait_for(page, "finished")
    attempt = page.locator(".ll-try")
    attempt.get_by_role("button", name="Take a sample").click()
    expect(attempt.locator(".ll-masked img")).to_have_count(2, timeout=PATIENCE)
    expect(attempt.locator(".ll-answer-head")).to_contain_text("IoU")
    attempt.locator("input[type=file]").set_input_files(draw_square(tmp_path / "mine.png"))
    expect(attempt.locator(".ll-masked img")).to_have_count(1, timeout=PATIENCE)
    expect(attempt.locator(".ll-pixels li")).to_have_text([re.compile("^ground"), re.compile("^thing")])
    wrong = page.get_by_role("figure", name="Most wrong")
    wrong.get_by_role("button", name="Find").click()
    expect(wrong.locator(".ll-image")).to_have_text([re.compile(r"^IoU \d\.\d\d$")] * 2, timeout=PATIENCE)
    expect(wrong).to_contain_text("Over 2 validation samples, its mean is ")
    for panel in (wrong, page.get_by_role("figure").filter(has_text="from top to bottom").first):
        colours = panel.get_by_role("list", name="Colours of the classes").get_by_role("listitem")
        expect(colours).to_have_text(["ground", "thing"])
        assert panel.locator("canvas").first.evaluate(COUNT_EMPTY_ROWS) == 2 * 3
    expect(page.get_by_role("button", name="Explain")).to_have_count(0)


def test_masks_of_several_classes_get_a_network_that_has_nothing_to_mend(
    page: Page, server: Server, tmp_path: Path
) -> None:
    page.goto(server.address)
    page.get_by_text("New project").click(timeout=PATIENCE)
    page.get_by_role("menuitem", name=re.compile("Find things in pictures")).click()
    expect(page).to_have_url(re.compile("project="), timeout=PATIENCE)
    id = page.url.partition("project=")[2][:12]
    choose_file(page, server, f"project={id}", pack_masks(tmp_path / "three.zip", levels=(0, 1, 2)))
    expect(page.get_by_text("The masks hold 3 classes").first).to_be_visible(timeout=PATIENCE)
    button(page, "Use this data").click()
    expect(page.get_by_text("22 train, 2 validation")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{server.address}/build?project={id}")
    expect(page.get_by_text("Nothing to mend")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("3×64×64").first).to_be_visible()


def test_pixels_of_no_class_are_told_and_left_out_by_two_clicks(page: Page, server: Server, tmp_path: Path) -> None:
    id = upload(page, server, "unet_masks", pack_masks(tmp_path / "border.zip", levels=(0, 1), border=2, count=40))
    expect(page.get_by_text("Pixels of 255 are of no class").first).to_be_visible(timeout=PATIENCE)
    button(page, "Use this data").click()
    expect(page.get_by_text("36 train, 4 validation")).to_be_visible(timeout=PATIENCE)
    page.goto(f"{server.address}/build?project={id}")
    for repair in ("Use CrossEntropyLoss instead", 'Set ignore_index of "overlap", "iou" and "dice" to 255'):
        page.get_by_role("button", name=repair, exact=True).first.click(timeout=PATIENCE)
    expect(page.locator(".findings")).to_contain_text("Nothing to mend", timeout=PATIENCE)


def draw_square(path: Path) -> Path:
    """A picture of one's own."""
    Image.new("RGB", (90, 60), (40, 40, 40)).save(path)
    return path


def test_a_picture_that_is_named_like_a_table_is_told(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(90))
    upload(page, server, "mlp_iris", tmp_path / "photo.csv")
    expect(page.get_by_text(re.compile(r"photo-\w+\.csv is a picture \(PNG\), not text\."))).to_be_visible()
