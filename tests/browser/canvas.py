"""A person at the canvas: what they do with mouse and keyboard, and what they see."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server


class Canvas:
    """The build page of one project."""

    def __init__(self, page: Page, server: Server, preset: str = "mnist_cnn", project: str | None = None) -> None:
        self.page, self.server = page, server
        self.project = project or uuid.uuid4().hex[:12]
        self.address = f"{server.address}/build?project={self.project}&preset={preset}"
        page.goto(self.address)
        self.wait_for_shapes()
        page.get_by_role("button", name="Fit everything").click()

    @classmethod
    def here(cls, page: Page, server: Server) -> Canvas:
        """The build page that is open."""
        canvas = cls.__new__(cls)
        canvas.page, canvas.server, canvas.address = page, server, page.url
        page.wait_for_url("**project=*")
        canvas.project = parse_qs(urlsplit(page.url).query)["project"][0]
        return canvas

    def wait_for_shapes(self) -> None:
        """Wait until shapes and findings stand for what is drawn."""
        expect(self.page.locator(".node").first).to_be_visible(timeout=60_000)
        expect(self.page.get_by_text("Looking at shapes")).to_have_count(0, timeout=60_000)

    def node(self, id: str) -> Locator:
        """A node by its id."""
        return self.page.locator(f'.node[data-node="{id}"]')

    def select(self, id: str) -> None:
        """Click on a node's name."""
        self.node(id).locator(".node-id").click()

    def port(self, id: str, name: str, side: str) -> Locator:
        """A port: side is source or target."""
        return self.page.locator(f'.react-flow__handle.{side}[data-nodeid="{id}"][data-handleid="{name}"]')

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag with the mouse from one point to another."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()

    def link(self, source: tuple[str, str], target: tuple[str, str]) -> None:
        """Draw a link from an output to an input."""
        self.drag(middle(self.port(*source, "source")), middle(self.port(*target, "target")))

    def labels(self) -> list[str]:
        """The shapes that stand on the links."""
        return [text.split("[")[0] for text in self.page.locator(".link-label").all_text_contents()]

    def press(self, keys: str) -> None:
        """Press keys with the canvas in focus."""
        self.page.locator("[data-canvas]").focus()
        self.page.keyboard.press(keys)

    def field(self, name: str) -> Locator:
        """The control of a parameter in the inspector."""
        return self.page.locator(f"#field-{name}")

    def expect_saved(self) -> None:
        """Wait until the page says that everything is saved."""
        expect(self.page.locator(".saved")).to_have_text("saved")

    def stored(self) -> dict[str, Any]:
        """The project as it lies on the disk."""
        file = Path(self.server.home, "projects", f"{self.project}.json")
        document: dict[str, Any] = json.loads(file.read_text())
        return document

    def stored_ids(self, graph: str = "model") -> list[str]:
        """The ids of a network's nodes on the disk."""
        return [node["id"] for node in self.stored()["networks"][graph]["nodes"]]


def middle(locator: Locator) -> tuple[float, float]:
    """The middle of an element on the screen."""
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
