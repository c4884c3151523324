"""When runs are over, as their folders say: a short one may be done before a page has shown that it trains."""

from __future__ import annotations

import time

from runtime.runs import store
from runtime.runs.folder import list_folders
from tests.browser.conftest import Server

PATIENCE_SECONDS = 120.0


def await_ended(server: Server, count: int) -> None:
    """Wait until there are so many runs, all are over, and nobody works on any of them."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        folders = list_folders(server.home / "runs")
        going = [one for one in folders if store.read_status(one) in store.UNFINISHED or one.is_locked()]
        if len(folders) >= count and not going:
            return
        time.sleep(0.1)
    raise AssertionError(f"There are not {count} runs that are over.")
