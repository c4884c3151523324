"""A person asks what a network is most wrong about, and what it sees there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.access import find_faults
from tests.browser.conftest import Server
from tests.browser.test_train import PATIENCE, button, open_train, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNT_COLOURED = """
canvas => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) if (Math.abs(data[at] - data[at + 2]) > 40) coloured += 1;
  return coloured;
}
"""


def train_digits(page: Page, server: Server) -> None:
    open_train(page, server, "mnist_cnn")
    page.get_by_label("Epochs").fill("1")
    page.get_by_label("Epochs").press("Enter")
    expect(page.get_by_label("Epochs")).to_have_value("1")
    button(page, "Train").click()
    wait_for(page, "finished")


def count_coloured(dialog: Locator, name: str) -> int:
    """How many pixels of a picture are not grey."""
    return int(dialog.get_by_role("img", name=name).evaluate(COUNT_COLOURED))


def test_a_click_on_what_is_most_wrong_shows_what_the_network_sees(page: Page, server: Server) -> None:
    train_digits(page, server)
    wrong = page.get_by_role("figure", name="Most wrong")
    wrong.get_by_role("button", name="Find").click(timeout=PATIENCE)
    expect(wrong).to_contain_text("with the highest loss", timeout=PATIENCE)
    wrong.locator(".ll-image").first.click()
    dialog = page.get_by_role("dialog", name="Explain")
    expect(dialog).to_contain_text("What covering a square", timeout=PATIENCE)
    expect(dialog).to_contain_text("true ")
    said = dialog.get_by_label("Answer").input_value()
    assert count_coloured(dialog, f"What speaks for {said}") > 0
    assert count_coloured(dialog, "What the network sees") == 0
    other = "3" if said != "3" else "5"
    dialog.get_by_label("Answer").select_option(other)
    button(page, "Integrated gradients").click()
    expect(dialog).to_contain_text(f"raises or lowers the score of {other}", timeout=PATIENCE)
    button(page, "Grad-CAM").click()
    expect(dialog.get_by_label("Node")).to_be_visible(timeout=PATIENCE)
    assert find_faults(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    explain_what_is_tried(page, dialog)


def explain_what_is_tried(page: Page, dialog: Locator) -> None:
    asked = page.get_by_role("figure", name="Try it")
    asked.get_by_role("button", name="Take a sample").click(timeout=PATIENCE)
    asked.get_by_role("button", name="Explain").click(timeout=PATIENCE)
    expect(dialog.get_by_label("Node")).to_be_visible(timeout=PATIENCE)
    button(page, "Close").click()
    page.get_by_role("button", name="Explain: predicted").first.click()
    button(page, "Occlusion").click()
    expect(dialog).to_contain_text("What covering a square", timeout=PATIENCE)
    page.keyboard.press("Escape")
    seen = page.get_by_role("figure", name="Map of samples")
    seen.get_by_role("button", name="Draw").click()
    expect(seen.locator(".main-svg").first).to_be_visible(timeout=PATIENCE)
