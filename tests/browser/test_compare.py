"""Runs beside each other in a browser: forked, ticked, compared while one goes on, and found again in the table."""

from __future__ import annotations

import re
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from builder.edits import apply_edits
from runtime.events import Progress, Scalars
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.writer import RunWriter
from tests.browser.conftest import Server
from tests.browser.test_train import button, open_train, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000
RUNS_OF_ONE = 3
"""How many runs a test makes at most for the table: where there are others, the words leave some out."""
DROPOUT = {"id": "drop9", "kind": "Dropout", "params": {"p": 0.3}, "position": [500, 300]}


def write(writer: RunWriter, first: int, last: int, scale: float = 1.0) -> None:
    for step in range(first, last):
        writer.write(Scalars(step, step / 100, step / 50, "train", {"loss": scale / step}))
        if step % 10 == 0:
            values = {"loss": scale * 1.1 / step, "accuracy": 1 - scale / step}
            writer.write(Scalars(step, step / 100, step / 50, "validation", values))
    writer.write(Progress(last, 1000, last / 100, 10, last / 50, 50.0, 10.0))
    writer.flush()


def make(
    server: Server, name: str, scale: float, *settings: str, edits: Any = (), parent: str | None = None
) -> RunFolder:
    project = apply_edits(change_project(read_project("mnist_cnn"), settings), list(edits))
    folder = create_run(project, name, parent, runs=server.home / "runs")
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        write(writer, 1, 200, scale)
        writer.write_status("finished")
    return folder


def open_comparison(page: Page, server: Server, *folders: RunFolder) -> Locator:
    page.goto(f"{server.address}/runs?compare={','.join(folder.id for folder in folders)}")
    expect(page.locator(".ll-compare .scatterlayer .trace").first).to_be_visible(timeout=PATIENCE)
    return page.locator(".ll-compare")


def find_runs(page: Page, server: Server, words: str) -> Locator:
    """The table with the runs that have these words alone."""
    page.goto(f"{server.address}/runs")
    field = page.get_by_placeholder("Find a run")
    expect(field).to_be_visible(timeout=PATIENCE)
    field.fill(words)
    field.press("Enter")
    if sum(1 for _ in (server.home / "runs").glob("2*")) > RUNS_OF_ONE:
        expect(page.get_by_text(re.compile(r"^\d+ of .* runs"))).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1000)
    return page.get_by_test_id("stDataFrame").last


def read_plot(page: Page, panel: str) -> dict[str, Any]:
    """The names, lengths and range of a figure as they are drawn."""
    return dict(
        page.locator(f'.ll-compare [data-panel="{panel}"] .js-plotly-plot').evaluate(
            """(plot) => ({
                names: plot.data.filter((trace) => trace.visible !== false).map((trace) => trace.name),
                counts: plot.data.map((trace) => trace.x.length),
                range: plot.layout.xaxis.range, auto: plot.layout.xaxis.autorange === true,
            })"""
        )
    )


def drag_across(page: Page, panel: str) -> None:
    area = page.locator(f'.ll-compare [data-panel="{panel}"] .nsewdrag').first.bounding_box()
    assert area
    x, y = area["x"], area["y"] + area["height"] / 2
    page.mouse.move(x + area["width"] * 0.3, y)
    page.mouse.down()
    page.mouse.move(x + area["width"] * 0.6, y, steps=6)
    page.mouse.up()


def test_two_runs_are_ticked_and_compared_and_zoom_is_kept_while_one_goes_on(page: Page, server: Server) -> None:
    mark = uuid.uuid4().hex[:6]
    make(server, f"slow {mark}", 1.0)
    faster = change_project(read_project("mnist_cnn"), ["training.adam.lr=0.02"])
    going = create_run(faster, f"fast {mark}", runs=server.home / "runs")
    with going.lock(), going.writer() as writer:
        writer.write_status("running")
        write(writer, 1, 100, 0.5)
        table = find_runs(page, server, mark)
        for row in (0, 1):
            table.click(position={"x": 18, "y": 50 + 36 * row})
            page.wait_for_timeout(1000)
        page.get_by_role("button", name="Compare 2 runs").click()
        view = page.locator(".ll-compare")
        expect(view.locator(".scatterlayer .trace").first).to_be_visible(timeout=PATIENCE)
        expect(view.locator("thead")).to_contain_text("adam.lr")
        expect(view.locator("tbody")).to_contain_text("0.02")
        view.get_by_role("button", name="Train", exact=True).click()
        expect(view.locator(".scatterlayer .trace").first).to_be_visible(timeout=PATIENCE)
        page.wait_for_timeout(1000)
        drag_across(page, "loss")
        zoomed = read_plot(page, "loss")
        assert not zoomed["auto"]
        before = sorted(zoomed["counts"])
        write(writer, 100, 180, 0.5)
        deadline = time.monotonic() + 20
        while sorted(read_plot(page, "loss")["counts"]) == before and time.monotonic() < deadline:
            page.wait_for_timeout(200)
        after = read_plot(page, "loss")
        assert sum(after["counts"]) == sum(before) + 80 and after["range"] == zoomed["range"]
        writer.write_status("finished")


def test_a_run_is_hidden_by_key_and_lines_are_told_without_colour(page: Page, server: Server) -> None:
    one, two = make(server, "a", 1.0), make(server, "b", 2.0, "run.epochs=3")
    view = open_comparison(page, server, one, two)
    drawn = view.locator('[data-panel="loss"] .js-plotly-plot')
    looks = drawn.evaluate("(plot) => plot.data.map((trace) => trace.line.dash + trace.marker.symbol)")
    assert len(set(looks)) == 2
    view.locator(f'[data-line="{one.id}"]').focus()
    page.keyboard.press("Space")
    expect(view.locator(f'[data-line="{one.id}"]')).to_have_attribute("aria-pressed", "false")
    assert read_plot(page, "loss")["names"] == ["b"]
    page.keyboard.press("Space")
    expect(view.locator(f'[data-line="{one.id}"]')).to_have_attribute("aria-pressed", "true")


def test_seeds_are_a_mean_with_an_interval_in_curves_and_table(page: Page, server: Server) -> None:
    seeds = [make(server, f"CNN (seed {seed})", 1 + seed / 10, f"run.seed={seed}") for seed in range(3)]
    view = open_comparison(page, server, *seeds, make(server, "other", 3.0, "run.epochs=2"))
    expect(view.get_by_text("95% t-interval")).to_be_visible()
    assert read_plot(page, "loss")["names"] == ["CNN, 3 seeds"] * 3 + ["other"]
    expect(view.locator("tbody")).to_contain_text(re.compile(r"± .* \(3\)"))
    view.get_by_role("button", name="Each run").click()
    assert len(read_plot(page, "loss")["names"]) == 4
    expect(view.locator("tbody tr")).to_have_count(4)


def test_the_table_is_sorted_shows_all_and_marks_the_best(page: Page, server: Server) -> None:
    worse, better = make(server, "worse", 2.0), make(server, "better", 1.0, "run.epochs=3")
    view = open_comparison(page, server, worse, better)
    best = view.locator(f'tr[data-row="{better.id}"] .ll-best')
    expect(best).to_have_count(4)
    expect(best.first.get_by_label("best")).to_be_visible()
    view.get_by_role("button", name="accuracy best").click()
    view.get_by_role("button", name="accuracy best").click()
    expect(view.locator("tbody tr").first).to_have_attribute("data-row", better.id)
    expect(view.locator("th[aria-sort=descending]")).to_contain_text("accuracy best")
    few = view.locator("thead th").count()
    view.get_by_label("Show all settings").check()
    assert view.locator("thead th").count() > few + 20
    with page.expect_download() as waiting:
        view.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "comparison.csv"
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert worse.id in text and better.id in text


def test_the_graphs_of_two_runs_are_drawn_with_signs_and_cannot_be_changed(page: Page, server: Server) -> None:
    add = {"op": "add_node", "graph": "networks.model", "node": DROPOUT}
    plain, dropped = make(server, "plain", 1.0), make(server, "dropped", 1.0, edits=[add])
    open_comparison(page, server, plain, dropped)
    graphs = page.locator(".graphs")
    expect(graphs.locator('[data-difference="+ drop9"]')).to_be_visible(timeout=PATIENCE)
    node = graphs.locator(".react-flow__node.mark-added")
    expect(node).to_have_count(1)
    assert node.evaluate("(one) => getComputedStyle(one, '::before').content") == '"+"'
    node.click()
    page.keyboard.press("Delete")
    expect(node).to_have_count(1)
    graphs.get_by_role("button", name="Swap the two").click()
    expect(graphs.locator(".react-flow__node.mark-removed")).to_have_count(1)
    assert not list((server.home / "projects").glob("comparison*"))


def test_a_click_after_sorting_opens_the_run_that_was_clicked(page: Page, server: Server) -> None:
    mark = uuid.uuid4().hex[:6]
    folders = {name: make(server, f"{name} {mark}", 1.0) for name in ("b", "c", "a")}
    table = find_runs(page, server, mark)
    table.click(position={"x": 80, "y": 16})
    page.wait_for_timeout(3000)
    page.get_by_test_id("stDataFrame").last.click(position={"x": 80, "y": 50 + 36 * 2})
    expect(page.locator(".ll-title")).to_have_text(f"c {mark}", timeout=PATIENCE)
    assert folders["c"].id in page.url


def test_a_fork_stands_below_its_parent_and_leads_to_it(page: Page, server: Server) -> None:
    open_train(page, server, "linear_regression")
    button(page, "Train").click()
    wait_for(page, "finished")
    run = max(path.name for path in (server.home / "runs").iterdir() if path.name[0].isdigit())
    page.goto(f"{server.address}/runs?run={run}")
    button(page, "Fork").click()
    button(page, "Train from here").click()
    expect(page.get_by_text("Went on from")).to_be_visible(timeout=PATIENCE)
    page.locator(".ll-family a").click()
    expect(page.get_by_text("Fork of this run:")).to_be_visible(timeout=PATIENCE)
    assert run in page.url


def test_notes_and_tags_are_written_on_the_page_of_a_run(page: Page, server: Server) -> None:
    folder = make(server, "noted", 1.0)
    page.goto(f"{server.address}/runs?run={folder.id}")
    button(page, "Add notes or tags").click()
    page.get_by_label("Notes, in Markdown").fill("A **good** one <img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".st-key-run-notes strong")).to_have_text("good", timeout=PATIENCE)
    assert page.locator(".st-key-run-notes img").count() == 0
