"""A person draws a GAN from an empty project, with mouse and keyboard, and trains it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOISE = 16


class Drawing:
    """Somebody who draws: adds nodes behind the one that is selected, names them, gives them values, links them."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas, self.page = canvas, canvas.page

    def add(self, kind: str, name: str = "", **values: str) -> None:
        """Click on a kind in the palette: it comes behind the selected node, linked, and is selected then."""
        before = self.page.locator(".node").count()
        self.page.locator(".palette .entry").get_by_text(kind, exact=True).click()
        expect(self.page.locator(".node")).to_have_count(before + 1)
        if name:
            self.type("Name of the node", name)
            expect(self.canvas.node(name)).to_be_visible()
        for field, value in values.items():
            self.set(field, value)

    def type(self, label: str, value: str) -> None:
        field = self.page.get_by_label(label)
        field.fill(value)
        field.press("Enter")

    def set(self, field: str, value: str) -> None:
        """Give a value in the inspector."""
        control = self.canvas.field(field)
        if control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
            control.press("Enter")

    def begin_apart(self) -> None:
        """Select nothing, so that what is added next stands for itself."""
        self.canvas.press("Escape")
        self.canvas.press("Escape")

    def open(self, graph: str) -> None:
        self.page.get_by_role("tab", name=graph).click()

    def add_network(self, name: str) -> None:
        self.page.get_by_role("button", name="New network").click()
        self.type("Name of the new network", name)
        expect(self.page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")

    def tidy(self) -> None:
        self.page.get_by_role("button", name="Lay out").click()
        self.page.get_by_role("button", name="Fit everything").click()


def draw_critic(drawing: Drawing) -> None:
    drawing.canvas.link(("image", "output"), ("scores", "input"))
    drawing.canvas.select("image")
    drawing.add("Flatten")
    drawing.add("Linear", out_features="64")
    drawing.add("LeakyReLU")
    drawing.add("Linear", out_features="1")


def draw_generator(drawing: Drawing) -> None:
    drawing.add_network("generator")
    drawing.canvas.link(("input1", "output"), ("output1", "input"))
    drawing.canvas.select("input1")
    drawing.set("shape", str(NOISE))
    drawing.add("Linear", out_features="64")
    drawing.add("ReLU")
    drawing.add("Linear", out_features="784")
    drawing.add("Sigmoid")
    drawing.add("Reshape", shape="1, 28, 28")


def draw_training(drawing: Drawing) -> None:
    """Two networks against each other: each has its optimizer, and the critic its turn first."""
    drawing.open("training")
    drawing.begin_apart()
    drawing.add("Noise", "noise", size=str(NOISE))
    drawing.add("generator", "fake")
    drawing.add("model", "judged_fake")
    drawing.add("BCEWithLogitsLoss", "generator_loss", target="1")
    drawing.add("Adam", "generator_adam", networks="generator", order="1")
    drawing.canvas.select("judged_fake")
    drawing.tidy()
    drawing.begin_apart()
    drawing.add("model", "judged_real")
    drawing.add("BCEWithLogitsLoss", "real_loss", target="1")
    drawing.add("Formula", "critic_loss", expression="real + fake")
    drawing.add("Adam", "critic_adam", networks="model")
    drawing.begin_apart()
    drawing.add("BCEWithLogitsLoss", "fake_loss", target="0")
    drawing.begin_apart()
    drawing.add("ImageGrid", "samples")
    drawing.tidy()
    drawing.canvas.link(("data", "image"), ("judged_real", "image"))
    drawing.canvas.link(("judged_fake", "scores"), ("fake_loss", "input"))
    drawing.canvas.link(("real_loss", "output"), ("critic_loss", "real"))
    drawing.canvas.link(("fake_loss", "output"), ("critic_loss", "fake"))
    drawing.canvas.link(("fake", "output1"), ("samples", "image"))


def test_a_gan_is_drawn_from_an_empty_project_and_trained(page: Page, server: Server) -> None:
    page.goto(server.address)
    new = page.get_by_text("New project")
    expect(new).to_be_visible(timeout=60_000)
    new.click()
    page.get_by_role("menuitem", name="Something else").click()
    expect(page.locator(".node").first).to_be_visible(timeout=60_000)
    drawing = Drawing(Canvas.here(page, server))
    drawing.open("model")
    draw_critic(drawing)
    draw_generator(drawing)
    draw_training(drawing)
    drawing.canvas.expect_saved()
    expect(page.locator(".findings")).not_to_contain_text("error")
    for name, turn in (("critic_adam", "1"), ("generator_adam", "2")):
        expect(drawing.canvas.node(name).locator(".turn")).to_have_text(turn)
    see_a_step(page)
    page.get_by_role("button", name="Train").last.click()
    page.wait_for_url("**/train**")
    expect(page.locator('[data-status="running"], [data-status="finished"]')).to_be_visible(timeout=60_000)
    expect(page.locator(".ll-images .ll-image")).to_have_count(16, timeout=90_000)
    for loss in ("generator loss", "real loss", "fake loss", "critic loss"):
        expect(page.locator(".ll-left").get_by_text(loss).first).to_be_visible()


def see_a_step(page: Page) -> None:
    """One step, moment by moment: the generator learns through the critic, which it does not change."""
    page.get_by_role("button", name="Step through one training step").click()
    page.get_by_role("button", name="gradients for generator").click(timeout=60_000)
    panel = page.get_by_role("region", name="One training step")
    expect(panel).to_contain_text("They pass through model and change nothing there.")
    expect(panel).to_contain_text("linear_2.weight")
    expect(page.locator('.node[data-moment="path"]')).to_have_count(3)
    expect(page.locator('.node[data-moment="now"]')).to_have_attribute("data-node", "generator_adam")
    panel.get_by_role("button", name="Close").click()
