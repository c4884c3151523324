"""A person draws ResNet-18 from an empty project, with shipped blocks and repeat, in fewer than 40 actions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.canvas import Canvas
from tests.browser.conftest import ROOT, Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PARAMETERS = 11_173_962
"""Of ResNet-18 with the stem for CIFAR (3×3, no pooling) and 10 classes."""

FEWER_THAN = 40


class Person:
    """Somebody at the canvas whose actions are counted: a drag, a click that changes something, a typed value."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions: list[str] = []

    def act(self, what: str, do: Callable[[], Any]) -> None:
        self.actions.append(what)
        do()

    def click(self, what: str, locator: Any) -> None:
        self.act(what, locator.click)

    def type(self, name: str, value: str) -> None:
        """Type a value into a field of the inspector, and leave the field."""
        field = self.page.locator(f"#field-{name}")

        def type_value() -> None:
            field.fill(value)
            field.press("Enter")

        self.act(f"{name} = {value}", type_value)

    def rename(self, name: str) -> None:
        """Type a name for the selected node."""
        field = self.page.get_by_label("Name of the node")

        def type_name() -> None:
            field.fill(name)
            field.press("Enter")

        self.act(f"name {name}", type_name)
        expect(self.page.locator(f'.node[data-node="{name}"]')).to_be_visible()

    def add(self, layer: str) -> None:
        """Click on a layer or block in the palette: it comes behind the selected node, linked, and is selected then."""
        field = self.page.get_by_label("Name of the node")
        before = field.input_value()
        self.click(f"add {layer}", self.page.locator(".palette .entry").get_by_text(layer, exact=True))
        expect(field).not_to_have_value(before)


BASIC, DOWN = "Residual block, basic", "Residual block, basic, downsampling"


def begin(person: Person, server: Server) -> Canvas:
    """Begin an empty project for telling images apart: an Input and an Output with nothing between them."""
    page = person.page
    page.goto(server.address)
    new = page.get_by_text("New project")
    expect(new).to_be_visible(timeout=60_000)
    person.click("what is new", new)
    person.click("start a project", page.get_by_role("menuitem", name="Tell images apart"))
    expect(page.locator('.node[data-node="image"]')).to_be_visible(timeout=60_000)
    return Canvas.here(page, server)


def draw(person: Person, canvas: Canvas) -> None:
    """Link the input to the output; what is added behind the selected node goes in between."""
    person.act("link image to scores", lambda: canvas.link(("image", "output"), ("scores", "input")))
    person.click("select image", canvas.node("image").locator(".node-id"))
    person.type("shape", "3, 32, 32")
    person.add("Conv2d")
    person.type("out_channels", "64")
    person.type("padding", "1")
    person.click("no bias", canvas.field("bias"))
    person.add("BatchNorm2d")
    person.add("ReLU")
    person.add(BASIC)
    person.rename("layer1")
    person.type("repeat", "2")
    expect(canvas.node("layer1")).to_contain_text("×2 · residual_basic")
    for number, channels in ((2, 128), (3, 256), (4, 512)):
        person.add(DOWN if number == 2 else BASIC)
        person.rename(f"layer{number}")
        if number == 2:
            person.type("network", "residual_basic")
        person.type("repeat", "2")
        person.type("first_network", "residual_basic_downsampling")
        person.type("argument-channels", str(channels))
    person.add("GlobalAvgPool")
    person.add("Linear")
    person.type("out_features", "10")


def test_resnet_18_is_drawn_in_fewer_than_forty_actions_and_is_the_well_known_one(page: Page, server: Server) -> None:
    person = Person(page)
    canvas = begin(person, server)
    draw(person, canvas)
    assert len(person.actions) < FEWER_THAN, person.actions
    expect(page.locator(".findings")).to_contain_text("11.2 M parameters")
    canvas.expect_saved()
    model = load_exported(server, canvas)
    assert sum(p.numel() for p in model.parameters()) == PARAMETERS
    names = list(model.state_dict())
    assert {
        "layer1.0.conv1.weight",
        "layer1.1.bn2.running_mean",
        "layer2.0.conv1.weight",
        "layer2.1.conv1.weight",
    } <= set(names)
    assert "layer4.0.shortcut_conv.weight" in names and "layer1.0.shortcut_conv.weight" not in names
    assert model.eval()(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def load_exported(server: Server, canvas: Canvas) -> torch.nn.Module:
    """The module that the exported code defines."""
    file = server.home / "projects" / f"{canvas.project}.json"
    assert json.loads(file.read_text())["networks"].keys() == {"model", "residual_basic", "residual_basic_downsampling"}
    command = [sys.executable, "-m", "builder", "code", str(file)]
    source = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(source, "model.py", "exec"), space)
    return space["Model"]()
