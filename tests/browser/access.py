"""axe-core in the page: what it finds wrong for people who use a keyboard, a screen reader, or little contrast."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
"""axe-core as the package of requirements-dev.txt carries it, so that no `node_modules` is needed while tests run."""

BAD = ("serious", "critical")
COLOURS = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 23, 28)"}

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""What cannot be mended here: rule and a part of the element's HTML, with the reason."""


def find_faults(page: Page) -> list[str]:
    """Every serious or critical finding, in light and in dark colours."""
    return [f"{scheme}: {fault}" for scheme in COLOURS for fault in find_in(page, scheme)]


def find_in(page: Page, scheme: str) -> list[str]:
    """What axe finds in one of the two colour schemes."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.wait_for_function(
        "colour => getComputedStyle(document.querySelector('.stApp')).backgroundColor === colour", arg=COLOURS[scheme]
    )
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        describe(violation, node)
        for violation in found["violations"]
        if violation["impact"] in BAD
        for node in violation["nodes"]
        if not is_excepted(violation["id"], node["html"])
    ]


def describe(violation: dict[str, Any], node: dict[str, Any]) -> str:
    """The rule, what it says of this element, and the element."""
    said = " ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
    return f"{violation['id']}: {said} {node['html'][:300]}"


def is_excepted(rule: str, html: str) -> bool:
    """Whether somebody said why this stays."""
    return any(rule == named and part in html for named, part in EXCEPTIONS)
