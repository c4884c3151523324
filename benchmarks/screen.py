"""What a person waits for, measured in a real browser: the start, an edit until its shapes stand, the first loss.

``python -m benchmarks.screen [start|edits|training ...]``. It needs Chromium and the development requirements, and a
quiet machine: server, worker and browser share its processors.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.edit_latency import make_project
from benchmarks.record import record
from builder.document import Project
from builder.loading import dump_project, load_project
from tests.browser.conftest import QUIET, Server, find_chromium, start_server

PRESETS = Path(__file__).parents[1] / "presets"
SIZES = (10, 100, 500, 1000)
EXECUTORS = ("process", "thread")
PATIENCE = 60_000
SETTLING = 15_000
"""Until the worker that stands by for a training has loaded: it takes a processor for the first seconds of a server."""
EXPLANATION = (
    "Milliseconds in Chromium on the server's own machine, drawn in software. *Start* is from the command to a canvas "
    "with shapes; *new tab* is the same on a server that has been up for a while. *Edit* is from the input of another "
    "number of channels to the frame that shows the new shape on the link behind it, in a chain of this many nodes, "
    "once the worker that stands by for a training has loaded. "
    "*First loss* is from the click on Train to the frame that shows a step and its curve, and *curves* how often a second "
    "the numbers change after that, for the compact CNN on the digits; *edit while training* is an edit of that network "
    "in a second tab meanwhile. *Opening* is from a click on the tab of a network to the frame that shows its nodes. "
    "*Frames* are those of a node dragged to and fro for three seconds in a grid of 625 that is all in sight: milliseconds "
    "of a frame, and in the last column the share of frames above 20 ms."
)
WATCH_EDIT = """
(node, wanted) => {
  const root = node.getRootNode();
  window.editTook = undefined;
  document.addEventListener("input", () => {
    const start = performance.now();
    const look = () => {
      const labels = [...root.querySelectorAll(".link-label")];
      if (labels.some((label) => label.textContent.startsWith(wanted))) window.editTook = performance.now() - start;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}
"""
WATCH_STEPS = """
() => {
  window.clicked = undefined; window.shown = [];
  document.addEventListener("click", (event) => {
    if (event.target.closest("button")?.textContent.trim() === "Train") window.clicked ??= performance.now();
  }, true);
  let last = "";
  const look = () => {
    const text = document.querySelector(".ll-facts")?.textContent ?? "";
    const step = /step ([\\d,]+)/.exec(text)?.[1];
    const loss = document.querySelector("[data-panel=loss] .main-svg");
    if (step && loss && step !== "0" && step !== last) { last = step; window.shown.push(performance.now()); }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


@contextmanager
def run_server() -> Iterator[Server]:
    """The application with a home folder of its own."""
    with tempfile.TemporaryDirectory() as home:
        server = start_server(Path(home))
        try:
            yield server
        finally:
            server.process.terminate()
            server.process.wait(20)


def open_tab(browser: Browser) -> Page:
    """A tab of a fresh profile."""
    return browser.new_context(viewport={"width": 1440, "height": 900}).new_page()


def store(server: Server, project: Project) -> str:
    """Put a project on the server's disk."""
    id = uuid.uuid4().hex[:12]
    folder = server.home / "projects"
    folder.mkdir(exist_ok=True)
    (folder / f"{id}.json").write_text(dump_project(project), encoding="utf-8")
    return id


def open_canvas(page: Page, server: Server, id: str) -> None:
    """The build page, until shapes stand on its links."""
    page.goto(f"{server.address}/build?project={id}")
    expect(page.locator(".link-label").first).to_be_visible(timeout=PATIENCE)


def summarise(name: str, times: list[float]) -> dict[str, Any]:
    """A row: median, 95th percentile and slowest, in milliseconds."""
    ordered = sorted(times)
    return {
        "measurement": name,
        "median": round(statistics.median(ordered)),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]),
        "slowest": round(ordered[-1]),
        "times": len(ordered),
    }


def measure_start(browser: Browser) -> Iterator[dict[str, Any]]:
    """From the command to a canvas with shapes, three times; and a new tab's way there."""
    starts, visits = [], []
    for _ in range(3):
        begin = time.perf_counter()
        with run_server() as server:
            id = store(server, load_project((PRESETS / "mnist_cnn.json").read_text(encoding="utf-8")))
            open_canvas(open_tab(browser), server, id)
            starts.append(1000 * (time.perf_counter() - begin))
            time.sleep(5)
            begin = time.perf_counter()
            open_canvas(open_tab(browser), server, id)
            visits.append(1000 * (time.perf_counter() - begin))
    yield summarise("start", starts)
    yield summarise("new tab", visits)


def measure_edits(browser: Browser, edits: int = 40) -> Iterator[dict[str, Any]]:
    """From the end of typing to the shape on the link, at several sizes."""
    for nodes in SIZES:
        with run_server() as server:
            page = open_tab(browser)
            open_canvas(page, server, store(server, make_project(nodes)))
            page.wait_for_timeout(SETTLING)
            yield summarise(f"edit, {nodes} nodes", [time_edit(page, "n0", 9 + i) for i in range(edits)][3:])


def time_edit(page: Page, node: str, channels: int) -> float:
    """Change the channels of a convolution: milliseconds until the link behind it says so."""
    field, drawn = page.locator("#field-out_channels"), page.locator(f'.node[data-node="{node}"]')
    if not field.is_visible():
        drawn.locator(".node-id").click(timeout=PATIENCE)
    drawn.evaluate(WATCH_EDIT, f"{channels}×")
    field.fill(str(channels))
    page.wait_for_function("() => window.editTook !== undefined", timeout=PATIENCE)
    page.wait_for_timeout(250)
    return float(page.evaluate("() => window.editTook"))


WATCH_OPENING = """
(tab) => {
  const root = tab.getRootNode();
  const start = performance.now();
  const look = () => {
    if (root.querySelector('.node[data-node^="n"]')) window.openingTook = performance.now() - start;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""
WATCH_FRAMES = """
() => {
  window.frames_ = []; let last = performance.now();
  const look = (now) => { window.frames_.push(now - last); last = now; window.isWatching && requestAnimationFrame(look); };
  window.isWatching = true;
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(look); });
}
"""


def measure_scale(browser: Browser) -> Iterator[dict[str, Any]]:
    """Opening a thousand nodes, and dragging one of 625."""
    with run_server() as server:
        page = open_tab(browser)
        open_canvas(page, server, store(server, make_project(1000)))
        yield summarise("opening 1000 nodes", [time_opening(page) for _ in range(7)])
        page.context.close()
        page = open_tab(browser)
        open_canvas(page, server, store(server, spread_out(make_project(625))))
        for _ in range(2):  # the second time however small
            page.get_by_role("button", name="Fit everything").click()
            page.wait_for_timeout(1500)
        frames = time_frames(page)
        share = sum(frame > LONG_FRAME for frame in frames) / len(frames)
        yield {**summarise("frames, 625 nodes", frames), "above 20 ms": f"{share:.1%}"}


LONG_FRAME = 20


def spread_out(project: Project, columns: int = 25) -> Project:
    """The nodes of a chain in a grid, so that all are in sight."""
    graph = project.networks["model"]
    nodes = tuple(
        node.model_copy(update={"position": (240.0 * (i % columns), 120.0 * (i // columns))})
        for i, node in enumerate(graph.nodes)
    )
    return project.with_graph("networks.model", graph.model_copy(update={"nodes": nodes}))


def time_opening(page: Page) -> float:
    """Go to the training graph and back: milliseconds until the network is drawn again."""
    page.get_by_role("tab", name="training").click()
    page.wait_for_timeout(400)
    tab = page.get_by_role("tab", name="model")
    tab.evaluate(WATCH_OPENING)
    tab.click()
    page.wait_for_function("() => window.openingTook !== undefined")
    took = float(
        page.evaluate("() => { const took = window.openingTook; window.openingTook = undefined; return took; }")
    )
    page.wait_for_timeout(500)
    return took


def time_frames(page: Page, seconds: float = 3) -> list[float]:
    """Drag a node in the middle to and fro: the length of every frame."""
    box = page.locator('.node[data-node="n312"]').bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(WATCH_FRAMES)
    end, step = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        page.mouse.move(x + 60 * ((step % 40) / 20 - 1), y + step % 30)
        step += 1
    frames: list[float] = page.evaluate("() => { window.isWatching = false; return window.frames_; }")
    page.mouse.up()
    return frames


def measure_training(browser: Browser) -> Iterator[dict[str, Any]]:
    """The first loss after a click, how often curves move, and an edit meanwhile, with either executor."""
    text = (PRESETS / "mnist_cnn.json").read_text(encoding="utf-8")
    for executor in EXECUTORS:
        firsts, rates, edits = [], [], []
        with run_server() as server:
            for _ in range(5):
                project = json.loads(text)
                project["run"] |= {"executor": executor, "epochs": 200}
                id = store(server, load_project(json.dumps(project)))
                first, rate, edited = watch_training(browser, server, id)
                firsts.append(first)
                rates.append(rate)
                edits += edited
        yield summarise(f"first loss, {executor}", firsts)
        yield {"measurement": f"curves a second, {executor}", "median": round(statistics.median(rates), 1), "times": 5}
        yield summarise(f"edit while training, {executor}", edits)


def watch_training(browser: Browser, server: Server, id: str) -> tuple[float, float, list[float]]:
    """Train, edit in a second tab, stop."""
    page = open_tab(browser)
    page.goto(f"{server.address}/train?project={id}")
    expect(button(page, "Train")).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(4000)
    page.evaluate(WATCH_STEPS)
    button(page, "Train").click()
    page.wait_for_function("() => window.shown.length > 0", timeout=PATIENCE)
    page.wait_for_timeout(5000)
    clicked, shown = page.evaluate("() => [window.clicked, window.shown]")
    rate = sum(1 for time in shown if time > shown[0]) / ((shown[-1] - shown[0]) / 1000)
    other = open_tab(browser)
    open_canvas(other, server, id)
    edits = [time_edit(other, "conv1", 20 + i) for i in range(8)][2:]
    button(page, "Stop").click()
    expect(page.locator('[data-status="stopped"]')).to_be_visible(timeout=PATIENCE)
    for tab in (page, other):
        tab.context.close()
    return shown[0] - clicked, rate, edits


def button(page: Page, name: str) -> Any:
    """A button by its exact name."""
    return page.get_by_role("button", name=name, exact=True)


MEASUREMENTS: dict[str, Callable[[Browser], Iterator[dict[str, Any]]]] = {
    "start": measure_start,
    "edits": measure_edits,
    "scale": measure_scale,
    "training": measure_training,
}


def main() -> None:
    """Measure all, or what is named."""
    parser = argparse.ArgumentParser(description="What a person waits for, in a real browser.")
    parser.add_argument("names", nargs="*", help=", ".join(MEASUREMENTS))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        for name in parser.parse_args().names or MEASUREMENTS:
            for row in MEASUREMENTS[name](browser):
                record("screen", [row], "measurement", EXPLANATION)
                print(json.dumps(row), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
