"""Reloads while a run trains: the run goes on, and the server holds no more than before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.reloads import MORE_FILES, MORE_THREADS, reload_a_run, reload_page, rest, start_run
from tests.browser.conftest import Server, start_server
from tests.browser.test_train import button, read_step, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that nobody else looks at."""
    server = start_server(tmp_path)
    yield server
    server.process.terminate()
    server.process.wait(20)


RELOADS = 15
SESSION_FILES = 3
"""What Streamlit holds open for a session: the event loop of its script. It keeps that of a page that is gone for two minutes."""


def test_reloads_lose_no_run_and_leave_no_thread_file_or_process_behind(browser: Browser, own_server: Server) -> None:
    reload_a_run(browser, own_server, 2, lambda number: None)
    before = rest(browser, own_server, 1.0)
    reload_a_run(browser, own_server, RELOADS, lambda number: None)
    pages = RELOADS + 2
    after = rest(browser, own_server, 1.0)
    assert after.threads <= before.threads + MORE_THREADS, (before, after)
    assert after.files <= before.files + MORE_FILES + SESSION_FILES * pages, (before, after)
    assert after.children <= before.children, (before, after)


def test_a_run_goes_on_while_its_page_is_closed(browser: Browser, page: Page, own_server: Server) -> None:
    start_run(page, own_server)
    seen, address = read_step(page), page.url
    page.context.close()
    later = browser.new_context().new_page()
    later.goto(address)
    wait_for(later, "running")
    reload_page(later, 1)
    assert read_step(later) > seen
    button(later, "Stop").click()
    wait_for(later, "stopped")
    later.context.close()
