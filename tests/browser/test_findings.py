"""Every rule's examples on the canvas: the sentence, its node, and what its repair buttons leave."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from builder.findings import Finding
from builder.loading import load_project
from builder.rules import check
from tests.browser.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXAMPLES = sorted(
    path for path in (Path(__file__).parents[1] / "builder" / "rules" / "examples").iterdir() if path.is_dir()
)


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all examples."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults, faults


def open_example(page: Page, server: Server, folder: Path) -> None:
    """The example as a project of its own on the build page, with its findings in view."""
    id = uuid.uuid4().hex[:12]
    (server.home / "projects").mkdir(exist_ok=True)
    shutil.copy(folder / "project.json", server.home / "projects" / f"{id}.json")
    page.goto(f"{server.address}/build?project={id}")
    expect(page.locator(".findings .count").first).to_be_visible(timeout=60_000)
    if page.locator(".findings ul").count() == 0:
        page.locator(".findings .counts").click()


def line_of(page: Page, finding: Finding) -> Locator:
    return page.locator(f'.findings .finding[data-code="{finding.code}"]').filter(
        has=page.get_by_text(finding.message, exact=True)
    )


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_shows_its_sentence_at_its_node_and_every_button_mends_it(
    folder: Path, tab: Page, server: Server
) -> None:
    findings = check(load_project((folder / "project.json").read_bytes()))
    open_example(tab, server, folder)
    for finding in findings:
        expect(line_of(tab, finding)).to_have_count(1)
        expect_at_node(tab, finding, worst_at(finding, findings))
        for repair in finding.repairs:
            line_of(tab, finding).get_by_role("button", name=repair.title, exact=True).click()
            expect(line_of(tab, finding)).to_have_count(0)
            tab.locator("[data-canvas]").focus()
            tab.keyboard.press("Control+z")
            expect(line_of(tab, finding)).to_have_count(1)


def worst_at(finding: Finding, findings: list[Finding]) -> str:
    """What the one badge of the finding's node tells: the worst that is said of it."""
    said = {other.severity for other in findings if (other.graph, other.node) == (finding.graph, finding.node)}
    return next(severity for severity in ("error", "warning", "advice") if severity in said)


def expect_at_node(page: Page, finding: Finding, badge: str) -> None:
    """A click on the sentence opens the graph, selects the node and shows its badge in sight."""
    if finding.node is None:
        return
    line_of(page, finding).locator(".message").click()
    node = page.locator(f'.node[data-node="{escape(finding.node)}"]').first
    expect(node).to_be_in_viewport()
    expect(node).to_have_class(re.compile("is-selected"))
    expect(node.locator(f".badge.{badge}")).to_be_visible()


def escape(id: str) -> str:
    """An id as CSS writes it between quotes."""
    return id.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\a ")
