"""Reloads the train page again and again while a run trains: is the run lost, and does the server keep anything of it?

``python -m benchmarks.reloads [--reloads 200]``. It needs Chromium and the development requirements.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.record import record
from benchmarks.screen import run_server
from tests.browser.conftest import QUIET, Server, find_chromium
from tests.browser.test_train import button, read_step, wait_for

EPOCHS = "1000000"
SESSION_SECONDS = 120
"""How long Streamlit keeps the session of a page that is gone, in case it comes back; at most 128 of them."""
SETTLING = 5.0
WARM = 10
MORE_THREADS, MORE_FILES, MORE_MEGABYTES = 2, 2, 48
"""What may differ between two looks at a server that rests: threads of its pools, and what its allocator keeps."""
EXPLANATION = (
    "The train page is reloaded while its run trains in a process of its own; after each reload it has to show the run as "
    "running, at a step that is not behind the last one. Then the run is stopped and the page closed. Streamlit keeps the "
    f"session of a page that is gone for {SESSION_SECONDS} seconds, at most 128 of them, and forgets them when the next page "
    "opens: so after that time a page is opened and closed, and the server's threads, open files and memory (VmRSS) are read "
    "from /proc. *warm* is the same after ten reloads of another run."
)


@dataclass(frozen=True)
class Held:
    """What a server holds."""

    threads: int
    files: int
    megabytes: float
    children: int


def look(server: Server) -> Held:
    """Read what the server's process holds."""
    place = Path(f"/proc/{server.process.pid}")
    lines = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
    children = (place / "task" / str(server.process.pid) / "children").read_text().split()
    files = len(list((place / "fd").iterdir()))
    return Held(int(lines["Threads"]), files, round(int(lines["VmRSS"].split()[0]) / 1024, 1), len(children))


def start_run(page: Page, server: Server) -> None:
    """Begin a training that does not end by itself."""
    page.goto(f"{server.address}/train?project={uuid.uuid4().hex[:12]}&preset=mnist_mlp")
    expect(button(page, "Train")).to_be_visible(timeout=60_000)
    page.get_by_label("Epochs").fill(EPOCHS)
    page.get_by_label("Epochs").press("Enter")
    expect(page.get_by_label("Epochs")).to_have_value(EPOCHS)
    button(page, "Train").click()
    wait_for(page, "running")
    expect(page.locator(".ll-facts")).to_contain_text("step", timeout=60_000)


def reload_page(page: Page, times: int, tell: Callable[[int], None] = lambda number: None) -> None:
    """Reload the page; the run goes on each time, and no step is taken back. Raises AssertionError."""
    last = 0
    for number in range(times):
        page.reload()
        wait_for(page, "running")
        expect(page.locator(".ll-facts")).to_contain_text("step", timeout=60_000)
        step = read_step(page)
        assert step >= last, f"The run was at step {last} and is at step {step} after reload {number + 1}."
        last = step
        tell(number + 1)


def reload_a_run(browser: Browser, server: Server, times: int, tell: Callable[[int], None]) -> None:
    """The life of one run whose page is reloaded, until it is stopped and the page is closed."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    start_run(page, server)
    reload_page(page, times, tell)
    button(page, "Stop").click()
    wait_for(page, "stopped")
    context.close()


def rest(browser: Browser, server: Server, seconds: float) -> Held:
    """What the server holds once the sessions of pages that are gone were forgotten."""
    time.sleep(seconds)
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.address)
    page.wait_for_timeout(3000)
    context.close()
    time.sleep(SETTLING)
    return look(server)


def is_back(warm: Held, after: Held) -> bool:
    """Whether a server holds what it held before."""
    return (
        after.threads <= warm.threads + MORE_THREADS
        and after.files <= warm.files + MORE_FILES
        and after.megabytes <= warm.megabytes + MORE_MEGABYTES
        and after.children <= warm.children
    )


def measure(reloads: int, seconds: float = SESSION_SECONDS + SETTLING) -> tuple[Held, Held]:
    """What a server holds after a run that was reloaded a few times, and after one that was reloaded so often."""
    tell: Callable[[int], None] = lambda number: print(f"{number} reloads", flush=True) if number % 20 == 0 else None  # noqa: E731
    with sync_playwright() as playwright, run_server() as server:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        reload_a_run(browser, server, WARM, tell)
        warm = rest(browser, server, seconds)
        print(warm, flush=True)
        reload_a_run(browser, server, reloads, tell)
        after = rest(browser, server, seconds)
        print(after, flush=True)
        browser.close()
    return warm, after


def describe(reloads: int, warm: Held, after: Held) -> list[dict[str, Any]]:
    """Rows of the result."""
    return [
        {"when": "warm", "reloads": WARM, **asdict(warm), "back": ""},
        {"when": "after", "reloads": reloads, **asdict(after), "back": is_back(warm, after)},
    ]


def main() -> int:
    """Reload, look, and write it down. Returns 1 where the server holds more than before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reloads", type=int, default=200)
    options = parser.parse_args()
    warm, after = measure(options.reloads)
    rows = describe(options.reloads, warm, after)
    record("reloads", rows, "when", EXPLANATION)
    print(json.dumps(rows))
    return int(not is_back(warm, after))


if __name__ == "__main__":
    sys.exit(main())
